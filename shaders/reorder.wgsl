// The same numbers in PyTorch's order seen with another shape, where images lie channels last and so have to move: number
// f = c · pixels + p of a sample, in PyTorch's order, lies at p · channels + c. A row of n numbers has n channels and one pixel.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;
const EACH = 16u; // numbers of one invocation

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

// One invocation EACH neighbouring numbers of the destination: dividing takes longer than moving, so it divides for the first and
// counts on from there.
@compute @workgroup_size(WORKGROUP_SIZE)
fn reorder(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let first = linearIndex(id, groups, WORKGROUP_SIZE) * EACH;
  if (first >= shape.count) { return; }
  let end = min(first + EACH, shape.count);
  // Read once: not every compiler sees that they stay the same.
  let channels = shape.channels;
  let pixels = shape.pixels;
  let sourceChannels = shape.sourceChannels;
  let sourcePixels = shape.sourcePixels;
  let row = first / channels;
  var channel = first - row * channels;
  let sample = row / pixels;
  var pixel = row - sample * pixels;
  var sampleAt = sample * pixels * channels;
  let place = channel * pixels + pixel;
  var sourceChannel = place / sourcePixels;
  var sourcePixel = place - sourceChannel * sourcePixels;
  // From one channel to the next the place moves by `pixels`.
  let channelStep = pixels / sourcePixels;
  let pixelStep = pixels - channelStep * sourcePixels;
  for (var i = first; i < end; i++) {
    if (channel == channels) {
      channel = 0u;
      pixel++;
      if (pixel == pixels) { pixel = 0u; sampleAt += pixels * channels; }
      sourceChannel = pixel / sourcePixels;
      sourcePixel = pixel - sourceChannel * sourcePixels;
    }
    destination[i] = source[sampleAt + sourcePixel * sourceChannels + sourceChannel];
    channel++;
    sourcePixel += pixelStep;
    let isOver = sourcePixel >= sourcePixels;
    sourcePixel -= select(0u, sourcePixels, isOver);
    sourceChannel += channelStep + u32(isOver);
  }
}
