// A mixture of normals without correlation: p(x) = Σᵢ weightᵢ N(x; centerᵢ, deviationᵢ² I)

// include lib/distribution.wgsl

const DIMENSIONS = 2u;
const COMPONENTS = 8u;

// Two vec4s a component: (center.x, center.y, deviation, weight) and, for Walker's alias method, (share, other, 0, 0).
@group(0) @binding(6) var<storage, read> components: array<vec4f>;

fn drawPoint(words: vec4u) -> vec2f {
  // Alias method (Walker, 1977): every column is as likely; its own component has a share of it, one other the rest.
  let column = choose(words.z, COMPONENTS);
  let alternative = components[2u * column.index + 1u];
  let index = select(u32(alternative.y), column.index, column.fraction < alternative.x);
  let component = components[2u * index];
  return component.xy + component.z * normalPair(words.xy);
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
