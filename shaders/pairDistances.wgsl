// Distances between neighbours of a batch, the last one's neighbour being the first: how far samples are apart.
//
//   distances[row · batch + i] = ‖x_i − x_(i + 1) mod batch‖₂

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;

struct PairShape {
  batch: u32,
  size: u32, // numbers of a sample
}

@group(0) @binding(0) var<storage, read> samples: array<f32>;            // [batch, size]
@group(0) @binding(1) var<storage, read> row: array<u32>;                // [1]: which batch it is
@group(0) @binding(2) var<storage, read_write> distances: array<f32>;    // [batches, batch]
@group(0) @binding(3) var<uniform> shape: PairShape;

@compute @workgroup_size(WORKGROUP_SIZE)
fn findDistances(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.batch) { return; }
  let a = i * shape.size;
  let b = ((i + 1u) % shape.batch) * shape.size;
  var sum = 0.0;
  for (var k = 0u; k < shape.size; k++) {
    let difference = samples[a + k] - samples[b + k];
    sum += difference * difference;
  }
  distances[row[0] * shape.batch + i] = sqrt(sum);
}
