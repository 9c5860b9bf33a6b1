// Average pooling, one channel an invocation.

alias Lane = f32;

// include lib/avgPool.wgsl
