// Sums of columns, one column an invocation.

alias Lane = f32;

// include lib/columnSums.wgsl
