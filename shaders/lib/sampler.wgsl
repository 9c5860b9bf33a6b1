// Draws a batch of points of one or two dimensions. The file that includes this defines
//
//   const DIMENSIONS = 2u;                    or 1u, where y is ignored
//   fn drawPoint(words: vec4u) -> vec2f       a point made of four random words
//
// with what helpers lib/random.wgsl has. Its tables have the bindings from 6 on.

// include lib/linear.wgsl
// include lib/stream.wgsl

const WORKGROUP_SIZE = 64u;

// [random.count, DIMENSIONS]
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn drawBatch(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = linearIndex(id, groups, WORKGROUP_SIZE);
  if (row >= random.count) { return; }
  let point = drawPoint(randomWords(row, 0u));
  output[row * DIMENSIONS] = point.x;
  if (DIMENSIONS == 2u) { output[row * DIMENSIONS + 1u] = point.y; }
}
