// A dense layer and its derivatives. With weight as PyTorch keeps it, [outputs, inputs], they are one product
//
//   product[r, c] = Σ_d left[r, d] · right[c, d] + bias[c]
//
// read with different strides (`at(r, d) = r · rowStride + d · depthStride`):
//
//                                       rows     columns  depth    left         right
//   output     = input · weightᵀ + bias  batch    outputs  inputs   input        weight
//   inputGrad  = outputGrad · weight     batch    inputs   outputs  outputGrad   weightᵀ
//   weightGrad = outputGradᵀ · input     outputs  inputs   batch    outputGradᵀ  inputᵀ
//   tangent    = inputTangent · weightᵀ  batch    outputs  inputs   inputTangent weight
//
// Every invocation makes a tile of TILE_ROWS × TILE_COLUMNS results in registers: TILE_ROWS + TILE_COLUMNS loads feed
// TILE_ROWS · TILE_COLUMNS multiply-adds. Tiles at the border load clamped, so always valid, addresses and store only
// what is inside.

const TILE_ROWS = 8u;
const TILE_COLUMNS = 4u;
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
}

@group(0) @binding(0) var<storage, read> left: array<f32>;
@group(0) @binding(1) var<storage, read> right: array<f32>;
@group(0) @binding(2) var<storage, read> bias: array<f32>;              // [columns]
@group(0) @binding(3) var<storage, read_write> product: array<f32>;     // [rows, columns]
@group(0) @binding(4) var<uniform> shape: ProductShape;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn denseProduct(@builtin(global_invocation_id) id: vec3u) {
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

  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    // unroll
    for (var c = 0u; c < TILE_COLUMNS; c++) {
      if (row + r < shape.rows && column + c < shape.columns) {
        product[(row + r) * shape.columns + column + c] = sum[r * TILE_COLUMNS + c];
      }
    }
  }
}

// weightGrad[o, i] = Σ_b outputGrad[b, o] · input[b, i]  and  biasGrad[o] = Σ_b outputGrad[b, o], in one go: the tiles of
// the first column have all of outputGrad in their registers anyway.

struct DenseShape {
  batch: u32,
  inputs: u32,
  outputs: u32,
}

@group(0) @binding(5) var<storage, read> input: array<f32>;             // [batch, inputs]
@group(0) @binding(6) var<storage, read> outputGrad: array<f32>;        // [batch, outputs]
@group(0) @binding(7) var<storage, read_write> weightGrad: array<f32>;  // [outputs, inputs]
@group(0) @binding(8) var<storage, read_write> biasGrad: array<f32>;    // [outputs]
@group(0) @binding(9) var<uniform> dense: DenseShape;

@compute @workgroup_size(GROUP_COLUMNS, GROUP_ROWS)
fn denseParameterGrad(@builtin(global_invocation_id) id: vec3u) {
  let row = id.y * TILE_ROWS;
  let column = id.x * TILE_COLUMNS;
  if (row >= dense.outputs || column >= dense.inputs) { return; }

  var outputAt: array<u32, TILE_ROWS>;
  var inputAt: array<u32, TILE_COLUMNS>;
  var a: array<f32, TILE_ROWS>;
  var b: array<f32, TILE_COLUMNS>;
  var biasSum: array<f32, TILE_ROWS>;
  var sum: array<f32, TILE_ROWS * TILE_COLUMNS>;
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) { outputAt[r] = min(row + r, dense.outputs - 1u); }
  // unroll
  for (var c = 0u; c < TILE_COLUMNS; c++) { inputAt[c] = min(column + c, dense.inputs - 1u); }

  for (var sample = 0u; sample < dense.batch; sample++) {
    // unroll
    for (var c = 0u; c < TILE_COLUMNS; c++) { b[c] = input[sample * dense.inputs + inputAt[c]]; }
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) {
      a[r] = outputGrad[sample * dense.outputs + outputAt[r]];
      biasSum[r] += a[r];
      // unroll
      for (var c = 0u; c < TILE_COLUMNS; c++) {
        sum[r * TILE_COLUMNS + c] = fma(a[r], b[c], sum[r * TILE_COLUMNS + c]);
      }
    }
  }

  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    if (column == 0u && row + r < dense.outputs) { biasGrad[row + r] = biasSum[r]; }
    // unroll
    for (var c = 0u; c < TILE_COLUMNS; c++) {
      if (row + r < dense.outputs && column + c < dense.inputs) {
        weightGrad[(row + r) * dense.inputs + column + c] = sum[r * TILE_COLUMNS + c];
      }
    }
  }
}
