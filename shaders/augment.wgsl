// Differentiable augmentation (Zhao et al. 2020): what D sees of an image, by random numbers of each sample. With x̄ the mean of a
// pixel's channels, x̿ that of the image, and numbers drawn a sample:
//
//   brightness    x ← x + b                 b ∈ [−½, ½)
//   saturation    x ← s·x + (1 − s)·x̄       s ∈ [0, 2)
//   contrast      x ← k·x + (1 − k)·x̿       k ∈ [½, 3⁄2)
//   translation   moved by up to 1⁄8 of each side, 0 moving in
//   cutout        0 in a square of half the side, wherever its middle falls
//
// each with a probability p, else not. One behind the other that is, where the result is not moved in or cut out,
//
//   y(q + move) = k·s·x(q) + k·(1 − s)·x̄(q) + (1 − k)·x̿ + b,
//
// linear in x but for b. Its transpose takes gradients back; the numbers are drawn once, before.

// include lib/linear.wgsl
// include lib/stream.wgsl

const WORKGROUP_SIZE = 64u;

const HEIGHT = 1u;
const WIDTH = 1u;
const CHANNELS = 1u;
// Which of them there are: 1 where it is one.
const BRIGHTNESS = 0u;
const SATURATION = 0u;
const CONTRAST = 0u;
const TRANSLATION = 0u;
const CUTOUT = 0u;

const PIXELS = HEIGHT * WIDTH;
const VALUES = PIXELS * CHANNELS;
// Half sides of the square that is cut out, and how far an image moves at most; rounded.
const CUT_HEIGHT = (HEIGHT + 1u) / 2u;
const CUT_WIDTH = (WIDTH + 1u) / 2u;
const MOVE_Y = (HEIGHT + 4u) / 8u;
const MOVE_X = (WIDTH + 4u) / 8u;
// Parts that a sample's sum is found in.
const PARTS = 16u;
const NOWHERE = -1000000.0;

struct AugmentShape {
  batch: u32,
}

/// A sample's numbers.
struct Augmentation {
  own: f32, // k·s
  pixel: f32, // k·(1 − s)
  image: f32, // 1 − k
  brightness: f32, // b
  moveX: f32,
  moveY: f32,
  cutX: f32, // the cut square's first column and row
  cutY: f32,
}

@group(0) @binding(2) var<storage, read> state: array<f32>;                           // [1]: p            
@group(0) @binding(3) var<storage, read_write> drawn: array<Augmentation>;            // [batch]
@group(0) @binding(4) var<storage, read> augmentations: array<Augmentation>;          // the same, of a dispatch before
@group(0) @binding(5) var<storage, read> input: array<f32>;                           // [batch, HEIGHT, WIDTH, CHANNELS]
@group(0) @binding(6) var<storage, read_write> parts: array<f32>;                     // [batch, PARTS]
@group(0) @binding(7) var<storage, read> sums: array<f32>;                            // the same, of the dispatch before
@group(0) @binding(8) var<storage, read_write> output: array<f32>;                    // as input
@group(0) @binding(9) var<storage, read> outputGrad: array<f32>;                      // as input
@group(0) @binding(10) var<storage, read_write> inputGrad: array<f32>;                // as input
@group(0) @binding(11) var<uniform> shape: AugmentShape;

fn wholeBelow(word: u32, count: u32) -> f32 { return f32(min(u32(unitFloat(word) * f32(count)), count - 1u)); }

@compute @workgroup_size(WORKGROUP_SIZE)
fn drawAugmentations(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= random.count) { return; }
  let p = state[0];
  let colour = randomWords(i, 0u);
  let place = randomWords(i, 1u);
  let happens = randomWords(i, 2u);
  let cut = randomWords(i, 3u).x;
  var b = 0.0;
  var s = 1.0;
  var k = 1.0;
  var result = Augmentation(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, NOWHERE, NOWHERE);
  if (BRIGHTNESS == 1u && unitFloat(happens.x) < p) { b = unitFloat(colour.x) - 0.5; }
  if (SATURATION == 1u && unitFloat(happens.y) < p) { s = 2.0 * unitFloat(colour.y); }
  if (CONTRAST == 1u && unitFloat(happens.z) < p) { k = unitFloat(colour.z) + 0.5; }
  if (TRANSLATION == 1u && unitFloat(happens.w) < p) {
    result.moveX = wholeBelow(colour.w, 2u * MOVE_X + 1u) - f32(MOVE_X);
    result.moveY = wholeBelow(place.x, 2u * MOVE_Y + 1u) - f32(MOVE_Y);
  }
  if (CUTOUT == 1u && unitFloat(cut) < p) {
    result.cutX = wholeBelow(place.y, WIDTH + 1u - CUT_WIDTH % 2u) - f32(CUT_WIDTH / 2u);
    result.cutY = wholeBelow(place.z, HEIGHT + 1u - CUT_HEIGHT % 2u) - f32(CUT_HEIGHT / 2u);
  }
  result.own = k * s;
  result.pixel = k * (1.0 - s);
  result.image = 1.0 - k;
  result.brightness = b;
  drawn[i] = result;
}

/// False where a place of the result is outside, or cut out.
fn isSeen(own: Augmentation, x: i32, y: i32) -> bool {
  let inside = x >= 0 && x < i32(WIDTH) && y >= 0 && y < i32(HEIGHT);
  let column = x - i32(own.cutX);
  let row = y - i32(own.cutY);
  let cut = column >= 0 && column < i32(CUT_WIDTH) && row >= 0 && row < i32(CUT_HEIGHT);
  return inside && !cut;
}

// Σ x of a sample, one invocation a part.
@compute @workgroup_size(WORKGROUP_SIZE)
fn sumImages(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.batch * PARTS) { return; }
  let sample = i / PARTS;
  var sum = 0.0;
  for (var at = i % PARTS; at < VALUES; at += PARTS) { sum += input[sample * VALUES + at]; }
  parts[i] = sum;
}

fn meanOf(sample: u32) -> f32 {
  var sum = 0.0;
  for (var part = 0u; part < PARTS; part++) { sum += sums[sample * PARTS + part]; }
  return sum / f32(VALUES);
}

// output, one invocation a pixel of it.
@compute @workgroup_size(WORKGROUP_SIZE)
fn augmentImages(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.batch * PIXELS) { return; }
  let sample = i / PIXELS;
  let own = augmentations[sample];
  let x = i32(i % WIDTH);
  let y = i32((i % PIXELS) / WIDTH);
  let fromX = x - i32(own.moveX);
  let fromY = y - i32(own.moveY);
  let inside = fromX >= 0 && fromX < i32(WIDTH) && fromY >= 0 && fromY < i32(HEIGHT);
  if (!inside || !isSeen(own, x, y)) {
    for (var c = 0u; c < CHANNELS; c++) { output[i * CHANNELS + c] = 0.0; }
    return;
  }
  let source = (sample * PIXELS + u32(fromY) * WIDTH + u32(fromX)) * CHANNELS;
  var mean = 0.0;
  for (var c = 0u; c < CHANNELS; c++) { mean += input[source + c]; }
  mean /= f32(CHANNELS);
  let rest = own.pixel * mean + own.image * meanOf(sample) + own.brightness;
  for (var c = 0u; c < CHANNELS; c++) { output[i * CHANNELS + c] = own.own * input[source + c] + rest; }
}

/// Where the gradient of pixel `pixel` of the input stands in outputGrad; −1 where it is not seen.
fn seenAt(own: Augmentation, sample: u32, pixel: u32) -> i32 {
  let x = i32(pixel % WIDTH) + i32(own.moveX);
  let y = i32(pixel / WIDTH) + i32(own.moveY);
  if (!isSeen(own, x, y)) { return -1; }
  return i32((sample * PIXELS + u32(y) * WIDTH + u32(x)) * CHANNELS);
}

// Σ of a sample's gradients that come from its pixels, one invocation a part.
@compute @workgroup_size(WORKGROUP_SIZE)
fn sumGradients(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.batch * PARTS) { return; }
  let sample = i / PARTS;
  let own = augmentations[sample];
  var sum = 0.0;
  for (var pixel = i % PARTS; pixel < PIXELS; pixel += PARTS) {
    let at = seenAt(own, sample, pixel);
    if (at < 0) { continue; }
    for (var c = 0u; c < CHANNELS; c++) { sum += outputGrad[u32(at) + c]; }
  }
  parts[i] = sum;
}

// inputGrad: the transpose of the linear part, one invocation a pixel of it.
@compute @workgroup_size(WORKGROUP_SIZE)
fn augmentBack(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.batch * PIXELS) { return; }
  let sample = i / PIXELS;
  let own = augmentations[sample];
  let all = own.image * meanOf(sample);
  let at = seenAt(own, sample, i % PIXELS);
  var mean = 0.0;
  if (at >= 0) {
    for (var c = 0u; c < CHANNELS; c++) { mean += outputGrad[u32(at) + c]; }
    mean /= f32(CHANNELS);
  }
  for (var c = 0u; c < CHANNELS; c++) {
    var grad = all + own.pixel * mean;
    if (at >= 0) { grad += own.own * outputGrad[u32(at) + c]; }
    inputGrad[i * CHANNELS + c] = grad;
  }
}
