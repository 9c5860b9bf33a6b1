// z ~ N(0, 1) given |z| ≤ BOUND: numbers outside are drawn again, each time from the next lane.

// include lib/noise.wgsl

const BOUND = 2.0;

// With BOUND 0.5, the smallest allowed, 100 draws all miss with probability 1e-21. No loop on a GPU may be endless.
const ATTEMPTS = 100u;

fn noiseFour(index: u32) -> vec4f {
  var result = normalFour(randomWords(index, 0u));
  for (var lane = 1u; lane < ATTEMPTS && any(abs(result) > vec4f(BOUND)); lane++) {
    result = select(result, normalFour(randomWords(index, lane)), abs(result) > vec4f(BOUND));
  }
  return clamp(result, vec4f(-BOUND), vec4f(BOUND));
}
