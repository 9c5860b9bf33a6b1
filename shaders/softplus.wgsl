// f(x) = log(1 + exp(x));  f′(x) = σ(x);  f″(x) = σ(x)·σ(−x).

// include lib/activation.wgsl
// include lib/smooth.wgsl

fn activation(x: vec4f, parameter: f32) -> vec4f { return softplus(x); }
fn derivative(x: vec4f, parameter: f32) -> vec4f { return sigmoid(x); }
fn secondDerivative(x: vec4f, parameter: f32) -> vec4f { return sigmoid(x) * sigmoid(-x); }
