// output[row, pixel, column] = input[row, pixel, column] · weight[class, column] + share · bias[class, column], with the class
// of the row. The file that includes this says what one invocation reads at a time:
//
//   alias Lane = f32;     or vec4f, where the number of columns is a multiple of four

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct ClassAffineShape {
  rows: u32,
  pixels: u32,
  columns: u32, // Lanes
  share: f32, // 1, or 0 where the bias is to stay out: of tangents and gradients
}

@group(0) @binding(0) var<storage, read> input: array<Lane>;         // [rows, pixels, columns]
@group(0) @binding(1) var<storage, read> labels: array<u32>;         // [rows]
@group(0) @binding(2) var<storage, read> weight: array<Lane>;        // [classes, columns]
@group(0) @binding(3) var<storage, read> bias: array<Lane>;          // [classes, columns]
@group(0) @binding(4) var<storage, read_write> output: array<Lane>;  // as input
@group(0) @binding(5) var<uniform> shape: ClassAffineShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn classAffine(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  let row = i / (shape.pixels * shape.columns);
  if (row >= shape.rows) { return; }
  let place = labels[row] * shape.columns + i % shape.columns;
  output[i] = input[i] * weight[place] + shape.share * bias[place];
}
