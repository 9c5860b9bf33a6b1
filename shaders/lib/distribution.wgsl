// A distribution that can be drawn from and whose density is known. The file that includes this defines, besides what
// lib/sampler.wgsl asks for,
//
//   fn densityAt(point: vec2f) -> f32         per unit of length or area; in one dimension point.y is 0

// include lib/sampler.wgsl

struct DensityQuery { count: u32 }

// [query.count, DIMENSIONS]
@group(0) @binding(3) var<storage, read> points: array<f32>;
// [query.count]
@group(0) @binding(4) var<storage, read_write> density: array<f32>;
@group(0) @binding(5) var<uniform> query: DensityQuery;

@compute @workgroup_size(WORKGROUP_SIZE)
fn evaluateDensity(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = linearIndex(id, groups, WORKGROUP_SIZE);
  if (row >= query.count) { return; }
  var point = vec2f(points[row * DIMENSIONS], 0.0);
  if (DIMENSIONS == 2u) { point.y = points[row * DIMENSIONS + 1u]; }
  density[row] = densityAt(point);
}
