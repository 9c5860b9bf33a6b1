// Adaptive augmentation (Karras et al. 2020): D overfits where it takes real samples for real too surely. With r the mean sign of
// their logits, p goes up by a step where r is above the target and down where it is below, held between 0 and the limit.

// include lib/fault.wgsl

const DISCRIMINATOR = 0u;

struct AdaptShape {
  batch: u32,
  outputs: u32, // numbers that D gives a sample, the logit first
  goal: f32,
  step: f32,
  limit: f32,
}

@group(0) @binding(0) var<storage, read> logits: array<f32>;            // [batch, outputs] of real samples, maybe more behind
@group(0) @binding(1) var<storage, read_write> state: array<f32>;       // [1]: p
@group(0) @binding(2) var<storage, read> clock: array<u32>;             // updates of D before this one
@group(0) @binding(3) var<storage, read_write> fault: array<atomic<u32>>;
@group(0) @binding(4) var<uniform> shape: AdaptShape;

@compute @workgroup_size(1)
fn adaptAugmentation() {
  if (mustHold(DISCRIMINATOR, clock[0] + 1u)) { return; }
  var sum = 0.0;
  for (var i = 0u; i < shape.batch; i++) { sum += sign(logits[i * shape.outputs]); }
  let r = sum / f32(shape.batch);
  state[0] = clamp(state[0] + shape.step * sign(r - shape.goal), 0.0, shape.limit);
}
