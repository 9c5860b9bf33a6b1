// Means over the batch of what a loss left in `terms`, written to the history's row of the current iteration. This is
// also where an update is counted: `clock[0]` of a network is its number of updates, so what draws numbers before it
// sees how many there were, and the optimizer after it sees which one this is (1, 2, …).
//
// One workgroup: every lane sums every LANES-th term, then halves are added until one sum is left. The order of
// additions is fixed, so the same numbers give the same bits.

// include lib/fault.wgsl

const LANES = 64u;
const HISTORY_ROWS = 4096u;
// Words of a history row: discriminatorLoss, generatorLoss, value, realScore, fakeScore (float bits), then the updates
// of D and of G so far, and realSign (float bits).
const ROW_WORDS = 8u;
const DISCRIMINATOR = 0u;
const GENERATOR = 1u;

struct MetricsShape {
  batch: u32,
}

@group(0) @binding(0) var<storage, read> terms: array<vec4f>;                      // [batch]
@group(0) @binding(1) var<storage, read_write> discriminatorClock: array<u32>;
@group(0) @binding(2) var<storage, read_write> generatorClock: array<u32>;
@group(0) @binding(3) var<storage, read_write> history: array<u32>;                // [HISTORY_ROWS, ROW_WORDS]
@group(0) @binding(4) var<storage, read_write> fault: array<atomic<u32>>;
@group(0) @binding(5) var<uniform> shape: MetricsShape;

var<workgroup> partial: array<vec4f, LANES>;
var<workgroup> partialSigns: array<f32, LANES>;

@compute @workgroup_size(LANES)
fn recordDiscriminator(@builtin(local_invocation_id) id: vec3u) {
  let lane = id.x;
  var sum = vec4f(0.0);
  // sign(r) of a real sample's logit r, by D(x) = σ(r)
  var signs = 0.0;
  for (var i = lane; i < shape.batch; i += LANES) {
    sum += terms[i];
    signs += sign(terms[i].z - 0.5);
  }
  partial[lane] = sum;
  partialSigns[lane] = signs;
  for (var half = LANES / 2u; half > 0u; half = half / 2u) {
    workgroupBarrier();
    if (lane < half) {
      partial[lane] = partial[lane] + partial[lane + half];
      partialSigns[lane] = partialSigns[lane] + partialSigns[lane + half];
    }
  }
  if (lane == 0u) {
    let mean = partial[0] / f32(shape.batch);
    let row = (generatorClock[0] % HISTORY_ROWS) * ROW_WORDS;
    let update = discriminatorClock[0] + 1u;
    discriminatorClock[0] = update;
    history[row] = bitcast<u32>(mean.x);
    history[row + 2u] = bitcast<u32>(mean.y);
    history[row + 3u] = bitcast<u32>(mean.z);
    history[row + 4u] = bitcast<u32>(mean.w);
    history[row + 5u] = update;
    history[row + 6u] = generatorClock[0];
    history[row + 7u] = bitcast<u32>(partialSigns[0] / f32(shape.batch));
    if (!allFinite(mean)) { reportFault(DISCRIMINATOR, update, 0u); }
  }
}

@compute @workgroup_size(LANES)
fn recordGenerator(@builtin(local_invocation_id) id: vec3u) {
  let lane = id.x;
  var sum = vec4f(0.0);
  for (var i = lane; i < shape.batch; i += LANES) { sum += terms[i]; }
  partial[lane] = sum;
  for (var half = LANES / 2u; half > 0u; half = half / 2u) {
    workgroupBarrier();
    if (lane < half) { partial[lane] = partial[lane] + partial[lane + half]; }
  }
  if (lane == 0u) {
    let mean = partial[0] / f32(shape.batch);
    let row = (generatorClock[0] % HISTORY_ROWS) * ROW_WORDS;
    let update = generatorClock[0] + 1u;
    generatorClock[0] = update;
    history[row + 1u] = bitcast<u32>(mean.x);
    history[row + 5u] = discriminatorClock[0];
    history[row + 6u] = update;
    if (!isFinite(mean.x)) { reportFault(GENERATOR, update, 0u); }
  }
}
