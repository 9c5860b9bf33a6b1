// Stochastic gradient descent with momentum, as PyTorch's SGD does it:
//
//   g ← g + weightDecay · θ
//   v ← momentum · v + g
//   θ ← θ − learningRate · v

// include lib/optimizer.wgsl

struct SgdSettings {
  count: u32, // vec4s
  network: u32, // 0 the discriminator, 1 the generator
  schedule: u32,
  scheduleUpdates: u32,
  scheduleEnd: f32,
  warmup: u32,
  learningRate: f32,
  momentum: f32,
  weightDecay: f32,
}

@group(0) @binding(4) var<storage, read_write> momentumBuffer: array<vec4f>;
@group(0) @binding(5) var<uniform> settings: SgdSettings;

@compute @workgroup_size(WORKGROUP_SIZE)
fn sgdUpdate(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= settings.count) { return; }
  let t = clock[0];
  if (mustHold(settings.network, t)) { return; }
  let old = parameter[i];
  let raw = gradient[i];
  let velocity = settings.momentum * momentumBuffer[i] + raw + settings.weightDecay * old;
  let updated = old - scheduledLearningRate(t) * velocity;
  if (!isSound(i, t, raw, updated)) { return; }
  momentumBuffer[i] = velocity;
  parameter[i] = updated;
}
