// A weight and a bias of each class, one number an invocation.

alias Lane = f32;

// include lib/classAffine.wgsl
