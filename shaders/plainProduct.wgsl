// The matrix products of lib/product.wgsl as register tiles of scalars: any shape, any adapter, and the reference for the
// faster strategies. Every invocation makes TILE_ROWS × TILE_COLUMNS results: TILE_ROWS + TILE_COLUMNS loads feed
// TILE_ROWS · TILE_COLUMNS multiply-adds. Tiles at the border load clamped, so always valid, addresses and store only what is
// inside.

// include lib/product.wgsl
// include lib/weightGrad.wgsl

const TILE_ROWS = 8u;
const TILE_COLUMNS = 4u; // 1, 2 or 4
const GROUP_COLUMNS = 8u;
const GROUP_ROWS = 4u;
/// 1 where the pixels of a weight's gradient make several parts.
const PARTED = 0u;

@group(0) @binding(10) var<storage, read> left: array<f32>;                  // [batch, sourceHeight, sourceWidth, channels]
@group(0) @binding(11) var<storage, read> right: array<f32>;                 // [taps, channels, columns], or TRANSPOSED
@group(0) @binding(12) var<storage, read> bias: array<f32>;                  // [columns]
@group(0) @binding(13) var<storage, read_write> product: array<f32>;         // [batch, resultHeight, resultWidth, columns]
@group(0) @binding(15) var<storage, read_write> preactivation: array<f32>;   // as product

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn plainProduct(@builtin(global_invocation_id) id: vec3u) {
  let phaseY = id.z / shape.stride;
  let phaseX = id.z % shape.stride;
  let high = placesOf(phaseY, shape.resultHeight);
  let wide = placesOf(phaseX, shape.resultWidth);
  let rows = shape.batch * high * wide;
  let row = id.y * TILE_ROWS;
  let column = id.x * TILE_COLUMNS;
  if (row >= rows || column >= shape.columns) { return; }

  var image: array<u32, TILE_ROWS>;
  var y: array<i32, TILE_ROWS>;
  var x: array<i32, TILE_ROWS>;
  var resultAt: array<u32, TILE_ROWS>;
  var leftAt: array<u32, TILE_ROWS>;
  var isInside: array<bool, TILE_ROWS>;
  var rightAt: array<u32, TILE_COLUMNS>;
  var a: array<f32, TILE_ROWS>;
  var b: array<f32, TILE_COLUMNS>;
  var sum: array<f32, TILE_ROWS * TILE_COLUMNS>;
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    let clamped = min(row + r, rows - 1u);
    if (LOADER == ROWS) {
      leftAt[r] = clamped * shape.channels;
      resultAt[r] = clamped * shape.columns + column;
      isInside[r] = true;
    } else {
      let n = clamped / (high * wide);
      let place = clamped % (high * wide);
      y[r] = sourceOf(phaseY, place / wide);
      x[r] = sourceOf(phaseX, place % wide);
      image[r] = n * shape.sourceHeight;
      resultAt[r] = ((n * shape.resultHeight + resultPlace(phaseY, place / wide)) * shape.resultWidth
        + resultPlace(phaseX, place % wide)) * shape.columns + column;
    }
  }
  // unroll
  for (var c = 0u; c < TILE_COLUMNS; c++) {
    b[c] = 0.0;
    if (shape.biased == 1u) { b[c] = bias[min(column + c, shape.columns - 1u)]; }
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) { sum[r * TILE_COLUMNS + c] = b[c]; }
  }

  for (var tapY = 0u; tapY < tapsOf(phaseY); tapY++) {
    for (var tapX = 0u; tapX < tapsOf(phaseX); tapX++) {
      let tap = kernelPlace(phaseY, tapY) * shape.kernel + kernelPlace(phaseX, tapX);
      if (LOADER != ROWS) {
        // unroll
        for (var r = 0u; r < TILE_ROWS; r++) {
          let sourceY = y[r] + moveOf(tapY);
          let sourceX = x[r] + moveOf(tapX);
          isInside[r] = (u32(sourceY) < shape.sourceHeight) & (u32(sourceX) < shape.sourceWidth);
          leftAt[r] = select(0u, ((image[r] + u32(sourceY)) * shape.sourceWidth + u32(sourceX)) * shape.channels, isInside[r]);
        }
      }
      // unroll
      for (var c = 0u; c < TILE_COLUMNS; c++) {
        let clamped = min(column + c, shape.columns - 1u);
        if (TRANSPOSED == 1u) {
          rightAt[c] = (tap * shape.columns + clamped) * shape.channels;
        } else {
          rightAt[c] = tap * shape.channels * shape.columns + clamped;
        }
      }
      for (var d = 0u; d < shape.channels; d++) {
        // unroll
        for (var r = 0u; r < TILE_ROWS; r++) {
          a[r] = left[leftAt[r] + d];
          if (LOADER != ROWS) { a[r] = select(0.0, a[r], isInside[r]); }
        }
        // unroll
        for (var c = 0u; c < TILE_COLUMNS; c++) {
          if (TRANSPOSED == 1u) { b[c] = right[rightAt[c] + d]; } else { b[c] = right[rightAt[c] + d * shape.columns]; }
        }
        // unroll
        for (var r = 0u; r < TILE_ROWS; r++) {
          // unroll
          for (var c = 0u; c < TILE_COLUMNS; c++) {
            sum[r * TILE_COLUMNS + c] = fma(a[r], b[c], sum[r * TILE_COLUMNS + c]);
          }
        }
      }
    }
  }

  let inside = min(shape.columns - column, TILE_COLUMNS);
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    if (row + r < rows) {
      // A narrow tile repeats its columns; the repetitions are not stored.
      var value = vec4f(
        sum[r * TILE_COLUMNS],
        sum[r * TILE_COLUMNS + 1u % TILE_COLUMNS],
        sum[r * TILE_COLUMNS + 2u % TILE_COLUMNS],
        sum[r * TILE_COLUMNS + 3u % TILE_COLUMNS],
      );
      if (ENDING == ACTIVATION && shape.keep == 1u) {
        // unroll
        for (var c = 0u; c < TILE_COLUMNS; c++) { if (c < inside) { preactivation[resultAt[r] + c] = value[c]; } }
      }
      if (ENDING == ACTIVATION) { value = activation(value, shape.parameter); }
      if (ENDING == DERIVATIVE) {
        var before = vec4f(0.0);
        // unroll
        for (var c = 0u; c < TILE_COLUMNS; c++) { if (c < inside) { before[c] = preactivation[resultAt[r] + c]; } }
        value *= derivative(before, shape.parameter);
      }
      // unroll
      for (var c = 0u; c < TILE_COLUMNS; c++) { if (c < inside) { product[resultAt[r] + c] = value[c]; } }
    }
  }
}

@group(0) @binding(0) var<storage, read> input: array<f32>;              // [batch, inputHeight, inputWidth, inputs]
@group(0) @binding(1) var<storage, read> outputGrad: array<f32>;         // [batch, height, width, outputs]
@group(0) @binding(2) var<storage, read_write> weightGrad: array<f32>;   // [taps, inputs, outputs]
@group(0) @binding(3) var<storage, read_write> biasGrad: array<f32>;     // [outputs]

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn plainWeightGrad(@builtin(global_invocation_id) id: vec3u) {
  let rows = window.kernel * window.kernel * window.inputs;
  let row = id.y * TILE_ROWS;
  let column = id.x * TILE_COLUMNS;
  if (row >= rows || column >= window.outputs) { return; }

  var tapY: array<i32, TILE_ROWS>;
  var tapX: array<i32, TILE_ROWS>;
  var channel: array<u32, TILE_ROWS>;
  var outputAt: array<u32, TILE_COLUMNS>;
  var a: array<f32, TILE_ROWS>;
  var b: array<f32, TILE_COLUMNS>;
  var biasSum: array<f32, TILE_COLUMNS>;
  var sum: array<f32, TILE_ROWS * TILE_COLUMNS>;
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    let clamped = min(row + r, rows - 1u);
    channel[r] = clamped % window.inputs;
    tapY[r] = i32(clamped / window.inputs / window.kernel) - i32(window.padding);
    tapX[r] = i32(clamped / window.inputs % window.kernel) - i32(window.padding);
  }
  // unroll
  for (var c = 0u; c < TILE_COLUMNS; c++) { outputAt[c] = min(column + c, window.outputs - 1u); }

  let pixels = window.batch * window.height * window.width;
  var pixel = 0u;
  var image = 0u;
  var y = 0u;
  var x = 0u;
  for (var part = 0u; part < select(1u, pixels, PARTED == 1u); part += window.partPixels) {
    // unroll
    for (var c = 0u; c < TILE_COLUMNS; c++) {
      biasSum[c] = 0.0;
      // unroll
      for (var r = 0u; r < TILE_ROWS; r++) { sum[r * TILE_COLUMNS + c] = 0.0; }
    }
    for (; pixel < min(part + window.partPixels, pixels); pixel++) {
      // unroll
      for (var c = 0u; c < TILE_COLUMNS; c++) {
        b[c] = outputGrad[pixel * window.outputs + outputAt[c]];
        biasSum[c] += b[c];
      }
      // unroll
      for (var r = 0u; r < TILE_ROWS; r++) {
        if (POINTWISE == 1u) {
          a[r] = input[pixel * window.inputs + channel[r]];
        } else {
          let sourceY = i32(y * window.stride) + tapY[r];
          let sourceX = i32(x * window.stride) + tapX[r];
          let isInside = (u32(sourceY) < window.inputHeight) & (u32(sourceX) < window.inputWidth);
          let at = ((image * window.inputHeight + u32(sourceY)) * window.inputWidth + u32(sourceX)) * window.inputs + channel[r];
          a[r] = select(0.0, input[select(0u, at, isInside)], isInside);
        }
        // unroll
        for (var c = 0u; c < TILE_COLUMNS; c++) {
          sum[r * TILE_COLUMNS + c] = fma(a[r], b[c], sum[r * TILE_COLUMNS + c]);
        }
      }
      x++;
      if (x == window.width) { x = 0u; y++; }
      if (y == window.height) { y = 0u; image++; }
    }

    // unroll
    for (var c = 0u; c < TILE_COLUMNS; c++) {
      if (column + c < window.outputs) {
        if (row == 0u && window.biased == 1u) {
          if (PARTED == 1u && part > 0u) { biasSum[c] += biasGrad[column + c]; }
          biasGrad[column + c] = biasSum[c];
        }
        // unroll
        for (var r = 0u; r < TILE_ROWS; r++) {
          if (row + r < rows) {
            let at = (row + r) * window.outputs + column + c;
            if (PARTED == 1u && part > 0u) { sum[r * TILE_COLUMNS + c] += weightGrad[at]; }
            weightGrad[at] = sum[r * TILE_COLUMNS + c];
          }
        }
      }
    }
  }
}
