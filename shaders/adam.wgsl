// Adam (Kingma & Ba 2015), as PyTorch does it. For update t = 1, 2, … with gradient g:
//
//   θ ← θ − learningRate · decoupledDecay · θ       AdamW (Loshchilov & Hutter 2019)
//   g ← g + weightDecay · θ                         Adam
//   m ← β₁ m + (1 − β₁) g
//   v ← β₂ v + (1 − β₂) g²
//   θ ← θ − learningRate/(1 − β₁ᵗ) · m / (√v/√(1 − β₂ᵗ) + ε)
//
// 1 − β is passed beside β: made from the rounded β it would lose half its digits. 1 − βᵗ = −expm1(t·log β) likewise.

// include lib/optimizer.wgsl
// include lib/smooth.wgsl

struct AdamSettings {
  count: u32, // vec4s
  network: u32, // 0 the discriminator, 1 the generator
  schedule: u32,
  scheduleUpdates: u32,
  scheduleEnd: f32,
  warmup: u32,
  learningRate: f32,
  beta1: f32,
  oneMinusBeta1: f32,
  logBeta1: f32,
  beta2: f32,
  oneMinusBeta2: f32,
  logBeta2: f32,
  epsilon: f32,
  weightDecay: f32,
  decoupledDecay: f32,
  // Where the first update, and every so many, has a second step: how many, else 0; and whether this is such a step.
  lazyInterval: u32,
  lazily: u32,
}

@group(0) @binding(4) var<storage, read_write> expAvg: array<vec4f>;       // m
@group(0) @binding(5) var<storage, read_write> expAvgSq: array<vec4f>;     // v
@group(0) @binding(6) var<uniform> settings: AdamSettings;

// Adam's t: updates so far and, of those before this step, the second steps.
fn stepOf(update: u32) -> u32 {
  if (settings.lazyInterval == 0u) { return update; }
  return update + (update + settings.lazyInterval - 2u) / settings.lazyInterval + settings.lazily;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn adamUpdate(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= settings.count) { return; }
  let t = clock[0];
  if (mustHold(settings.network, t)) { return; }
  let g = gradient[i] + settings.weightDecay * parameter[i];
  let m = settings.beta1 * expAvg[i] + settings.oneMinusBeta1 * g;
  let v = settings.beta2 * expAvgSq[i] + settings.oneMinusBeta2 * (g * g);
  let correction = -expm1(f32(stepOf(t)) * vec4f(settings.logBeta1, settings.logBeta2, 0.0, 0.0)).xy;
  let learningRate = scheduledLearningRate(t);
  let stepSize = learningRate / correction.x;
  let decayed = parameter[i] * (1.0 - learningRate * settings.decoupledDecay);
  let updated = decayed - stepSize * m / (sqrt(v) / sqrt(correction.y) + settings.epsilon);
  if (!isSound(i, t, updated)) { return; }
  expAvg[i] = m;
  expAvgSq[i] = v;
  parameter[i] = updated;
}
