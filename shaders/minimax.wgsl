// The game of Goodfellow et al. 2014: D ascends V, G descends it.
//
//   D minimises −log σ(r) − log(1 − σ(f)) = softplus(−r) + softplus(f), which is −V(D, G)
//   G minimises  log(1 − σ(f))            = −softplus(f)

// include lib/loss.wgsl

const PAIRED = 0u;

fn discriminatorTerm(r: f32, f: f32) -> f32 {
  let s = softplus(vec4f(-r, f, 0.0, 0.0));
  return s.x + s.y;
}
fn discriminatorDerivative(r: f32, f: f32) -> vec2f {
  return vec2f(-1.0, 1.0) * sigmoid(vec4f(-r, f, 0.0, 0.0)).xy;
}
fn generatorTerm(r: f32, f: f32) -> f32 { return -softplus(vec4f(f)).x; }
fn generatorDerivative(r: f32, f: f32) -> f32 { return -sigmoid(vec4f(f)).x; }
