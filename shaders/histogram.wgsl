// Counts points by cell, one invocation a point. Integer atomics: the counts do not depend on the order of arrival.

// include lib/linear.wgsl
// include lib/finite.wgsl

const WORKGROUP_SIZE = 64u;
const DIMENSIONS = 2u;

struct Cells {
  // Points to count.
  count: u32,
  // How many cells along each axis; 1 along a missing second one.
  columns: u32,
  rows: u32,
  // Counts in all, for the clearing.
  counters: u32,
  low: vec2f,
  // Cells per unit of length.
  scale: vec2f,
}

// [cells.count, DIMENSIONS]
@group(0) @binding(0) var<storage, read> points: array<f32>;
// Row by row; then one counter for every point outside the cells, also of those that are not finite.
@group(0) @binding(1) var<storage, read_write> counts: array<atomic<u32>>;
@group(0) @binding(2) var<uniform> cells: Cells;

@compute @workgroup_size(WORKGROUP_SIZE)
fn clearCounts(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < cells.counters) { atomicStore(&counts[i], 0u); }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn countCells(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= cells.count) { return; }
  var point = vec2f(points[i * DIMENSIONS], cells.low.y);
  if (DIMENSIONS == 2u) { point.y = points[i * DIMENSIONS + 1u]; }
  let place = floor((point - cells.low) * cells.scale);
  let size = vec2f(f32(cells.columns), f32(cells.rows));
  let inside = isFinite(point.x) && isFinite(point.y) && all(place >= vec2f(0.0)) && all(place < size);
  let cell = vec2u(clamp(place, vec2f(0.0), size - 1.0));
  atomicAdd(&counts[select(cells.columns * cells.rows, cell.y * cells.columns + cell.x, inside)], 1u);
}
