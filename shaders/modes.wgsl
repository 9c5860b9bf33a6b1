// Counts, for each mode of a mixture, the points within REACH standard deviations of it; a point belongs to the mode
// that it is nearest to, in that mode's standard deviations. One invocation a point.

// include lib/linear.wgsl
// include lib/finite.wgsl

const WORKGROUP_SIZE = 64u;
const DIMENSIONS = 2u;
const MODES = 8u;
const REACH = 3.0;

struct ModeCount {
  // Points to look at.
  count: u32,
  // Where the modes' counters begin.
  first: u32,
}

// [modeCount.count, DIMENSIONS]
@group(0) @binding(0) var<storage, read> points: array<f32>;
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> modeCount: ModeCount;
// (center.x, center.y, standard deviation, 0); y is 0 in one dimension
@group(0) @binding(3) var<storage, read> modes: array<vec4f>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn countModes(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= modeCount.count) { return; }
  var point = vec2f(points[i * DIMENSIONS], 0.0);
  if (DIMENSIONS == 2u) { point.y = points[i * DIMENSIONS + 1u]; }
  if (!isFinite(point.x) || !isFinite(point.y)) { return; }
  var nearest = 0u;
  var least = 0x1p+127;
  for (var mode = 0u; mode < MODES; mode++) {
    let z = (point - modes[mode].xy) / modes[mode].z;
    let distance = dot(z, z);
    if (distance < least) {
      least = distance;
      nearest = mode;
    }
  }
  if (least <= REACH * REACH) { atomicAdd(&counts[modeCount.first + nearest], 1u); }
}
