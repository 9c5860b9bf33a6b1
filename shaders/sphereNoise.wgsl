// z = n / ‖n‖ with n ~ N(0, I): uniform on the unit sphere. One invocation a row.

// include lib/linear.wgsl
// include lib/stream.wgsl

const WORKGROUP_SIZE = 64u;
const SIZE = 2u;

// [random.count, SIZE]
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn drawSphere(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = linearIndex(id, groups, WORKGROUP_SIZE);
  if (row >= random.count) { return; }
  var squares = 0.0;
  for (var first = 0u; first < SIZE; first += 4u) {
    let four = normalFour(randomWords(row, first / 4u));
    for (var i = 0u; i < min(4u, SIZE - first); i++) {
      output[row * SIZE + first + i] = four[i];
      squares += four[i] * four[i];
    }
  }
  // Zero only if every normal is; then the row stays zero rather than become NaN.
  let scale = select(0.0, inverseSqrt(squares), squares > 0.0);
  for (var i = 0u; i < SIZE; i++) { output[row * SIZE + i] *= scale; }
}
