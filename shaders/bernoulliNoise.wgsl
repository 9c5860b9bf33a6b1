// z = ±1, each with probability ½

// include lib/noise.wgsl

fn noiseFour(index: u32) -> vec4f {
  return select(vec4f(-1.0), vec4f(1.0), randomWords(index, 0u) >= vec4u(0x80000000u));
}
