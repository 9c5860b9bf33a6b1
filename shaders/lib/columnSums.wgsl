// sums[part, column] = Σ input[row, column] over a part's rows, part · partRows … (part + 1) · partRows − 1. Sums of all rows
// are this twice: parts of the rows, then the parts. Neighbouring invocations have neighbouring columns, and the order of
// additions is fixed. The file that includes this says what one invocation reads at a time:
//
//   alias Lane = f32;     or vec4f, where the number of columns is a multiple of four

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct ColumnsShape {
  rows: u32,
  columns: u32, // Lanes
  partRows: u32,
}

@group(0) @binding(0) var<storage, read> input: array<Lane>;       // [rows, columns]
@group(0) @binding(1) var<storage, read_write> sums: array<Lane>;  // [ceil(rows / partRows), columns]
@group(0) @binding(2) var<uniform> shape: ColumnsShape;

// One invocation a column of a part.
@compute @workgroup_size(WORKGROUP_SIZE)
fn columnSums(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  let part = i / shape.columns;
  let first = part * shape.partRows;
  if (first >= shape.rows) { return; }
  let column = i - part * shape.columns;
  let end = min(first + shape.partRows, shape.rows);
  var sum = Lane(0.0);
  for (var row = first; row < end; row++) { sum += input[row * shape.columns + column]; }
  sums[i] = sum;
}
