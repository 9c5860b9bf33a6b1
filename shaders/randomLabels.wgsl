// Classes of generated samples: each of CLASSES equally likely, one invocation a sample.

// include lib/linear.wgsl
// include lib/stream.wgsl

const WORKGROUP_SIZE = 64u;
const CLASSES = 10u;

@group(0) @binding(2) var<storage, read_write> labels: array<u32>;  // [random.count]

@compute @workgroup_size(WORKGROUP_SIZE)
fn drawLabels(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < random.count) { labels[i] = choose(randomWords(i, 0u).x, CLASSES).index; }
}
