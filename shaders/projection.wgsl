// The logit of a projection discriminator (Miyato & Koyama 2018), for features h of a sample of class y:
//
//   logit = ⟨w + e_y, h⟩ + b        ∂/∂h = (w + e_y) · g        ∂/∂e_c = Σ g · h over the rows of class c
//
// and ∂/∂w is the sum over all rows. g is the gradient of the logit.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct ProjectionShape {
  rows: u32,
  inputs: u32,
  share: f32, // 1, or 0 where b is to stay out: of tangents
}

@group(0) @binding(0) var<storage, read> input: array<f32>;            // [rows, inputs]: h
@group(0) @binding(1) var<storage, read> labels: array<u32>;           // [rows]: y
@group(0) @binding(2) var<storage, read> weight: array<f32>;           // [inputs]: w
@group(0) @binding(3) var<storage, read> embedding: array<f32>;        // [classes, inputs]: e
@group(0) @binding(4) var<storage, read> bias: array<f32>;             // [1]: b
@group(0) @binding(5) var<storage, read_write> output: array<f32>;     // [rows]
@group(0) @binding(6) var<uniform> shape: ProjectionShape;
@group(0) @binding(7) var<storage, read> outputGrad: array<f32>;       // [rows]: g
@group(0) @binding(8) var<storage, read_write> inputGrad: array<f32>;  // [rows, inputs]
@group(0) @binding(9) var<storage, read_write> terms: array<f32>;      // [rows, inputs]: g · h

// One invocation a row.
@compute @workgroup_size(WORKGROUP_SIZE)
fn project(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = linearIndex(id, groups, WORKGROUP_SIZE);
  if (row >= shape.rows) { return; }
  let own = labels[row] * shape.inputs;
  var sum = 0.0;
  for (var i = 0u; i < shape.inputs; i++) {
    sum += input[row * shape.inputs + i] * (weight[i] + embedding[own + i]);
  }
  output[row] = sum + shape.share * bias[0];
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn projectBack(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = linearIndex(id, groups, WORKGROUP_SIZE);
  let row = at / shape.inputs;
  if (row >= shape.rows) { return; }
  let i = at - row * shape.inputs;
  inputGrad[at] = outputGrad[row] * (weight[i] + embedding[labels[row] * shape.inputs + i]);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn projectionTerms(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let at = linearIndex(id, groups, WORKGROUP_SIZE);
  let row = at / shape.inputs;
  if (row < shape.rows) { terms[at] = outputGrad[row] * input[at]; }
}
