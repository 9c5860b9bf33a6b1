// Rung 4: the same tile, loaded and stored four numbers at a time: a vec4 of a row of a, along the depth, and of a row of b,
// along the columns. A quarter of the loads, and of the addresses.

const ROW = 128u; // 512 numbers as vec4
const TILE_ROWS = 8u;

@group(0) @binding(0) var<storage, read> a: array<vec4f>;               // [512, ROW]
@group(0) @binding(1) var<storage, read> b: array<vec4f>;               // [512, ROW]
@group(0) @binding(2) var<storage, read_write> product: array<vec4f>;   // [512, ROW]

@compute @workgroup_size(8, 4)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * TILE_ROWS;
  var sum: array<vec4f, TILE_ROWS>;
  for (var k = 0u; k < ROW; k++) {
    let right0 = b[(4u * k) * ROW + id.x];
    let right1 = b[(4u * k + 1u) * ROW + id.x];
    let right2 = b[(4u * k + 2u) * ROW + id.x];
    let right3 = b[(4u * k + 3u) * ROW + id.x];
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) {
      let left = a[(row + r) * ROW + k];
      sum[r] = fma(vec4f(left.x), right0, sum[r]);
      sum[r] = fma(vec4f(left.y), right1, sum[r]);
      sum[r] = fma(vec4f(left.z), right2, sum[r]);
      sum[r] = fma(vec4f(left.w), right3, sum[r]);
    }
  }
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) { product[(row + r) * ROW + id.x] = sum[r]; }
}
