// z ~ N(0, 1)

// include lib/noise.wgsl

fn noiseFour(index: u32) -> vec4f {
  return normalFour(randomWords(index, 0u));
}
