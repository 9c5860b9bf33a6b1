// total = left + right, elementwise over vec4s.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct SumShape {
  count: u32, // vec4s; the last may be partly padding
}

@group(0) @binding(0) var<storage, read> left: array<vec4f>;
@group(0) @binding(1) var<storage, read> right: array<vec4f>;
@group(0) @binding(2) var<storage, read_write> total: array<vec4f>;
@group(0) @binding(3) var<uniform> shape: SumShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn addUp(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < shape.count) { total[i] = left[i] + right[i]; }
}
