// Dropout (Srivastava et al. 2014): each number is 0 with probability p, else it is divided by 1 − p, so that its mean stays.
//
//   output = input · mask/(1 − p),   mask = 1 where a random word is at least p · 2³², else 0
//
// The mask is a function of where it stands: the way back, which is the same with gradients, draws it again.

// include lib/linear.wgsl
// include lib/random.wgsl

const WORKGROUP_SIZE = 64u;

struct DropoutSettings {
  seed: vec2u,
  stream: u32,
  // draw = clock · stride + offset, as in lib/stream.wgsl
  stride: u32,
  offset: u32,
  lane: u32, // the layer's own
  count: u32, // vec4s; the last may be partly padding
  threshold: u32, // p · 2³²
  scale: f32, // 1/(1 − p)
}

@group(0) @binding(0) var<storage, read> clock: array<u32>;
@group(0) @binding(1) var<uniform> settings: DropoutSettings;
@group(0) @binding(2) var<storage, read> input: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> output: array<vec4f>;

// One invocation four numbers, which have the four words of one index.
@compute @workgroup_size(WORKGROUP_SIZE)
fn dropout(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= settings.count) { return; }
  let draw = clock[0] * settings.stride + settings.offset;
  let words = philox(vec4u(i, draw, settings.stream, settings.lane), settings.seed);
  output[i] = select(vec4f(0.0), input[i] * settings.scale, words >= vec4u(settings.threshold));
}

// In mode `evaluate`: output = input.
@compute @workgroup_size(WORKGROUP_SIZE)
fn keepAll(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < arrayLength(&output)) { output[i] = input[i]; }
}
