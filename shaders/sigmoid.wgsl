// f(x) = σ(x) = 1/(1 + exp(−x));  f′(x) = σ(x)·σ(−x);  f″(x) = σ(x)·σ(−x)·(σ(−x) − σ(x)).

// include lib/activation.wgsl
// include lib/smooth.wgsl

fn activation(x: vec4f, parameter: f32) -> vec4f { return sigmoid(x); }
fn derivative(x: vec4f, parameter: f32) -> vec4f { return sigmoid(x) * sigmoid(-x); }
fn secondDerivative(x: vec4f, parameter: f32) -> vec4f {
  let y = sigmoid(x);
  let z = sigmoid(-x);
  return y * z * (z - y);
}
