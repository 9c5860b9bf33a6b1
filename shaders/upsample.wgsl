// Upsampling, one channel an invocation.

alias Lane = f32;

// include lib/upsample.wgsl
