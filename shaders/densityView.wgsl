// Samples on a line → their density over equal cells, and the best discriminator there would be.
//   density = count / (samples · cell),   D* = p_data / (p_data + p_G), with p_G smoothed over neighbouring cells
// Counting is in integers, so that its order does not matter.

const WORKGROUP_SIZE = 64;

struct DensityView {
  low: f32,
  high: f32,
  cells: u32,
  samples: u32,
}

@group(0) @binding(0) var<uniform> view: DensityView;
@group(0) @binding(1) var<storage, read> points: array<f32>; // [samples]
@group(0) @binding(2) var<storage, read_write> counts: array<atomic<u32>>; // [cells], 0 before
@group(0) @binding(3) var<storage, read_write> density: array<f32>; // [cells]
@group(0) @binding(4) var<storage, read> dataDensity: array<f32>; // [cells], p_data at the cells' centres
@group(0) @binding(5) var<storage, read_write> optimum: array<f32>; // [cells], D*, −1 where neither has any mass

// One invocation a sample.
@compute @workgroup_size(WORKGROUP_SIZE)
fn countSamples(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= view.samples) { return; }
  let cell = floor((points[id.x] - view.low) / (view.high - view.low) * f32(view.cells));
  if (cell >= 0.0 && cell < f32(view.cells)) { atomicAdd(&counts[u32(cell)], 1u); }
}

// One invocation a cell.
@compute @workgroup_size(WORKGROUP_SIZE)
fn toDensity(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= view.cells) { return; }
  let cell = (view.high - view.low) / f32(view.cells);
  density[id.x] = f32(atomicLoad(&counts[id.x])) / (f32(view.samples) * cell);
}

fn generatedAt(cell: i32) -> f32 {
  return density[clamp(cell, 0, i32(view.cells) - 1)];
}

// One invocation a cell. The weights 1 4 6 4 1 smooth what a finite sample makes rough.
@compute @workgroup_size(WORKGROUP_SIZE)
fn toOptimum(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= view.cells) { return; }
  let cell = i32(id.x);
  let near = 4.0 * (generatedAt(cell - 1) + generatedAt(cell + 1));
  let far = generatedAt(cell - 2) + generatedAt(cell + 2);
  let generated = (6.0 * generatedAt(cell) + near + far) / 16.0;
  let real = dataDensity[id.x];
  optimum[id.x] = select(-1.0, real / (real + generated), real + generated > 1e-3);
}
