// Noise whose numbers are independent of each other, four an invocation. The file that includes this defines
//
//   fn noiseFour(index: u32) -> vec4f    the index-th four numbers, of randomWords(index, lane)

// include lib/linear.wgsl
// include lib/stream.wgsl

const WORKGROUP_SIZE = 64u;

// [batch, size], row by row; random.count is batch · size.
@group(0) @binding(2) var<storage, read_write> output: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn drawNoise(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (4u * i < random.count) { output[i] = noiseFour(i); }
}
