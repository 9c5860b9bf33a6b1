// Whether a number is one.

/// False for NaN and the infinities. By its bits: compilers take `x == x` for granted.
fn isFinite(x: f32) -> bool {
  return (bitcast<u32>(x) & 0x7f800000u) != 0x7f800000u;
}
