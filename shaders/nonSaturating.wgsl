// D as in the minimax game; G maximises log D(G(z)), whose gradient does not vanish while D wins (Goodfellow et al. 2014).
//
//   D minimises softplus(−r) + softplus(f)
//   G minimises −log σ(f) = softplus(−f)

// include lib/loss.wgsl

const PAIRED = 0u;

fn discriminatorTerm(r: f32, f: f32) -> f32 {
  let s = softplus(vec4f(-r, f, 0.0, 0.0));
  return s.x + s.y;
}
fn discriminatorDerivative(r: f32, f: f32) -> vec2f {
  return vec2f(-1.0, 1.0) * sigmoid(vec4f(-r, f, 0.0, 0.0)).xy;
}
fn generatorTerm(r: f32, f: f32) -> f32 { return softplus(vec4f(-f)).x; }
fn generatorDerivative(r: f32, f: f32) -> f32 { return -sigmoid(vec4f(-f)).x; }
