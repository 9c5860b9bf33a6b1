// Nearest neighbour: every pixel becomes a square of scale × scale pixels, and its gradient is the sum of theirs.
//
//   output[b, y, x, c] = input[b, ⌊y/scale⌋, ⌊x/scale⌋, c]
//   inputGrad[b, y, x, c] = Σ outputGrad[b, y·scale + i, x·scale + j, c] over 0 ≤ i, j < scale
//
// The file that includes this says how many channels an invocation reads at a time: alias Lane = f32 or vec4f.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct UpsampleShape {
  count: u32, // Lanes of all inputs
  channels: u32, // Lanes
  width: u32, // of the input
  scale: u32,
}

@group(0) @binding(0) var<storage, read> input: array<Lane>;            // [batch, height, width, channels]
@group(0) @binding(1) var<storage, read_write> output: array<Lane>;     // [batch, height · scale, width · scale, channels]
@group(0) @binding(2) var<storage, read> outputGrad: array<Lane>;       // as output
@group(0) @binding(3) var<storage, read_write> inputGrad: array<Lane>;  // as input
@group(0) @binding(4) var<uniform> shape: UpsampleShape;

/// Where the upper left pixel of an input pixel's square lies.
fn cornerOf(i: u32) -> u32 {
  let pixel = i / shape.channels;
  let row = pixel / shape.width; // y + height · b
  let x = pixel - row * shape.width;
  return (row * shape.scale * shape.width + x) * shape.scale * shape.channels + (i - pixel * shape.channels);
}

// One invocation a Lane of the input.
@compute @workgroup_size(WORKGROUP_SIZE)
fn upsample(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.count) { return; }
  let corner = cornerOf(i);
  let value = input[i];
  for (var y = 0u; y < shape.scale; y++) {
    for (var x = 0u; x < shape.scale; x++) {
      output[corner + (y * shape.scale * shape.width + x) * shape.channels] = value;
    }
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn upsampleBack(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.count) { return; }
  let corner = cornerOf(i);
  var sum = Lane(0.0);
  for (var y = 0u; y < shape.scale; y++) {
    for (var x = 0u; x < shape.scale; x++) {
      sum += outputGrad[corner + (y * shape.scale * shape.width + x) * shape.channels];
    }
  }
  inputGrad[i] = sum;
}
