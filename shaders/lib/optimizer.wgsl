// What all optimizers share: one invocation a vec4 of a network's parameters, which update this is, the scheduled
// learning rate, and the watch for numbers that are not finite. The file that includes this defines the uniform
// `settings` with at least the fields used here, and binds `clock`, `parameter`, `gradient` and its own state.

// include lib/fault.wgsl
// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

const SCHEDULE_LINEAR = 1u;
const SCHEDULE_COSINE = 2u;

@group(0) @binding(0) var<storage, read> clock: array<u32>;                // updates so far, this one included
@group(0) @binding(1) var<storage, read_write> parameter: array<vec4f>;
@group(0) @binding(2) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(3) var<storage, read_write> fault: array<atomic<u32>>;

// sin(πx/2) for x in [0, 1], to 6e-8 by Taylor's series (built-in sines are off by 2e-4 on some adapters).
fn sineOfQuarter(x: f32) -> f32 {
  let a = 1.5707963267948966 * x;
  let s = a * a;
  return a * (1.0 - s / 6.0 * (1.0 - s / 20.0 * (1.0 - s / 42.0 * (1.0 - s / 72.0 * (1.0 - s / 110.0)))));
}

// The learning rate of update t = 1, 2, …: with p = (t − 1)/scheduleUpdates in [0, 1],
//   constant  learningRate
//   linear    learningRate · (1 − (1 − end)·p)
//   cosine    learningRate · (end + (1 − end)·(1 + cos(πp))/2)
// times t/warmup while t < warmup.
fn scheduledLearningRate(t: u32) -> f32 {
  let progress = min(f32(t - 1u) / f32(settings.scheduleUpdates), 1.0);
  var remaining = 1.0;
  if (settings.schedule == SCHEDULE_LINEAR) { remaining = 1.0 - progress; }
  // (1 + cos(πp))/2 = 1 − sin²(πp/2)
  if (settings.schedule == SCHEDULE_COSINE) {
    let s = sineOfQuarter(progress);
    remaining = 1.0 - s * s;
  }
  let scheduled = settings.learningRate * (settings.scheduleEnd + (1.0 - settings.scheduleEnd) * remaining);
  return select(scheduled, scheduled * (f32(t) / f32(settings.warmup)), t < settings.warmup);
}

// False, and reported, where the gradient or the new parameter is not finite. Places count on from the loss at 0: all
// vec4s of the gradient, then all of the parameters.
fn isSound(i: u32, t: u32, givenGradient: vec4f, newParameter: vec4f) -> bool {
  let isGiven = allFinite(givenGradient);
  // One question for both, which is nearly always the last.
  if (isGiven & allFinite(newParameter)) { return true; }
  reportFault(settings.network, t, 1u + i + select(0u, settings.count, isGiven));
  return false;
}
