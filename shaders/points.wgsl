// Points of a list, drawn with replacement, each moved by a normal without correlation.

// include lib/sampler.wgsl

const DIMENSIONS = 2u;
const COUNT = 1u;
const JITTER = 0.0;

// [COUNT, DIMENSIONS]
@group(0) @binding(6) var<storage, read> list: array<f32>;

fn drawPoint(words: vec4u) -> vec2f {
  let first = choose(words.z, COUNT).index * DIMENSIONS;
  var point = vec2f(list[first], 0.0);
  if (DIMENSIONS == 2u) { point.y = list[first + 1u]; }
  return point + JITTER * normalPair(words.xy);
}
