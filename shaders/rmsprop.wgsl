// RMSprop (Tieleman & Hinton 2012), as PyTorch does it:
//
//   g ← g + weightDecay · θ
//   s ← decay · s + (1 − decay) g²
//   v ← momentum · v + g / (√s + ε)
//   θ ← θ − learningRate · v
//
// 1 − decay is passed beside decay: made from the rounded one it would lose half its digits.

// include lib/optimizer.wgsl

struct RmspropSettings {
  count: u32, // vec4s
  network: u32, // 0 the discriminator, 1 the generator
  schedule: u32,
  scheduleUpdates: u32,
  scheduleEnd: f32,
  warmup: u32,
  learningRate: f32,
  decay: f32,
  oneMinusDecay: f32,
  momentum: f32,
  epsilon: f32,
  weightDecay: f32,
}

@group(0) @binding(4) var<storage, read_write> squareAvg: array<vec4f>;       // s
@group(0) @binding(5) var<storage, read_write> momentumBuffer: array<vec4f>;  // v
@group(0) @binding(6) var<uniform> settings: RmspropSettings;

@compute @workgroup_size(WORKGROUP_SIZE)
fn rmspropUpdate(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= settings.count) { return; }
  let t = clock[0];
  if (mustHold(settings.network, t)) { return; }
  let old = parameter[i];
  let raw = gradient[i];
  let g = raw + settings.weightDecay * old;
  let s = settings.decay * squareAvg[i] + settings.oneMinusDecay * (g * g);
  let velocity = settings.momentum * momentumBuffer[i] + g / (sqrt(s) + settings.epsilon);
  let updated = old - scheduledLearningRate(t) * velocity;
  if (!isSound(i, t, raw, updated)) { return; }
  squareAvg[i] = s;
  momentumBuffer[i] = velocity;
  parameter[i] = updated;
}
