// sum[i] = Σ_part partialSums[part, i], in the order of the parts: what is left to do where the parts of a weight's gradient
// (lib/weightGrad.wgsl) were made at the same time.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct Parts {
  parts: u32,
  count: u32,
}

@group(0) @binding(0) var<storage, read> partialSums: array<f32>;   // [parts, count]
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;     // [count]
@group(0) @binding(2) var<uniform> sizes: Parts;

@compute @workgroup_size(WORKGROUP_SIZE)
fn sumPartials(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  // Neighbours at neighbouring places, and several places each: an invocation costs more than its sum where they are made in software.
  let apart = groups.x * groups.y * WORKGROUP_SIZE;
  for (var i = linearIndex(id, groups, WORKGROUP_SIZE); i < sizes.count; i += apart) {
    var total = partialSums[i];
    for (var part = 1u; part < sizes.parts; part++) { total += partialSums[part * sizes.count + i]; }
    sum[i] = total;
  }
}
