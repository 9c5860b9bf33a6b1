// Points along a curve, moved off it by a normal without correlation. The curve is a row of straight segments, each as
// likely as the others and evenly filled, which is what makes the density a closed form: for a segment from a with unit
// direction d and length L, s = (x − a)·d along it and t across it,
//
//   p(x) = N(t; 0, σ²) · (Φ(s/σ) − Φ((s − L)/σ)) / L

// include lib/distribution.wgsl

const DIMENSIONS = 2u;
const SEGMENTS = 256u;
const STANDARD_DEVIATION = 0.05;

// (from.x, from.y, to.x, to.y)
@group(0) @binding(6) var<storage, read> segments: array<vec4f>;

fn drawPoint(words: vec4u) -> vec2f {
  let place = choose(words.z, SEGMENTS);
  let segment = segments[place.index];
  return mix(segment.xy, segment.zw, place.fraction) + STANDARD_DEVIATION * normalPair(words.xy);
}

fn densityAt(point: vec2f) -> f32 {
  var sum = 0.0;
  for (var i = 0u; i < SEGMENTS; i++) {
    let segment = segments[i];
    let whole = segment.zw - segment.xy;
    let length = sqrt(dot(whole, whole));
    let direction = whole / length;
    let offset = (point - segment.xy) / STANDARD_DEVIATION;
    let along = dot(offset, direction);
    let across = offset.x * direction.y - offset.y * direction.x;
    let inside = normalCdf(along) - normalCdf(along - length / STANDARD_DEVIATION);
    sum += exp(-0.5 * across * across) * inside / length;
  }
  return sum * 0.3989422804 / (STANDARD_DEVIATION * f32(SEGMENTS));
}

/// Φ(x) to 1e-7 (Abramowitz and Stegun 7.1.26).
fn normalCdf(x: f32) -> f32 {
  let z = abs(x) * 0.70710678;
  let t = 1.0 / (1.0 + 0.3275911 * z);
  let series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  let tail = 0.5 * series * exp(-z * z);
  return select(tail, 1.0 - tail, x > 0.0);
}
