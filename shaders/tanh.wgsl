// f(x) = tanh(x);  f′(x) = 1 − tanh²(x);  f″(x) = −2·tanh(x)·(1 − tanh²(x)).

// include lib/activation.wgsl
// include lib/smooth.wgsl

fn activation(x: vec4f, parameter: f32) -> vec4f { return safeTanh(x); }
fn derivative(x: vec4f, parameter: f32) -> vec4f {
  let y = safeTanh(x);
  return 1.0 - y * y;
}
fn secondDerivative(x: vec4f, parameter: f32) -> vec4f {
  let y = safeTanh(x);
  return -2.0 * y * (1.0 - y * y);
}
