// The same numbers in PyTorch's order seen with another shape, where images lie channels last and so have to move: number
// f = c · pixels + p of a sample, in PyTorch's order, lies at p · channels + c. A row of n numbers has n channels and one pixel.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct ReorderShape {
  count: u32, // numbers of all samples
  sourceChannels: u32,
  sourcePixels: u32,
  channels: u32, // of the destination
  pixels: u32,
}

@group(0) @binding(0) var<storage, read> source: array<f32>;            // [batch, sourcePixels, sourceChannels]
@group(0) @binding(1) var<storage, read_write> destination: array<f32>; // [batch, pixels, channels]
@group(0) @binding(2) var<uniform> shape: ReorderShape;

// One invocation a number of the destination.
@compute @workgroup_size(WORKGROUP_SIZE)
fn reorder(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.count) { return; }
  let row = i / shape.channels;
  let channel = i - row * shape.channels;
  let sample = row / shape.pixels;
  let pixel = row - sample * shape.pixels;
  let place = channel * shape.pixels + pixel;
  let sourceChannel = place / shape.sourcePixels;
  let sourcePixel = place - sourceChannel * shape.sourcePixels;
  destination[i] = source[(sample * shape.sourcePixels + sourcePixel) * shape.sourceChannels + sourceChannel];
}
