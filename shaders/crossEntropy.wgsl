// Softmax cross-entropy of a classifier, one invocation a sample. For logits l and the sample's class y
//
//   loss = log Σₖ exp(lₖ) − l_y            ∂ mean loss / ∂lₖ = (softmax(l)ₖ − [k = y]) / batch
//
// The largest logit is taken off first, so that no exponential overflows. This is also where an update is counted, for
// the optimizer behind it.

const WORKGROUP_SIZE = 64u;

struct CrossEntropyShape {
  batch: u32,
  classes: u32,
}

@group(0) @binding(0) var<storage, read> logits: array<f32>;            // [batch, classes]
@group(0) @binding(1) var<storage, read> labels: array<u32>;            // [batch]
@group(0) @binding(2) var<storage, read_write> logitsGrad: array<f32>;  // [batch, classes]
@group(0) @binding(3) var<storage, read_write> losses: array<f32>;      // [batch]
@group(0) @binding(4) var<storage, read_write> clock: array<u32>;
@group(0) @binding(5) var<uniform> shape: CrossEntropyShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn crossEntropy(@builtin(global_invocation_id) id: vec3u) {
  let sample = id.x;
  if (sample >= shape.batch) { return; }
  if (sample == 0u) { clock[0] = clock[0] + 1u; }
  let start = sample * shape.classes;
  let end = start + shape.classes;
  let own = start + labels[sample];
  var largest = logits[start];
  for (var i = start; i < end; i++) { largest = max(largest, logits[i]); }
  var sum = 0.0;
  for (var i = start; i < end; i++) { sum += exp(logits[i] - largest); }
  for (var i = start; i < end; i++) {
    let probability = exp(logits[i] - largest) / sum;
    logitsGrad[i] = (probability - select(0.0, 1.0, i == own)) / f32(shape.batch);
  }
  losses[sample] = log(sum) + largest - logits[own];
}
