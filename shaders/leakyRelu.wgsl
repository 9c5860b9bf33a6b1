// f(x) = x for x > 0, else slope · x;  f′(x) = 1 for x > 0, else slope;  f″(x) = 0.

// include lib/activation.wgsl

fn activation(x: vec4f, parameter: f32) -> vec4f { return select(parameter * x, x, x > vec4f(0.0)); }
fn derivative(x: vec4f, parameter: f32) -> vec4f { return select(vec4f(parameter), vec4f(1.0), x > vec4f(0.0)); }
fn secondDerivative(x: vec4f, parameter: f32) -> vec4f { return vec4f(0.0); }
