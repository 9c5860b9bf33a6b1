// The mean over a square window, in which padding counts as zeros:
//
//   output[b, y, x, c] = 1/kernel² · Σ input[b, y·stride − padding + i, x·stride − padding + j, c] over 0 ≤ i, j < kernel
//   inputGrad[b, y, x, c] = 1/kernel² · Σ outputGrad[b, v, u, c] over the windows (v, u) that (y, x) is in
//
// The file that includes this says how many channels an invocation reads at a time: alias Lane = f32 or vec4f.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct AvgPoolShape {
  count: u32, // Lanes to make
  channels: u32, // Lanes
  height: u32, // of the input
  width: u32,
  outputHeight: u32,
  outputWidth: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
}

@group(0) @binding(0) var<storage, read> input: array<Lane>;            // [batch, height, width, channels]
@group(0) @binding(1) var<storage, read_write> output: array<Lane>;     // [batch, outputHeight, outputWidth, channels]
@group(0) @binding(2) var<storage, read> outputGrad: array<Lane>;       // as output
@group(0) @binding(3) var<storage, read_write> inputGrad: array<Lane>;  // as input
@group(0) @binding(4) var<uniform> shape: AvgPoolShape;

struct Range { first: u32, end: u32 }

/// Which places of the input, along an axis of this length, a window covers.
fn covered(window: u32, length: u32) -> Range {
  let first = window * shape.stride;
  return Range(max(first, shape.padding) - shape.padding, min(max(first + shape.kernel, shape.padding) - shape.padding, length));
}

/// Which windows, of this many along an axis, cover a place of the input.
fn covering(place: u32, windows: u32) -> Range {
  let end = place + shape.padding;
  // The first whose window · stride + kernel > end.
  let first = (max(end + 1u, shape.kernel) - shape.kernel + shape.stride - 1u) / shape.stride;
  return Range(first, min(end / shape.stride + 1u, windows));
}

// One invocation a Lane of the output.
@compute @workgroup_size(WORKGROUP_SIZE)
fn avgPool(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.count) { return; }
  let pixel = i / shape.channels;
  let channel = i - pixel * shape.channels;
  let row = pixel / shape.outputWidth;
  let sample = row / shape.outputHeight;
  let rows = covered(row - sample * shape.outputHeight, shape.height);
  let columns = covered(pixel - row * shape.outputWidth, shape.width);
  var sum = Lane(0.0);
  for (var y = rows.first; y < rows.end; y++) {
    for (var x = columns.first; x < columns.end; x++) {
      sum += input[((sample * shape.height + y) * shape.width + x) * shape.channels + channel];
    }
  }
  output[i] = sum / f32(shape.kernel * shape.kernel);
}

// One invocation a Lane of the input.
@compute @workgroup_size(WORKGROUP_SIZE)
fn avgPoolBack(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.count) { return; }
  let pixel = i / shape.channels;
  let channel = i - pixel * shape.channels;
  let row = pixel / shape.width;
  let sample = row / shape.height;
  let rows = covering(row - sample * shape.height, shape.outputHeight);
  let columns = covering(pixel - row * shape.width, shape.outputWidth);
  var sum = Lane(0.0);
  for (var y = rows.first; y < rows.end; y++) {
    for (var x = columns.first; x < columns.end; x++) {
      sum += outputGrad[((sample * shape.outputHeight + y) * shape.outputWidth + x) * shape.channels + channel];
    }
  }
  inputGrad[i] = sum / f32(shape.kernel * shape.kernel);
}
