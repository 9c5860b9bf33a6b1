// mixed = ε · real + (1 − ε) · generated, one ε in [0, 1) a sample: points between the two (Gulrajani et al. 2017).

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct MixShape {
  batch: u32,
  size: u32, // of a sample
}

@group(0) @binding(0) var<storage, read> real: array<f32>;              // [batch, size]
@group(0) @binding(1) var<storage, read> generated: array<f32>;         // [batch, size]
@group(0) @binding(2) var<storage, read> epsilon: array<f32>;           // [batch]
@group(0) @binding(3) var<storage, read_write> mixed: array<f32>;       // [batch, size]
@group(0) @binding(4) var<uniform> shape: MixShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn mixSamples(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.batch * shape.size) { return; }
  let share = epsilon[i / shape.size];
  mixed[i] = share * real[i] + (1.0 - share) * generated[i];
}
