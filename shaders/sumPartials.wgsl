// weightGrad[i] = Σ_part partialSums[part, i], and biasGrad from the last row of each part: what a split depth leaves to do.
// In the order of the parts, so always the same bits.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct Parts {
  parts: u32,
  weights: u32, // numbers of weightGrad
  outputs: u32, // numbers of biasGrad
  biased: u32,  // 0 or 1; without a bias nothing is written to biasGrad
}

@group(0) @binding(0) var<storage, read> partialSums: array<f32>;        // [parts, weights + outputs]
@group(0) @binding(1) var<storage, read_write> weightGrad: array<f32>;   // [weights]
@group(0) @binding(2) var<storage, read_write> biasGrad: array<f32>;     // [outputs]
@group(0) @binding(3) var<uniform> sizes: Parts;

@compute @workgroup_size(WORKGROUP_SIZE)
fn sumPartials(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  let count = sizes.weights + sizes.outputs;
  if (i >= count) { return; }
  var sum = 0.0;
  for (var part = 0u; part < sizes.parts; part++) { sum += partialSums[part * count + i]; }
  if (i < sizes.weights) {
    weightGrad[i] = sum;
  } else if (sizes.biased == 1u) {
    biasGrad[i - sizes.weights] = sum;
  }
}
