// The three passes of an activation f, elementwise over vec4s, and a matrix product that ends in f or f′. The file that
// includes this defines
//
//   fn activation(x: vec4f, parameter: f32) -> vec4f     f(x)
//   fn derivative(x: vec4f, parameter: f32) -> vec4f     f′(x), as PyTorch takes it where f has a corner
//
// where `parameter` is the slope of leakyRelu, the α of elu.

// include lib/linear.wgsl
// include lib/product.wgsl

const WORKGROUP_SIZE = 64u;

struct ActivationSettings {
  // How many vec4s there are; the last may be partly padding.
  count: u32,
  parameter: f32,
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> output: array<vec4f>;
@group(0) @binding(2) var<storage, read> outputGrad: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> inputGrad: array<vec4f>;
@group(0) @binding(4) var<storage, read> inputTangent: array<vec4f>;
@group(0) @binding(5) var<storage, read_write> outputTangent: array<vec4f>;
@group(0) @binding(6) var<uniform> settings: ActivationSettings;

// output = f(input)
@compute @workgroup_size(WORKGROUP_SIZE)
fn activationForward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < settings.count) { output[i] = activation(input[i], settings.parameter); }
}

// inputGrad = outputGrad · f′(input)
@compute @workgroup_size(WORKGROUP_SIZE)
fn activationBackward(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < settings.count) { inputGrad[i] = outputGrad[i] * derivative(input[i], settings.parameter); }
}

// outputTangent = inputTangent · f′(input)
@compute @workgroup_size(WORKGROUP_SIZE)
fn activationTangent(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < settings.count) { outputTangent[i] = inputTangent[i] * derivative(input[i], settings.parameter); }
}

// The product's endings, by `shape.mode`:
//
//   INTO   preactivation = left · rightᵀ + bias,  product = f(preactivation)      a layer and the activation behind it
//   ONWARD product = f(left · rightᵀ + bias), where no backward pass will ask for the preactivation
//   BACK   product = (left · rightᵀ) · f′(preactivation)                          a layer's inputGrad, through the activation before it

const INTO = 0u;
const BACK = 1u;
const ONWARD = 2u;

@group(0) @binding(15) var<storage, read_write> preactivation: array<f32>; // as product

fn complete(at: u32, inside: u32, values: vec4f) -> vec4f {
  if (shape.mode == INTO) {
    if (inside == TILE_COLUMNS) {
      // unroll
      for (var c = 0u; c < TILE_COLUMNS; c++) { preactivation[at + c] = values[c]; }
    } else {
      // unroll
      for (var c = 0u; c < TILE_COLUMNS; c++) { if (c < inside) { preactivation[at + c] = values[c]; } }
    }
  }
  if (shape.mode != BACK) { return activation(values, shape.parameter); }
  // Beyond the row's end, and even beyond the buffer's, a read is harmless: what comes of it is not stored.
  var x = vec4f(0.0);
  // unroll
  for (var c = 0u; c < TILE_COLUMNS; c++) { x[c] = preactivation[at + c]; }
  return values * derivative(x, shape.parameter);
}
