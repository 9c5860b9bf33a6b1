// Moves every image of a batch by up to one pixel each way, by chance; what comes in from outside repeats the border. A
// classifier that sees its images so learns what they show rather than where. One invocation a number.

// include lib/linear.wgsl
// include lib/stream.wgsl

const WORKGROUP_SIZE = 64u;
const HEIGHT = 28u;
const WIDTH = 28u;
const CHANNELS = 1u;

// [random.count, HEIGHT, WIDTH, CHANNELS] both
@group(0) @binding(2) var<storage, read> images: array<f32>;
@group(0) @binding(3) var<storage, read_write> shifted: array<f32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn shiftImages(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= random.count * HEIGHT * WIDTH * CHANNELS) { return; }
  let channel = i % CHANNELS;
  let x = (i / CHANNELS) % WIDTH;
  let y = (i / (CHANNELS * WIDTH)) % HEIGHT;
  let sample = i / (CHANNELS * WIDTH * HEIGHT);
  let words = randomWords(sample, 0u);
  // 0, 1 or 2, of which 1 is where it was.
  let fromX = clamp(x + choose(words.x, 3u).index, 1u, WIDTH) - 1u;
  let fromY = clamp(y + choose(words.y, 3u).index, 1u, HEIGHT) - 1u;
  shifted[i] = images[((sample * HEIGHT + fromY) * WIDTH + fromX) * CHANNELS + channel];
}
