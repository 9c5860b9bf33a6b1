// A dense layer and its derivatives. With weight as PyTorch keeps it, [outputs, inputs], they are one product
//
//   product[r, c] = Σ_d left[r, d] · right[c, d] + bias[c]
//
// read with different strides:
//
//                                       rows     columns  depth    left         right
//   output     = input · weightᵀ + bias  batch    outputs  inputs   input        weight
//   inputGrad  = outputGrad · weight     batch    inputs   outputs  outputGrad   weightᵀ
//   weightGrad = outputGradᵀ · input     outputs  inputs   batch    outputGradᵀ  inputᵀ
//   tangent    = inputTangent · weightᵀ  batch    outputs  inputs   inputTangent weight

// include lib/product.wgsl

fn complete(at: u32, inside: u32, values: vec4f) -> vec4f { return values; }

// weightGrad[o, i] = Σ_b outputGrad[b, o] · input[b, i]  and  biasGrad[o] = Σ_b outputGrad[b, o], in one go: the tiles of
// the first column have all of outputGrad in their registers anyway.

struct DenseShape {
  batch: u32,
  inputs: u32,
  outputs: u32,
}

@group(0) @binding(0) var<storage, read> input: array<f32>;             // [batch, inputs]
@group(0) @binding(1) var<storage, read> outputGrad: array<f32>;        // [batch, outputs]
@group(0) @binding(2) var<storage, read_write> weightGrad: array<f32>;  // [outputs, inputs]
@group(0) @binding(3) var<storage, read_write> biasGrad: array<f32>;    // [outputs]
@group(0) @binding(4) var<uniform> dense: DenseShape;

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
