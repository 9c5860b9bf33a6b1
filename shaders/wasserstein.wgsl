// The Wasserstein critic (Arjovsky, Chintala & Bottou 2017): a difference of means, for a D that is held Lipschitz by weightClip or
// by a gradient penalty.
//
//   D minimises f − r
//   G minimises −f

// include lib/loss.wgsl

const PAIRED = 0u;

fn discriminatorTerm(r: f32, f: f32) -> f32 { return f - r; }
fn discriminatorDerivative(r: f32, f: f32) -> vec2f { return vec2f(-1.0, 1.0); }
fn generatorTerm(r: f32, f: f32) -> f32 { return -f; }
fn generatorDerivative(r: f32, f: f32) -> f32 { return -1.0; }
