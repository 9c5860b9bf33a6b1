// The words of one draw from one stream: counter = (index, draw, stream, lane), where the draw follows from the clock,
// so that a recorded list of dispatches draws anew in every iteration.

// include lib/random.wgsl

struct RandomStream {
  seed: vec2u,
  stream: u32,
  // draw = iteration · stride + offset: k discriminator batches an iteration have stride k and offsets 0 … k − 1.
  stride: u32,
  offset: u32,
  // Numbers or samples to draw.
  count: u32,
}

// The iteration, in its first word.
@group(0) @binding(0) var<storage, read> clock: array<u32>;
@group(0) @binding(1) var<uniform> random: RandomStream;

/// Four random words; where four are not enough, each lane has four more.
fn randomWords(index: u32, lane: u32) -> vec4u {
  return philox(vec4u(index, clock[0] * random.stride + random.offset, random.stream, lane), random.seed);
}
