// f(x) = x·σ(x);  f′(x) = σ(x)·(1 + x·σ(−x));  f″(x) = σ(x)·σ(−x)·(2 + x·(σ(−x) − σ(x))).

// include lib/activation.wgsl
// include lib/smooth.wgsl

fn activation(x: vec4f, parameter: f32) -> vec4f { return x * sigmoid(x); }
fn derivative(x: vec4f, parameter: f32) -> vec4f { return sigmoid(x) * (1.0 + x * sigmoid(-x)); }
fn secondDerivative(x: vec4f, parameter: f32) -> vec4f {
  let y = sigmoid(x);
  let z = sigmoid(-x);
  return y * z * (2.0 + x * (z - y));
}
