// f(x) = factor · x;  f′(x) = factor;  f″(x) = 0.

// include lib/activation.wgsl

fn activation(x: vec4f, parameter: f32) -> vec4f { return parameter * x; }
fn derivative(x: vec4f, parameter: f32) -> vec4f { return vec4f(parameter); }
fn secondDerivative(x: vec4f, parameter: f32) -> vec4f { return vec4f(0.0); }
