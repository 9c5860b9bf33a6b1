// numbers[i] = value where i is a multiple of `stride`, else 0. The gradient of D's logits by themselves is 1 for the first
// of each sample's outputs.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct FillShape {
  count: u32,
  stride: u32,
  value: f32,
}

@group(0) @binding(0) var<storage, read_write> numbers: array<f32>;
@group(0) @binding(1) var<uniform> shape: FillShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn fill(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < shape.count) { numbers[i] = select(0.0, shape.value, i % shape.stride == 0u); }
}
