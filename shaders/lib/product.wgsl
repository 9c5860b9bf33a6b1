// A tile of a matrix product in registers, for whoever includes this:
//
//   product[r, c] = complete(Σ_d left[r, d] · right[c, d] + bias[c])
//
// Matrices are read by strides, at(r, d) = r · rowStride + d · depthStride, so that one kernel serves every transposition.
// Every invocation makes TILE_ROWS × TILE_COLUMNS results: TILE_ROWS + TILE_COLUMNS loads feed TILE_ROWS · TILE_COLUMNS
// multiply-adds. Tiles at the border load clamped, so always valid, addresses and store only what is inside. The file that
// includes this defines what happens to a finished piece of a row before it is stored:
//
//   fn complete(at: u32, inside: u32, values: vec4f) -> vec4f    values of product[at …], the first `inside` of them count

const TILE_ROWS = 8u;
const TILE_COLUMNS = 4u; // 1, 2 or 4
const GROUP_COLUMNS = 8u;
const GROUP_ROWS = 4u;

struct ProductShape {
  rows: u32,
  columns: u32,
  depth: u32,
  leftRowStride: u32,
  leftDepthStride: u32,
  rightColumnStride: u32,
  rightDepthStride: u32,
  biased: u32, // 0 or 1; without a bias any readable slot may be bound to it
  mode: u32, // for `complete`
  parameter: f32, // likewise
}

@group(0) @binding(10) var<storage, read> left: array<f32>;
@group(0) @binding(11) var<storage, read> right: array<f32>;
@group(0) @binding(12) var<storage, read> bias: array<f32>;             // [columns]
@group(0) @binding(13) var<storage, read_write> product: array<f32>;    // [rows, columns]
@group(0) @binding(14) var<uniform> shape: ProductShape;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn matrixProduct(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * TILE_ROWS;
  let column = id.x * TILE_COLUMNS;
  if (row >= shape.rows || column >= shape.columns) { return; }

  var leftAt: array<u32, TILE_ROWS>;
  var rightAt: array<u32, TILE_COLUMNS>;
  var a: array<f32, TILE_ROWS>;
  var b: array<f32, TILE_COLUMNS>;
  var sum: array<f32, TILE_ROWS * TILE_COLUMNS>;
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    leftAt[r] = min(row + r, shape.rows - 1u) * shape.leftRowStride;
  }
  // unroll
  for (var c = 0u; c < TILE_COLUMNS; c++) {
    rightAt[c] = min(column + c, shape.columns - 1u) * shape.rightColumnStride;
    b[c] = 0.0;
    if (shape.biased == 1u) { b[c] = bias[min(column + c, shape.columns - 1u)]; }
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) { sum[r * TILE_COLUMNS + c] = b[c]; }
  }

  for (var d = 0u; d < shape.depth; d++) {
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) { a[r] = left[leftAt[r] + d * shape.leftDepthStride]; }
    // unroll
    for (var c = 0u; c < TILE_COLUMNS; c++) { b[c] = right[rightAt[c] + d * shape.rightDepthStride]; }
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) {
      // unroll
      for (var c = 0u; c < TILE_COLUMNS; c++) {
        sum[r * TILE_COLUMNS + c] = fma(a[r], b[c], sum[r * TILE_COLUMNS + c]);
      }
    }
  }

  let inside = min(shape.columns - column, TILE_COLUMNS);
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    if (row + r < shape.rows) {
      let at = (row + r) * shape.columns + column;
      // A narrow tile repeats its columns; the repetitions are not stored.
      let results = complete(at, inside, vec4f(
        sum[r * TILE_COLUMNS],
        sum[r * TILE_COLUMNS + 1u % TILE_COLUMNS],
        sum[r * TILE_COLUMNS + 2u % TILE_COLUMNS],
        sum[r * TILE_COLUMNS + 3u % TILE_COLUMNS],
      ));
      if (inside == TILE_COLUMNS) {
        // unroll
        for (var c = 0u; c < TILE_COLUMNS; c++) { product[at + c] = results[c]; }
      } else {
        // unroll
        for (var c = 0u; c < TILE_COLUMNS; c++) { if (c < inside) { product[at + c] = results[c]; } }
      }
    }
  }
}
