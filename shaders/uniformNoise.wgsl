// z ~ U(−1, 1)

// include lib/noise.wgsl

fn noiseFour(index: u32) -> vec4f {
  let words = randomWords(index, 0u);
  let unit = vec4f(openUnitFloat(words.x), openUnitFloat(words.y), openUnitFloat(words.z), openUnitFloat(words.w));
  return 2.0 * unit - 1.0;
}
