// output[row] = (input[row], weight[class]) side by side, with the class of the row (Mirza & Osindero 2014): one invocation
// a number. Backwards the gradient's first columns are the input's, the others the table's (classSums.wgsl).

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct EmbeddingShape {
  rows: u32,
  inputs: u32,
  size: u32, // of a class's row
  share: f32, // 1, or 0 where the table is to stay out: of tangents
}

@group(0) @binding(0) var<storage, read> input: array<f32>;            // [rows, inputs]
@group(0) @binding(1) var<storage, read> labels: array<u32>;           // [rows]
@group(0) @binding(2) var<storage, read> weight: array<f32>;           // [classes, size]
@group(0) @binding(3) var<storage, read_write> output: array<f32>;     // [rows, inputs + size]
@group(0) @binding(4) var<uniform> shape: EmbeddingShape;
@group(0) @binding(5) var<storage, read> outputGrad: array<f32>;       // [rows, inputs + size]
@group(0) @binding(6) var<storage, read_write> inputGrad: array<f32>;  // [rows, inputs]

@compute @workgroup_size(WORKGROUP_SIZE)
fn joinLabels(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  let width = shape.inputs + shape.size;
  let row = i / width;
  if (row >= shape.rows) { return; }
  let column = i - row * width;
  if (column < shape.inputs) {
    output[i] = input[row * shape.inputs + column];
  } else {
    output[i] = shape.share * weight[labels[row] * shape.size + column - shape.inputs];
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn joinLabelsBack(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  let row = i / shape.inputs;
  if (row >= shape.rows) { return; }
  inputGrad[i] = outputGrad[row * (shape.inputs + shape.size) + i - row * shape.inputs];
}
