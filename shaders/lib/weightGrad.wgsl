// The third direction of the products in lib/product.wgsl: the gradient of a convolution's weight,
//
//   weightGrad[tap, i, o] = Σ_pixel input[source(pixel, tap), i] · outputGrad[pixel, o]
//   biasGrad[o]           = Σ_pixel outputGrad[pixel, o]
//
// over all pixels (y, x) of the output in the whole batch, where source = (y, x)·stride − padding + tap. A row of the result is
// a (tap, i), the depth are the pixels. A dense layer is the case of one tap and one pixel a sample. For a transposed convolution
// `input` and `outputGrad` change places: it is the convolution's way back, and its bias is added up apart.
//
// The sum is defined to the bit, so that every strategy gives the same numbers: the pixels are cut into parts of partPixels,
// each part is summed from 0 in the order of its pixels, and the parts' sums are added in their order. Few results of great
// depth would otherwise keep few workgroups busy: the fast strategies make the parts at the same time.

/// 1 for a dense layer: every pixel's source is itself.
const POINTWISE = 0u;

struct Window {
  batch: u32,
  inputHeight: u32,
  inputWidth: u32,
  inputs: u32,
  height: u32, // of outputGrad
  width: u32,
  outputs: u32,
  kernel: u32,
  stride: u32,
  padding: u32,
  biased: u32, // 0 or 1; without a bias nothing is written to biasGrad
  partPixels: u32, // a multiple of the pixels of any strategy's round
}

@group(0) @binding(4) var<uniform> window: Window;

/// The pixels whose source is inside of the image, in every image of the batch.
struct Met {
  firstX: u32,
  endX: u32, // behind the last
  firstY: u32,
  endY: u32,
}

/// Of a tap that is this far from an image's corner at its first pixel.
fn pixelsMet(tapY: i32, tapX: i32) -> Met {
  return Met(
    firstMet(tapX),
    endMet(tapX, window.inputWidth, window.width),
    firstMet(tapY),
    endMet(tapY, window.inputHeight, window.height),
  );
}
fn firstMet(tap: i32) -> u32 { return (u32(max(-tap, 0)) + window.stride - 1u) / window.stride; }
fn endMet(tap: i32, inputs: u32, outputs: u32) -> u32 {
  return clamp((u32(max(i32(inputs) - tap, 0)) + window.stride - 1u) / window.stride, firstMet(tap), max(firstMet(tap), outputs));
}

/// How many of them come before a pixel of the batch.
fn metBefore(pixel: u32, met: Met) -> u32 {
  let image = pixel / (window.width * window.height);
  let y = pixel / window.width % window.height;
  let x = pixel % window.width;
  let across = met.endX - met.firstX;
  let lines = clamp(y, met.firstY, met.endY) - met.firstY;
  let isMet = (y >= met.firstY) & (y < met.endY);
  return (image * (met.endY - met.firstY) + lines) * across + select(0u, clamp(x, met.firstX, met.endX) - met.firstX, isMet);
}
