// Least squares (Mao et al. 2017) with targets 1 for real, 0 for fake, and 1 for what G wants.
//
//   D minimises ½(r − 1)² + ½f²
//   G minimises ½(f − 1)²

// include lib/loss.wgsl

const PAIRED = 0u;

fn discriminatorTerm(r: f32, f: f32) -> f32 { return 0.5 * (r - 1.0) * (r - 1.0) + 0.5 * f * f; }
fn discriminatorDerivative(r: f32, f: f32) -> vec2f { return vec2f(r - 1.0, f); }
fn generatorTerm(r: f32, f: f32) -> f32 { return 0.5 * (f - 1.0) * (f - 1.0); }
fn generatorDerivative(r: f32, f: f32) -> f32 { return f - 1.0; }
