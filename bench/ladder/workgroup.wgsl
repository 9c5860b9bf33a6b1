// Beside the ladder: tiles of a and b in workgroup memory, filled by the whole workgroup and read by all of it. On a GPU with
// fast workgroup memory this is the way up; a software adapter keeps it in the same memory as everything else.

const ROW = 128u; // 512 numbers as vec4
const TILE_ROWS = 8u;
const GROUP = 8u; // a workgroup's tile is 8 · GROUP rows by 4 · GROUP columns
const DEPTH = 8u; // vec4 of the depth in a tile

@group(0) @binding(0) var<storage, read> a: array<vec4f>;               // [512, ROW]
@group(0) @binding(1) var<storage, read> b: array<vec4f>;               // [512, ROW]
@group(0) @binding(2) var<storage, read_write> product: array<vec4f>;   // [512, ROW]

var<workgroup> aTile: array<vec4f, 512>;   // [TILE_ROWS · GROUP, DEPTH]
var<workgroup> bTile: array<vec4f, 256>;   // [4 · DEPTH, GROUP]

@compute @workgroup_size(GROUP, GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) lane: vec3u) {
  let row = lane.y * TILE_ROWS;
  var sum: array<vec4f, TILE_ROWS>;
  for (var depth = 0u; depth < ROW; depth += DEPTH) {
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) {
      aTile[(row + r) * DEPTH + lane.x] = a[(group.y * TILE_ROWS * GROUP + row + r) * ROW + depth + lane.x];
    }
    // unroll
    for (var i = 0u; i < 4u; i++) {
      let k = 4u * lane.y + i;
      bTile[k * GROUP + lane.x] = b[(4u * depth + k) * ROW + group.x * GROUP + lane.x];
    }
    workgroupBarrier();
    for (var k = 0u; k < DEPTH; k++) {
      let right0 = bTile[(4u * k) * GROUP + lane.x];
      let right1 = bTile[(4u * k + 1u) * GROUP + lane.x];
      let right2 = bTile[(4u * k + 2u) * GROUP + lane.x];
      let right3 = bTile[(4u * k + 3u) * GROUP + lane.x];
      // unroll
      for (var r = 0u; r < TILE_ROWS; r++) {
        let left = aTile[(row + r) * DEPTH + k];
        sum[r] = fma(vec4f(left.x), right0, sum[r]);
        sum[r] = fma(vec4f(left.y), right1, sum[r]);
        sum[r] = fma(vec4f(left.z), right2, sum[r]);
        sum[r] = fma(vec4f(left.w), right3, sum[r]);
      }
    }
    workgroupBarrier();
  }
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    product[(group.y * TILE_ROWS * GROUP + row + r) * ROW + group.x * GROUP + lane.x] = sum[r];
  }
}
