// A mixture of normals without correlation: p(x) = Σᵢ weightᵢ N(x; centerᵢ, deviationᵢ² I)

// include lib/distribution.wgsl

const DIMENSIONS = 2u;
const COMPONENTS = 8u;

// Two vec4s a component: (center.x, center.y, deviation, weight) and, for Walker's alias method, (share, other, 0, 0).
@group(0) @binding(6) var<storage, read> components: array<vec4f>;

// [random.count]
@group(0) @binding(7) var<storage, read_write> labels: array<u32>;

fn componentOf(words: vec4u) -> u32 {
  // Alias method (Walker, 1977): every column is as likely; its own component has a share of it, one other the rest.
  let column = choose(words.z, COMPONENTS);
  let alternative = components[2u * column.index + 1u];
  return select(u32(alternative.y), column.index, column.fraction < alternative.x);
}

fn drawPoint(words: vec4u) -> vec2f {
  let component = components[2u * componentOf(words)];
  return component.xy + component.z * normalPair(words.xy);
}

// The components that `drawBatch` draws from.
@compute @workgroup_size(WORKGROUP_SIZE)
fn drawLabels(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = linearIndex(id, groups, WORKGROUP_SIZE);
  if (row < random.count) { labels[row] = componentOf(randomWords(row, 0u)); }
}

fn densityAt(point: vec2f) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < COMPONENTS; i++) {
    let component = components[2u * i];
    let z = (point - component.xy) / component.z;
    let peak = 0.3989422804 / component.z;
    sum += component.w * select(peak, peak * peak, DIMENSIONS == 2u) * exp(-0.5 * dot(z, z));
  }
  return sum;
}
