// The products of lib/product.wgsl for results of few columns: D's logit, grey and RGB images, points in the plane. Tiles that share
// their loads along the columns would be mostly empty. Here every invocation makes TILE_ROWS rows of all columns by dot products of
// vec4s along the channels, of which there must be a multiple of 4, contiguous in the weight: TRANSPOSED, or one column.

// include lib/product.wgsl

const TILE_ROWS = 4u;
const COLUMNS = 1u; // shape.columns, at most 4
const WORKGROUP_SIZE = 32u;

@group(0) @binding(10) var<storage, read> left: array<vec4f>;                // [batch, sourceHeight, sourceWidth, channels]
@group(0) @binding(11) var<storage, read> right: array<vec4f>;               // [taps, columns, channels]
@group(0) @binding(12) var<storage, read> bias: array<f32>;                  // [columns]
@group(0) @binding(13) var<storage, read_write> product: array<f32>;         // [batch, resultHeight, resultWidth, columns]
@group(0) @binding(15) var<storage, read_write> preactivation: array<f32>;   // as product

@compute @workgroup_size(WORKGROUP_SIZE)
fn narrowProduct(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) index: u32) {
  let phaseY = group.z / shape.stride;
  let phaseX = group.z % shape.stride;
  let high = placesOf(phaseY, shape.resultHeight);
  let wide = placesOf(phaseX, shape.resultWidth);
  let rows = shape.batch * high * wide;
  let row = (group.y * WORKGROUP_SIZE + index) * TILE_ROWS;
  if (row >= rows) { return; }
  let quads = shape.channels / 4u;

  var image: array<u32, TILE_ROWS>;
  var y: array<i32, TILE_ROWS>;
  var x: array<i32, TILE_ROWS>;
  var resultAt: array<u32, TILE_ROWS>;
  var leftAt: array<u32, TILE_ROWS>;
  var isInside: array<bool, TILE_ROWS>;
  var b: array<vec4f, COLUMNS>;
  var sum: array<f32, TILE_ROWS * COLUMNS>;
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    let clamped = min(row + r, rows - 1u);
    if (LOADER == ROWS) {
      leftAt[r] = clamped * quads;
      isInside[r] = true;
      resultAt[r] = clamped * COLUMNS;
    } else {
      let n = clamped / (high * wide);
      let place = clamped % (high * wide);
      y[r] = sourceOf(phaseY, place / wide);
      x[r] = sourceOf(phaseX, place % wide);
      image[r] = n * shape.sourceHeight;
      resultAt[r] = ((n * shape.resultHeight + resultPlace(phaseY, place / wide)) * shape.resultWidth
        + resultPlace(phaseX, place % wide)) * COLUMNS;
    }
    // unroll
    for (var c = 0u; c < COLUMNS; c++) {
      sum[r * COLUMNS + c] = 0.0;
      if (shape.biased == 1u) { sum[r * COLUMNS + c] = bias[c]; }
    }
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
          leftAt[r] = select(0u, ((image[r] + u32(sourceY)) * shape.sourceWidth + u32(sourceX)) * quads, isInside[r]);
        }
      }
      for (var d = 0u; d < quads; d++) {
        // unroll
        for (var c = 0u; c < COLUMNS; c++) { b[c] = right[(tap * COLUMNS + c) * quads + d]; }
        // unroll
        for (var r = 0u; r < TILE_ROWS; r++) {
          let a = select(vec4f(0.0), left[leftAt[r] + d], isInside[r]);
          // unroll
          for (var c = 0u; c < COLUMNS; c++) {
            // One after the other, as the other strategies add: the same bits.
            sum[r * COLUMNS + c] = fma(a.w, b[c].w, fma(a.z, b[c].z, fma(a.y, b[c].y, fma(a.x, b[c].x, sum[r * COLUMNS + c]))));
          }
        }
      }
    }
  }

  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    if (row + r < rows) {
      // unroll
      for (var c = 0u; c < COLUMNS; c++) {
        var value = sum[r * COLUMNS + c];
        let at = resultAt[r] + c;
        if (ENDING == ACTIVATION && shape.keep == 1u) { preactivation[at] = value; }
        if (ENDING == ACTIVATION) { value = activation(vec4f(value), shape.parameter).x; }
        if (ENDING == DERIVATIVE) { value *= derivative(vec4f(preactivation[at]), shape.parameter).x; }
        product[at] = value;
      }
    }
  }
}
