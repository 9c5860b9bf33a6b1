// sum[i] += addend[i] for i < count: where a network was passed through twice, its gradient is the sum of both passes'.
// Number by number: what pads a slot to whole vec4s is not to be added.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct AddShape {
  count: u32,
}

@group(0) @binding(0) var<storage, read_write> sum: array<f32>;
@group(0) @binding(1) var<storage, read> addend: array<f32>;
@group(0) @binding(2) var<uniform> shape: AddShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn addGradients(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < shape.count) { sum[i] += addend[i]; }
}
