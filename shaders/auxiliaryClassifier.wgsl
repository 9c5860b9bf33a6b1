// A D that ends in 1 + classes numbers: the logit of being real, then one for each class (ACGAN, Odena et al. 2017). To the
// loss of the logit, whose kernels see nothing else of D, comes the softmax cross-entropy of the sample's class y,
//
//   weight · (log Σₖ exp(lₖ) − l_y)        ∂ its mean over a batch / ∂lₖ = weight · (softmax(l)ₖ − [k = y]) / batch
//
// The largest is taken off first, so that no exponential overflows.

const WORKGROUP_SIZE = 64u;

struct AuxiliaryShape {
  batch: u32,
  parts: u32, // batches behind each other: real ones and generated ones, or generated ones alone
  classes: u32,
  weight: f32,
}

@group(0) @binding(0) var<storage, read> outputs: array<f32>;             // [parts · batch, 1 + classes]
@group(0) @binding(1) var<storage, read_write> logits: array<f32>;        // [parts · batch]
@group(0) @binding(2) var<storage, read> labels: array<u32>;              // [parts · batch]
@group(0) @binding(3) var<storage, read> logitsGrad: array<f32>;          // [parts · batch]
@group(0) @binding(4) var<storage, read_write> outputsGrad: array<f32>;   // as outputs
@group(0) @binding(5) var<storage, read_write> terms: array<vec4f>;       // [batch]: the loss of a pair in x
@group(0) @binding(6) var<uniform> shape: AuxiliaryShape;

// One invocation a sample.
@compute @workgroup_size(WORKGROUP_SIZE)
fn takeLogits(@builtin(global_invocation_id) id: vec3u) {
  let row = id.x;
  if (row < shape.parts * shape.batch) { logits[row] = outputs[row * (1u + shape.classes)]; }
}

// One invocation a pair, behind the loss: adds to its term.
@compute @workgroup_size(WORKGROUP_SIZE)
fn classLoss(@builtin(global_invocation_id) id: vec3u) {
  let pair = id.x;
  if (pair >= shape.batch) { return; }
  var loss = 0.0;
  for (var part = 0u; part < shape.parts; part++) {
    let row = part * shape.batch + pair;
    let first = row * (1u + shape.classes) + 1u;
    let end = first + shape.classes;
    let own = first + labels[row];
    var largest = outputs[first];
    for (var i = first; i < end; i++) { largest = max(largest, outputs[i]); }
    var sum = 0.0;
    for (var i = first; i < end; i++) { sum += exp(outputs[i] - largest); }
    for (var i = first; i < end; i++) {
      let probability = exp(outputs[i] - largest) / sum;
      outputsGrad[i] = shape.weight * (probability - select(0.0, 1.0, i == own)) / f32(shape.batch);
    }
    outputsGrad[first - 1u] = logitsGrad[row];
    loss += log(sum) + largest - outputs[own];
  }
  terms[pair].x += shape.weight * loss;
}
