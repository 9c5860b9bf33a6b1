// Hinge (Lim & Ye 2017; Miyato et al. 2018): D stops where real logits are above 1 and generated ones below −1.
//
//   D minimises max(0, 1 − r) + max(0, 1 + f)
//   G minimises −f

// include lib/loss.wgsl

const PAIRED = 0u;

fn discriminatorTerm(r: f32, f: f32) -> f32 { return max(0.0, 1.0 - r) + max(0.0, 1.0 + f); }
fn discriminatorDerivative(r: f32, f: f32) -> vec2f {
  return select(vec2f(0.0), vec2f(-1.0, 1.0), vec2f(1.0 - r, 1.0 + f) > vec2f(0.0));
}
fn generatorTerm(r: f32, f: f32) -> f32 { return -f; }
fn generatorDerivative(r: f32, f: f32) -> f32 { return -1.0; }
