// p(x) = 1 / (HIGH − LOW) for x in [LOW, HIGH)

// include lib/distribution.wgsl

const DIMENSIONS = 1u;
const LOW = -1.0;
const HIGH = 1.0;

fn drawPoint(words: vec4u) -> vec2f {
  return vec2f(LOW + (HIGH - LOW) * openUnitFloat(words.x), 0.0);
}

fn densityAt(point: vec2f) -> f32 {
  return select(0.0, 1.0 / (HIGH - LOW), point.x >= LOW && point.x < HIGH);
}
