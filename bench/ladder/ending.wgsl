// What an optimizer as the ending of a weight's gradient would save: the tile of ../../shaders/subgroupProduct.wgsl, for the first
// layer of the MNIST MLP's discriminator, without what the trainer's kernels do besides.
//
//   APART      gradient = inputᵀ · outputGrad, stored for Adam, which is a dispatch of its own …
//   OPTIMIZER  … this one, EACH vec4s an invocation
//   ENDING     the same product; Adam moves the weight by each finished number, which is not stored

enable subgroups;

const APART = 0u;
const OPTIMIZER = 1u;
const ENDING = 2u;
const WHAT = 0u;

const INPUTS = 784u;
const OUTPUT_QUADS = 128u; // 512 numbers as vec4
const BATCH = 128u;

const LANES = 8u; // the adapter's subgroup size
const GROUP = 8u; // LANES; 64 for OPTIMIZER
const TILE_ROWS = 32u;
const TILE_QUADS = 1u;
const BLOCKS = 1u; // TILE_ROWS / (4 · LANES), at least 1
const ROW_QUADS = TILE_ROWS / BLOCKS / 4u;
const EACH = 16u;

@group(0) @binding(0) var<storage, read> input: array<vec4f>;               // [BATCH, INPUTS]
@group(0) @binding(1) var<storage, read> outputGrad: array<vec4f>;          // [BATCH, OUTPUT_QUADS]
@group(0) @binding(2) var<storage, read_write> gradient: array<vec4f>;      // [INPUTS, OUTPUT_QUADS]
@group(0) @binding(3) var<storage, read_write> parameter: array<vec4f>;     // likewise
@group(0) @binding(4) var<storage, read_write> expAvg: array<vec4f>;        // likewise
@group(0) @binding(5) var<storage, read_write> expAvgSq: array<vec4f>;      // likewise

// Adam's update of the vec4 number i, as ../../shaders/adam.wgsl makes it, for β = (0.5, 0.999) and corrections that are known.
fn moveBy(i: u32, g: vec4f) {
  let old = parameter[i];
  let m = 0.5 * expAvg[i] + 0.5 * g;
  let v = 0.999 * expAvgSq[i] + 0.001 * (g * g);
  let updated = old - 1e-4 * m / (sqrt(v) / 0.9 + 1e-8);
  let exponents = vec4u(0x7f800000u);
  let isSound = ((bitcast<vec4u>(g) & exponents) != exponents) & ((bitcast<vec4u>(updated) & exponents) != exponents);
  if (all(isSound)) {
    expAvg[i] = m;
    expAvgSq[i] = v;
    parameter[i] = updated;
  }
}

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  if (WHAT == OPTIMIZER) {
    for (var n = 0u; n < EACH; n++) {
      let i = (group.x * EACH + n) * GROUP + lane;
      if (i < INPUTS * OUTPUT_QUADS) { moveBy(i, gradient[i]); }
    }
  } else {
    let row = group.y * TILE_ROWS;
    let quad = group.x * LANES * TILE_QUADS + lane;
    let own = row + lane % ROW_QUADS * 4u;
    var a: array<vec4f, 4u * BLOCKS>;
    var b: array<vec4f, 4u * TILE_QUADS>;
    var sum: array<vec4f, TILE_ROWS * TILE_QUADS>;
    for (var d = 0u; d < BATCH; d += 4u) {
      // unroll
      for (var k = 0u; k < 4u; k++) {
        // unroll
        for (var i = 0u; i < BLOCKS; i++) {
          a[i * 4u + k] = input[((d + k) * INPUTS + min(own + i * 4u * ROW_QUADS, INPUTS - 4u)) / 4u];
        }
        // unroll
        for (var j = 0u; j < TILE_QUADS; j++) { b[k * TILE_QUADS + j] = outputGrad[(d + k) * OUTPUT_QUADS + quad + j * LANES]; }
      }
      // unroll
      for (var r = 0u; r < TILE_ROWS; r++) {
        // unroll
        for (var k = 0u; k < 4u; k++) {
          let input_rk = vec4f(subgroupBroadcast(a[r / (4u * ROW_QUADS) * 4u + k][r % 4u], r / 4u % ROW_QUADS));
          // unroll
          for (var j = 0u; j < TILE_QUADS; j++) {
            sum[r * TILE_QUADS + j] = fma(input_rk, b[k * TILE_QUADS + j], sum[r * TILE_QUADS + j]);
          }
        }
      }
    }
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) {
      if (row + r < INPUTS) {
        // unroll
        for (var j = 0u; j < TILE_QUADS; j++) {
          let i = (row + r) * OUTPUT_QUADS + quad + j * LANES;
          if (WHAT == ENDING) { moveBy(i, sum[r * TILE_QUADS + j]); } else { gradient[i] = sum[r * TILE_QUADS + j]; }
        }
      }
    }
  }
}
