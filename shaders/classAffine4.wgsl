// A weight and a bias of each class, for columns whose number is a multiple of four, four an invocation.

alias Lane = vec4f;

// include lib/classAffine.wgsl
