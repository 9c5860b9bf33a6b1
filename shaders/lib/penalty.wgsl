// A penalty on the gradient v = ∂D/∂x of every sample of a batch, n numbers each, w its weight: the mean over the batch of
// a function of ‖v‖². The file that includes this defines
//
//   fn penaltyTerm(squaredNorm: f32, weight: f32) -> f32     of one sample
//   fn penaltyScale(squaredNorm: f32, weight: f32) -> f32    s, where ∂term/∂v = s · v
//
// With the direction t = s · v / batch held, the penalty's gradient by D's parameters is that of Σ ⟨t, ∂D/∂x⟩: the
// derivative of D along t, which `tangent` passes compute and their curvature differentiates.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct PenaltyShape {
  batch: u32,
  size: u32, // n
  start: u32, // the first of its samples in a batch that others stand in too
  parts: u32, // that Σ v² of a sample is found in
  weight: f32,
}

@group(0) @binding(0) var<storage, read> gradient: array<f32>;            // [start + batch, n], v
@group(0) @binding(1) var<storage, read_write> squares: array<f32>;       // [batch, parts]
@group(0) @binding(2) var<storage, read> squareSums: array<f32>;          // the same, of the dispatch before
@group(0) @binding(3) var<storage, read_write> terms: array<f32>;         // [start + batch], what each sample adds to the mean
@group(0) @binding(4) var<storage, read_write> direction: array<f32>;     // [start + batch, n], t
@group(0) @binding(5) var<uniform> shape: PenaltyShape;

// Σ v² over every parts-th number of a sample, one invocation a part.
@compute @workgroup_size(WORKGROUP_SIZE)
fn sumSquares(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.batch * shape.parts) { return; }
  let sample = i / shape.parts;
  var sum = 0.0;
  for (var at = i - sample * shape.parts; at < shape.size; at += shape.parts) {
    let v = gradient[(shape.start + sample) * shape.size + at];
    sum += v * v;
  }
  squares[i] = sum;
}

fn squaredNorm(sample: u32) -> f32 {
  var sum = 0.0;
  for (var part = 0u; part < shape.parts; part++) { sum += squareSums[sample * shape.parts + part]; }
  return sum;
}

// The direction, one invocation a number of it; the first of a sample also leaves the sample's term.
@compute @workgroup_size(WORKGROUP_SIZE)
fn penalize(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.batch * shape.size) { return; }
  let sample = i / shape.size;
  let norm = squaredNorm(sample);
  let at = shape.start * shape.size + i;
  direction[at] = penaltyScale(norm, shape.weight) / f32(shape.batch) * gradient[at];
  if (i == sample * shape.size) { terms[shape.start + sample] = penaltyTerm(norm, shape.weight); }
}
