// The first number that is not finite, by network: which update made it, and where. The file that includes this binds
// `fault: array<atomic<u32>>`, four words: (update, place) of the discriminator, then of the generator. Update 0 is
// none; of several places in one update the least stays, so the report does not depend on the order of invocations.

fn isFinite(x: f32) -> bool {
  // By the exponent's bits: compilers fold x != x, and max and clamp swallow NaN.
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}

fn allFinite(x: vec4f) -> bool {
  return all((bitcast<vec4u>(x) & vec4u(0x7f800000u)) != vec4u(0x7f800000u));
}

fn reportFault(network: u32, update: u32, place: u32) {
  let known = atomicLoad(&fault[2u * network]);
  if (known != 0u && known != update) { return; }
  atomicStore(&fault[2u * network], update);
  atomicMin(&fault[2u * network + 1u], place);
}

// True where an earlier update, or the other network, has failed: weights then stay as they are.
fn mustHold(network: u32, update: u32) -> bool {
  let own = atomicLoad(&fault[2u * network]);
  return (own != 0u && own != update) || atomicLoad(&fault[2u * (1u - network)]) != 0u;
}
