// The two sides of a game on D's logits, one invocation a sample. The file that includes this defines, for the logits
// r = D(x) and f = D(G(z)) of one pair,
//
//   fn discriminatorTerm(r: f32, f: f32) -> f32       what D minimises the mean of
//   fn discriminatorDerivative(r: f32, f: f32) -> vec2f   (∂/∂r, ∂/∂f) of it
//   fn generatorTerm(r: f32, f: f32) -> f32           what G minimises the mean of
//   fn generatorDerivative(r: f32, f: f32) -> f32     ∂/∂f of it
//   const PAIRED: u32                                 1 where G's loss is of pairs too, else 0: its r is then any number
//
// One-sided label smoothing (Salimans et al. 2016) takes 1 − s as the target of a real sample. With the cross entropy of σ(r) that is
// (1 − s)·softplus(−r) + s·softplus(r) = softplus(−r) + s·r: s·r is added to D's term.
//
// `terms` gets for each pair what `metrics.wgsl` takes the means of: (loss, V's integrand, D(x), D(G(z))), where
// V(D, G) = E[log D(x)] + E[log(1 − D(G(z)))] and D = σ(logit), whatever the loss.

// include lib/smooth.wgsl

const WORKGROUP_SIZE = 64u;

struct LossShape {
  batch: u32,
  smoothing: f32, // s
}

@group(0) @binding(0) var<storage, read> logits: array<f32>;            // D's, and G's of pairs: [2 · batch], real first; G's: [batch]
@group(0) @binding(1) var<storage, read_write> logitsGrad: array<f32>;  // D's: [2 · batch], G's: [batch]; ∂ mean loss / ∂ logit
@group(0) @binding(2) var<storage, read_write> terms: array<vec4f>;     // [batch]
@group(0) @binding(3) var<uniform> shape: LossShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn discriminatorLoss(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= shape.batch) { return; }
  let r = logits[i];
  let f = logits[shape.batch + i];
  let derivative = (discriminatorDerivative(r, f) + vec2f(shape.smoothing, 0.0)) / f32(shape.batch);
  logitsGrad[i] = derivative.x;
  logitsGrad[shape.batch + i] = derivative.y;
  // log σ(r) = −softplus(−r) and log(1 − σ(f)) = −softplus(f)
  let s = softplus(vec4f(-r, f, 0.0, 0.0));
  let d = sigmoid(vec4f(r, f, 0.0, 0.0));
  terms[i] = vec4f(discriminatorTerm(r, f) + shape.smoothing * r, -(s.x + s.y), d.x, d.y);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn generatorLoss(@builtin(global_invocation_id) id: vec3u) {
  let i = id.x;
  if (i >= shape.batch) { return; }
  let r = logits[i];
  let f = logits[PAIRED * shape.batch + i];
  logitsGrad[i] = generatorDerivative(r, f) / f32(shape.batch);
  terms[i] = vec4f(generatorTerm(r, f), 0.0, 0.0, 0.0);
}
