// Numbers evenly spread over (0, 1).

// include lib/noise.wgsl

fn noiseFour(index: u32) -> vec4f {
  let words = randomWords(index, 0u);
  return vec4f(openUnitFloat(words.x), openUnitFloat(words.y), openUnitFloat(words.z), openUnitFloat(words.w));
}
