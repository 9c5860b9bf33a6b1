// Exponential moving average of a network's tensors, as StyleGAN2 does it (Karras et al. 2020): behind update t = 1, 2, …,
//
//   average ← average + (1 − β) (tensor − average),   β = ½^(batch / h),   h = min(halfLife, ramp · (t − 1) · batch)
//
// so that an image weighs half as much after h more of them. The ramp keeps the first weights from lingering: behind the
// first update h = 0 and the average is the weights. 1 − β = −expm1(−log 2 · batch / h), which keeps its digits.

// include lib/fault.wgsl
// include lib/linear.wgsl
// include lib/smooth.wgsl

const WORKGROUP_SIZE = 64u;
const LOG_TWO = 0.6931471805599453;

struct AverageSettings {
  count: u32, // vec4s
  batch: f32,
  halfLife: f32, // images
  ramp: f32, // 0: none
}

@group(0) @binding(0) var<storage, read> clock: array<u32>;                  // updates so far, this one included
@group(0) @binding(1) var<storage, read_write> fault: array<atomic<u32>>;
@group(0) @binding(2) var<storage, read> tensor: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> average: array<vec4f>;
@group(0) @binding(4) var<uniform> settings: AverageSettings;

fn weightOfNew(t: u32) -> f32 {
  var halfLife = settings.halfLife;
  if (settings.ramp > 0.0) { halfLife = min(halfLife, settings.ramp * f32(t - 1u) * settings.batch); }
  if (halfLife <= 0.0) { return 1.0; }
  // e⁻⁸⁰ is nothing beside 1 in float32.
  return -expm1(vec4f(max(-LOG_TWO * settings.batch / halfLife, -80.0))).x;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn updateAverage(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= settings.count) { return; }
  // Behind a fault everything stays as it is: running statistics may hold what is not finite.
  if (atomicLoad(&fault[0]) != 0u || atomicLoad(&fault[2]) != 0u) { return; }
  let old = average[i];
  let weight = weightOfNew(clock[0]);
  // Where the weight is 1 the sum may be off by a rounding; the average is then the tensor itself.
  average[i] = select(old + weight * (tensor[i] - old), tensor[i], weight == 1.0);
}
