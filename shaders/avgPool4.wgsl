// Average pooling of channels whose number is a multiple of four, four an invocation.

alias Lane = vec4f;

// include lib/avgPool.wgsl
