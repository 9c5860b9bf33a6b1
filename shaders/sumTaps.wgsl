// The second half of a transposed convolution to few channels. The first is one product of the source's pixels with all taps at once,
//
//   tapProducts[n, y, x, tap, column] = Σ_c left[n, y, x, c] · weight[tap, column, c]
//
// which reads every pixel once and not once for each tap; what is left is to add up what falls on the same place,
//
//   product[n, y, x, column] = end(bias[column] + Σ_tap tapProducts[n, source(y, x, tap), tap, column])
//
// with the places of lib/product.wgsl, LOADER = PARITY. An invocation makes four numbers that follow one another.

// include lib/linear.wgsl
// include lib/product.wgsl

const WORKGROUP_SIZE = 64u;

@group(0) @binding(10) var<storage, read> tapProducts: array<f32>;             // [batch, sourceHeight, sourceWidth, taps, columns]
@group(0) @binding(12) var<storage, read> bias: array<f32>;                    // [columns]
@group(0) @binding(13) var<storage, read_write> product: array<vec4f>;         // [batch, resultHeight, resultWidth, columns]
@group(0) @binding(15) var<storage, read_write> preactivation: array<vec4f>;   // as product

@compute @workgroup_size(WORKGROUP_SIZE)
fn sumTaps(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  let count = shape.batch * shape.resultHeight * shape.resultWidth * shape.columns;
  if (4u * i >= count) { return; }
  var value: vec4f;
  // unroll
  for (var k = 0u; k < 4u; k++) {
    let at = min(4u * i + k, count - 1u);
    let column = at % shape.columns;
    let pixel = at / shape.columns;
    let paddedX = pixel % shape.resultWidth + shape.padding;
    let paddedY = pixel / shape.resultWidth % shape.resultHeight + shape.padding;
    let image = pixel / (shape.resultWidth * shape.resultHeight) * shape.sourceHeight;
    let phaseY = paddedY % shape.stride;
    let phaseX = paddedX % shape.stride;
    var sum = 0.0;
    if (shape.biased == 1u) { sum = bias[column]; }
    for (var tapY = 0u; tapY < tapsOf(phaseY); tapY++) {
      let sourceY = paddedY / shape.stride - tapY; // beyond the image where it wraps below 0
      for (var tapX = 0u; tapX < tapsOf(phaseX); tapX++) {
        let sourceX = paddedX / shape.stride - tapX;
        let tap = kernelPlace(phaseY, tapY) * shape.kernel + kernelPlace(phaseX, tapX);
        let isInside = (sourceY < shape.sourceHeight) & (sourceX < shape.sourceWidth);
        let place = (((image + sourceY) * shape.sourceWidth + sourceX) * shape.kernel * shape.kernel + tap) * shape.columns + column;
        sum += select(0.0, tapProducts[select(0u, place, isInside)], isInside);
      }
    }
    value[k] = sum;
  }
  if (ENDING == ACTIVATION && shape.keep == 1u) { preactivation[i] = value; }
  if (ENDING == ACTIVATION) { value = activation(value, shape.parameter); }
  if (ENDING == DERIVATIVE) { value *= derivative(preactivation[i], shape.parameter); }
  product[i] = value;
}
