// The global norm of a network's gradients, ‖g‖ = √Σ g² over all tensors, and clipping by it (Pascanu et al. 2013) as PyTorch does it:
//
//   g ← g · min(1, limit / (‖g‖ + 1e-6))
//
// Of whole arenas: between their tensors are zeros. Parts add up every parts-th vec4, and what reads them adds the parts, always in
// the same order.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;
const PARTS = 64u;

struct NormShape {
  count: u32, // vec4s
  limit: f32,
}

@group(0) @binding(0) var<storage, read> gradient: array<vec4f>;
@group(0) @binding(1) var<storage, read_write> squares: array<f32>;     // [PARTS]
@group(0) @binding(2) var<storage, read> squareSums: array<f32>;        // the same, of the dispatch before
@group(0) @binding(3) var<storage, read_write> norm: array<f32>;        // [1]
@group(0) @binding(4) var<storage, read_write> clipped: array<vec4f>;   // the gradients again
@group(0) @binding(5) var<uniform> shape: NormShape;

@compute @workgroup_size(PARTS)
fn sumGradientSquares(@builtin(global_invocation_id) id: vec3u) {
  var sum = vec4f(0.0);
  for (var i = id.x; i < shape.count; i += PARTS) { sum += gradient[i] * gradient[i]; }
  squares[id.x] = (sum.x + sum.y) + (sum.z + sum.w);
}

@compute @workgroup_size(1)
fn findNorm() {
  var sum = 0.0;
  for (var part = 0u; part < PARTS; part++) { sum += squareSums[part]; }
  norm[0] = sqrt(sum);
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn clipGradients(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < shape.count) { clipped[i] = clipped[i] * min(1.0, shape.limit / (norm[0] + 1e-6)); }
}
