// θ ← θ held between −limit and limit: how Arjovsky et al. 2017 keep a critic Lipschitz.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct ClipShape {
  count: u32, // vec4s
  limit: f32,
}

@group(0) @binding(0) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(1) var<uniform> shape: ClipShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn clipWeights(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < shape.count) { parameter[i] = clamp(parameter[i], vec4f(-shape.limit), vec4f(shape.limit)); }
}
