// destination[destinationStart + i] = source[sourceStart + i] for i < count: joins batches, rows behind rows, and takes them apart.
// Numbers are copied as words: labels are whole ones, which no f32 may be taken for.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct CopyShape {
  count: u32,
  sourceStart: u32,
  destinationStart: u32,
}

@group(0) @binding(0) var<storage, read> source: array<u32>;
@group(0) @binding(1) var<storage, read_write> destination: array<u32>;
@group(0) @binding(2) var<uniform> shape: CopyShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn copyRows(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < shape.count) { destination[shape.destinationStart + i] = source[shape.sourceStart + i]; }
}
