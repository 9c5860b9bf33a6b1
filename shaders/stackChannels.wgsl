// Three grey images of each row as the channels of one: output[row, pixel, channel] = channel's image [row, pixel].

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct StackShape {
  count: u32, // batch · height · width
}

@group(0) @binding(0) var<storage, read> first: array<f32>;             // [batch, height, width], as the two that follow
@group(0) @binding(1) var<storage, read> second: array<f32>;
@group(0) @binding(2) var<storage, read> third: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;      // [batch, height, width, 3]
@group(0) @binding(4) var<uniform> shape: StackShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn stackChannels(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.count) { return; }
  output[3u * i] = first[i];
  output[3u * i + 1u] = second[i];
  output[3u * i + 2u] = third[i];
}
