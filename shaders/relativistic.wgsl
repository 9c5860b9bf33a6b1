// The relativistic pairing loss (Jolicoeur-Martineau 2019; Huang et al. 2024): which of a pair is the real one, pairs by index.
//
//   D minimises softplus(f − r)
//   G minimises softplus(r − f), with fresh real samples

// include lib/loss.wgsl

const PAIRED = 1u;

fn discriminatorTerm(r: f32, f: f32) -> f32 { return softplus(vec4f(f - r)).x; }
fn discriminatorDerivative(r: f32, f: f32) -> vec2f { return vec2f(-1.0, 1.0) * sigmoid(vec4f(f - r)).x; }
fn generatorTerm(r: f32, f: f32) -> f32 { return softplus(vec4f(r - f)).x; }
fn generatorDerivative(r: f32, f: f32) -> f32 { return -sigmoid(vec4f(r - f)).x; }
