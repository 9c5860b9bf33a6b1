// f(x) = max(0, x);  f′(x) = 1 for x > 0, else 0;  f″(x) = 0.

// include lib/activation.wgsl

fn activation(x: vec4f, parameter: f32) -> vec4f { return select(vec4f(0.0), x, x > vec4f(0.0)); }
fn derivative(x: vec4f, parameter: f32) -> vec4f { return select(vec4f(0.0), vec4f(1.0), x > vec4f(0.0)); }
fn secondDerivative(x: vec4f, parameter: f32) -> vec4f { return vec4f(0.0); }
