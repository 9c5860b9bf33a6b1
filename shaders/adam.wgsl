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

// vec4s of one invocation: what is the same for all of them, the corrections above all, is as long to compute as an update.
const EACH = 16u;

@group(0) @binding(4) var<storage, read_write> expAvg: array<vec4f>;       // m
@group(0) @binding(5) var<storage, read_write> expAvgSq: array<vec4f>;     // v
@group(0) @binding(6) var<uniform> settings: AdamSettings;

// Adam's t: updates so far and, of those before this step, the second steps.
fn stepOf(update: u32) -> u32 {
  if (settings.lazyInterval == 0u) { return update; }
  return update + (update + settings.lazyInterval - 2u) / settings.lazyInterval + settings.lazily;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn adamUpdate(
  @builtin(workgroup_id) group: vec3u,
  @builtin(num_workgroups) groups: vec3u,
  @builtin(local_invocation_index) local: u32,
) {
  let t = clock[0];
  if (mustHold(settings.network, t)) { return; }
  let correction = -expm1(f32(stepOf(t)) * vec4f(settings.logBeta1, settings.logBeta2, 0.0, 0.0)).xy;
  let rootOfCorrection = sqrt(correction.y);
  let learningRate = scheduledLearningRate(t);
  let stepSize = learningRate / correction.x;
  let kept = 1.0 - learningRate * settings.decoupledDecay;
  let first = (group.y * groups.x + group.x) * WORKGROUP_SIZE * EACH + local;
  for (var n = 0u; n < EACH; n++) {
    let i = first + n * WORKGROUP_SIZE;
    if (i >= settings.count) { return; }
    // Read once each: all else is little beside reading and writing.
    let old = parameter[i];
    let raw = gradient[i];
    let g = raw + settings.weightDecay * old;
    let m = settings.beta1 * expAvg[i] + settings.oneMinusBeta1 * g;
    let v = settings.beta2 * expAvgSq[i] + settings.oneMinusBeta2 * (g * g);
    let updated = old * kept - stepSize * m / (sqrt(v) / rootOfCorrection + settings.epsilon);
    if (isSound(i, t, raw, updated)) {
      expAvg[i] = m;
      expAvgSq[i] = v;
      parameter[i] = updated;
    }
  }
}
