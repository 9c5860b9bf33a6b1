// Rungs 2 and 3: a tile of results per invocation, in registers. TILE_ROWS + TILE_COLUMNS loads feed
// TILE_ROWS · TILE_COLUMNS multiply-adds. As it stands, tile and loops are left to the adapter's compiler (rung 2); with the
// marked loops written out, the tile is named variables (rung 3).

const SIZE = 512u;
const TILE_ROWS = 8u;
const TILE_COLUMNS = 4u;

@group(0) @binding(0) var<storage, read> a: array<f32>;               // [SIZE, SIZE]
@group(0) @binding(1) var<storage, read> b: array<f32>;               // [SIZE, SIZE]
@group(0) @binding(2) var<storage, read_write> product: array<f32>;   // [SIZE, SIZE]

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * TILE_ROWS;
  let column = id.x * TILE_COLUMNS;
  var right: array<f32, TILE_COLUMNS>;
  var sum: array<f32, TILE_ROWS * TILE_COLUMNS>;
  for (var k = 0u; k < SIZE; k++) {
    // unroll
    for (var c = 0u; c < TILE_COLUMNS; c++) { right[c] = b[k * SIZE + column + c]; }
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) {
      let left = a[(row + r) * SIZE + k];
      // unroll
      for (var c = 0u; c < TILE_COLUMNS; c++) {
        sum[r * TILE_COLUMNS + c] = fma(left, right[c], sum[r * TILE_COLUMNS + c]);
      }
    }
  }
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    // unroll
    for (var c = 0u; c < TILE_COLUMNS; c++) {
      product[(row + r) * SIZE + column + c] = sum[r * TILE_COLUMNS + c];
    }
  }
}
