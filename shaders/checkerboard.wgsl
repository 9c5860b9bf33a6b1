// Uniform on every other square of a board with SQUARES × SQUARES squares and sides from −HALF to HALF.

// include lib/distribution.wgsl

const DIMENSIONS = 2u;
const SQUARES = 4u;
const HALF = 2.0;

const SIDE = 2.0 * HALF / f32(SQUARES);

fn drawPoint(words: vec4u) -> vec2f {
  let filled = choose(words.z, SQUARES * SQUARES / 2u).index;
  let row = filled / (SQUARES / 2u);
  let column = 2u * (filled % (SQUARES / 2u)) + row % 2u;
  return SIDE * (vec2f(f32(column), f32(row)) + vec2f(openUnitFloat(words.x), openUnitFloat(words.y))) - HALF;
}

fn densityAt(point: vec2f) -> f32 {
  let place = floor((point + HALF) / SIDE);
  let inside = all(place >= vec2f(0.0)) && all(place < vec2f(f32(SQUARES)));
  // Only where it is inside may a float become an unsigned number.
  let square = vec2u(clamp(place, vec2f(0.0), vec2f(f32(SQUARES - 1u))));
  return select(0.0, 2.0 / (4.0 * HALF * HALF), inside && (square.x + square.y) % 2u == 0u);
}
