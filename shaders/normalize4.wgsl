// Normalisation of columns whose number is a multiple of four, four an invocation.

alias Lane = vec4f;
fn widen(x: vec4f) -> vec4f { return x; }
fn narrow(x: vec4f) -> vec4f { return x; }

// include lib/normalize.wgsl
