// Rung 5: a subgroup shares what it loads of a. Each lane loads a vec4 of other rows, and subgroupBroadcast hands every number to
// all lanes, which multiply it with columns of their own: a gather of a becomes one load and shuffles between registers.
// Lanes hold BLOCKS vec4 of columns each, so that a number handed round feeds 4 · BLOCKS multiply-adds.
//
// Rung 6, ROW_BY_ROW: of four depths in one round, all multiply-adds of a row follow one another, so that its sums are fetched and
// put back once for the four.

enable subgroups;

const ROW = 128u; // 512 numbers as vec4
const LANES = 8u; // the adapter's subgroup size
const TILE_ROWS = 16u; // a multiple of LANES
const BLOCKS = 1u;
const ROW_BY_ROW = 0u;

@group(0) @binding(0) var<storage, read> a: array<vec4f>;               // [512, ROW]
@group(0) @binding(1) var<storage, read> b: array<vec4f>;               // [512, ROW]
@group(0) @binding(2) var<storage, read_write> product: array<vec4f>;   // [512, ROW]

@compute @workgroup_size(LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let row = group.y * TILE_ROWS;
  let column = group.x * LANES * BLOCKS + lane;
  var left: array<vec4f, TILE_ROWS / LANES>;
  var right: array<vec4f, 4u * BLOCKS>;
  var sum: array<vec4f, TILE_ROWS * BLOCKS>;
  for (var k = 0u; k < ROW; k++) {
    // unroll
    for (var r = 0u; r < TILE_ROWS / LANES; r++) { left[r] = a[(row + r * LANES + lane) * ROW + k]; }
    // unroll
    for (var i = 0u; i < 4u; i++) {
      // unroll
      for (var c = 0u; c < BLOCKS; c++) { right[i * BLOCKS + c] = b[(4u * k + i) * ROW + column + c * LANES]; }
    }
    if (ROW_BY_ROW == 1u) {
      // unroll
      for (var r = 0u; r < TILE_ROWS; r++) {
        // unroll
        for (var i = 0u; i < 4u; i++) {
          let number = vec4f(subgroupBroadcast(left[r / LANES][i], r % LANES));
          // unroll
          for (var c = 0u; c < BLOCKS; c++) {
            sum[r * BLOCKS + c] = fma(number, right[i * BLOCKS + c], sum[r * BLOCKS + c]);
          }
        }
      }
    } else {
      // unroll
      for (var i = 0u; i < 4u; i++) {
        // unroll
        for (var r = 0u; r < TILE_ROWS; r++) {
          let number = vec4f(subgroupBroadcast(left[r / LANES][i], r % LANES));
          // unroll
          for (var c = 0u; c < BLOCKS; c++) {
            sum[r * BLOCKS + c] = fma(number, right[i * BLOCKS + c], sum[r * BLOCKS + c]);
          }
        }
      }
    }
  }
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    // unroll
    for (var c = 0u; c < BLOCKS; c++) {
      product[(row + r) * ROW + column + c * LANES] = sum[r * BLOCKS + c];
    }
  }
}
