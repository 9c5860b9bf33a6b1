// The passes of an activation f, elementwise over vec4s. The file that includes this defines
//
//   fn activation(x: vec4f, parameter: f32) -> vec4f     f(x)
//   fn derivative(x: vec4f, parameter: f32) -> vec4f     f′(x), as PyTorch takes it where f has a corner
//   fn secondDerivative(x: vec4f, parameter: f32) -> vec4f    f″(x), 0 where f has a corner
//
// where `parameter` is the slope of leakyRelu, the α of elu. Matrix products and the like are given these two functions, so that
// they end in f or f′ without a dispatch of its own (src/wgsl/graft.ts).

// include lib/linear.wgsl

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

// inputGrad = outputGrad · f″(input) · inputTangent, the gradient of ⟨outputGrad, outputTangent⟩ by the input
@compute @workgroup_size(WORKGROUP_SIZE)
fn activationCurvature(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < settings.count) {
    inputGrad[i] = outputGrad[i] * secondDerivative(input[i], settings.parameter) * inputTangent[i];
  }
}
