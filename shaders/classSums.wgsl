// sums[class, column] = Σ input[row, first + column] over the rows of the class, in their order: the gradient of a table that
// has a row for each class. One invocation a place of the table.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct ClassSumsShape {
  rows: u32,
  classes: u32,
  columns: u32,
  stride: u32, // from one row of the input to the next
  first: u32,
}

@group(0) @binding(0) var<storage, read> input: array<f32>;        // [rows, stride]
@group(0) @binding(1) var<storage, read> labels: array<u32>;       // [rows]
@group(0) @binding(2) var<storage, read_write> sums: array<f32>;   // [classes, columns]
@group(0) @binding(3) var<uniform> shape: ClassSumsShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn classSums(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  let class_ = i / shape.columns;
  if (class_ >= shape.classes) { return; }
  let column = shape.first + i % shape.columns;
  var sum = 0.0;
  for (var row = 0u; row < shape.rows; row++) {
    if (labels[row] == class_) { sum += input[row * shape.stride + column]; }
  }
  sums[i] = sum;
}
