// Sums of columns whose number is a multiple of four, four an invocation.

alias Lane = vec4f;

// include lib/columnSums.wgsl
