// What all matrix products here have in common, for whoever includes this: dense layers, convolutions and transposed
// convolutions are one product in two directions,
//
//   product[row, column] = end(Σ_tap Σ_c left[source(row, tap), c] · right[tap, c, column] + bias[column])
//
// A row is a pixel of the result, a tap a place in the kernel's window, c a channel. `right` is the weight as it lies on the
// GPU, [tap, inputs, outputs] of a convolution. What differs is where a row's source pixel is, the LOADER:
//
//   ROWS    the row itself: a dense layer, either way                    one tap
//   IM2COL  (y, x)·stride − padding + tap: a convolution's output, a transposed convolution's inputGrad
//   PARITY  ((y, x) + padding − tap)/stride where that is whole: a transposed convolution's output, a convolution's
//           inputGrad. Rows of one remainder (phase) of (y, x) + padding meet the same taps, so the grid's third dimension
//           is the phase: no tap is tried in vain, and nothing is added up twice.
//
// With TRANSPOSED = 1 the product reads [tap, column, c] instead of [tap, c, column]: the way back through the same weight.
//
// Images lie channels last: [batch, height, width, channels].
//
// Whether a place lies inside is told by &, not by &&: a short circuit is a branch, and with a few dozen of them in one kernel
// SwiftShader compiles for minutes.

const ROWS = 0u;
const IM2COL = 1u;
const PARITY = 2u;
const LOADER = 0u;
const TRANSPOSED = 0u;

struct ProductShape {
  batch: u32,
  sourceHeight: u32, // of left's images; 1 × 1 for ROWS
  sourceWidth: u32,
  resultHeight: u32, // of the product's images
  resultWidth: u32,
  channels: u32, // of left
  columns: u32, // of the product
  kernel: u32,
  stride: u32,
  padding: u32,
  biased: u32, // 0 or 1; without a bias any readable slot may be bound to it
  keep: u32, // 0 or 1, see below
  parameter: f32, // of the activation
}

@group(0) @binding(14) var<uniform> shape: ProductShape;

// How a finished result ends, the ENDING:
//
//   NONE        product = value
//   ACTIVATION  product = f(value): a layer and the activation f behind it. Where a backward pass will ask for the
//               preactivation, keep = 1, it is written too
//   DERIVATIVE  product = value · f′(preactivation): a layer's inputGrad, through the activation before it

const NONE = 0u;
const ACTIVATION = 1u;
const DERIVATIVE = 2u;
const ENDING = 0u;

// Replaced by the activation's own (src/wgsl/graft.ts).
fn activation(x: vec4f, parameter: f32) -> vec4f { return x; }
fn derivative(x: vec4f, parameter: f32) -> vec4f { return vec4f(1.0); }

// Along one axis: the rows of a phase, and where the window of the first of them begins.

/// The first place whose (place + padding) mod stride is the phase.
fn firstPlace(phase: u32) -> u32 {
  return (phase + shape.stride - shape.padding % shape.stride) % shape.stride;
}

/// How many places of an axis of this length a phase has.
fn placesOf(phase: u32, length: u32) -> u32 {
  var places = length;
  if (LOADER == PARITY) { places = (length + shape.stride - 1u - firstPlace(phase)) / shape.stride; }
  return places;
}

/// How many taps of an axis a phase meets.
fn tapsOf(phase: u32) -> u32 {
  var taps = 1u;
  if (LOADER == IM2COL) { taps = shape.kernel; }
  if (LOADER == PARITY) { taps = (shape.kernel + shape.stride - 1u - phase) / shape.stride; }
  return taps;
}

/// Source coordinate of the place number `i` of a phase, at tap 0.
fn sourceOf(phase: u32, i: u32) -> i32 {
  var source = i32(i * shape.stride) - i32(shape.padding);
  if (LOADER == PARITY) { source = i32((firstPlace(phase) + shape.padding) / shape.stride + i); }
  return source;
}

/// Tap number t of a phase moves the source by this much …
fn moveOf(t: u32) -> i32 {
  var offset = i32(t);
  if (LOADER == PARITY) { offset = -offset; }
  return offset;
}

/// … and is this place in the kernel.
fn kernelPlace(phase: u32, t: u32) -> u32 {
  var place = t;
  if (LOADER == PARITY) { place = phase + t * shape.stride; }
  return place;
}

/// Of the taps of an axis, the first that meets an image of this length, and the one behind the last: `source` is where tap 0 is.
fn firstTap(source: i32, length: u32) -> u32 {
  var tap = -source;
  if (LOADER == PARITY) { tap = source + 1 - i32(length); }
  return u32(max(tap, 0));
}
fn endTap(source: i32, length: u32, taps: u32) -> u32 {
  var tap = i32(length) - source;
  if (LOADER == PARITY) { tap = source + 1; }
  return u32(clamp(tap, 0, i32(taps)));
}

/// Coordinate in the result of place number i of a phase.
fn resultPlace(phase: u32, i: u32) -> u32 {
  var place = i;
  if (LOADER == PARITY) { place = firstPlace(phase) + i * shape.stride; }
  return place;
}
