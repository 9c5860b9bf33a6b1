// Normalisation, one column an invocation.

alias Lane = f32;
fn widen(x: f32) -> vec4f { return vec4f(x); }
fn narrow(x: vec4f) -> f32 { return x.x; }

// include lib/normalize.wgsl
