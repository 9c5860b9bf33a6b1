// The adapter's multiply-add peak: chains of multiply-adds that never leave registers, and nothing else.
//
// Each invocation has CHAINS chains, enough of them to hide how long one multiply-add takes; it stores their sum once at the
// end, so that no compiler may leave them out.

const CHAINS = 12u;
// Links of each chain in one turn of the loop, so that counting turns costs nothing.
const LINKS = 4u;

struct Chain {
  turns: u32,
  factor: f32, // not a constant: SwiftShader would load that one anew for every multiply-add
}

@group(0) @binding(0) var<storage, read_write> sums: array<f32>;
@group(0) @binding(1) var<uniform> chains: Chain;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let factor = chains.factor;
  let more = f32(id.x) * 1e-5;
  var chain: array<f32, CHAINS>;
  // unroll
  for (var c = 0u; c < CHAINS; c++) { chain[c] = f32(id.x + c) * 1e-5; }
  for (var turn = 0u; turn < chains.turns; turn++) {
    // unroll
    for (var link = 0u; link < LINKS; link++) {
      // unroll
      for (var c = 0u; c < CHAINS; c++) { chain[c] = fma(chain[c], factor, more); }
    }
  }
  var sum = 0.0;
  // unroll
  for (var c = 0u; c < CHAINS; c++) { sum += chain[c]; }
  sums[id.x] = sum;
}
