// f(x) = x for x > 0, else α·(exp(x) − 1);  f′(x) = 1 for x > 0, else α·exp(x);  f″(x) = 0 for x > 0, else α·exp(x).

// include lib/activation.wgsl
// include lib/smooth.wgsl

fn activation(x: vec4f, parameter: f32) -> vec4f {
  let negative = parameter * expm1(min(x, vec4f(0.0)));
  return select(negative, x, x > vec4f(0.0));
}
fn derivative(x: vec4f, parameter: f32) -> vec4f {
  let negative = parameter * exp(min(x, vec4f(0.0)));
  return select(negative, vec4f(1.0), x > vec4f(0.0));
}
fn secondDerivative(x: vec4f, parameter: f32) -> vec4f {
  return select(parameter * exp(min(x, vec4f(0.0))), vec4f(0.0), x > vec4f(0.0));
}
