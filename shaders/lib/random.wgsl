// Random numbers that are a function of where they stand: Philox4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel
// random numbers: as easy as 1, 2, 3", SC 2011). counter = (index, draw, stream, lane), key = seed. Any number can be
// had again without those before it, and integers are the same on every adapter. src/math/philox.ts is its twin.

/// The 64-bit product of two words: (low, high).
fn multiplyWide(a: u32, b: u32) -> vec2u {
  let lowLow = (a & 0xffffu) * (b & 0xffffu);
  let highLow = (a >> 16u) * (b & 0xffffu) + (lowLow >> 16u);
  let lowHigh = (a & 0xffffu) * (b >> 16u) + (highLow & 0xffffu);
  return vec2u(a * b, (a >> 16u) * (b >> 16u) + (highLow >> 16u) + (lowHigh >> 16u));
}

/// Four random words.
fn philox(counter: vec4u, seed: vec2u) -> vec4u {
  var words = counter;
  var key = seed;
  for (var round = 0u; round < 10u; round++) {
    let first = multiplyWide(0xD2511F53u, words.x);
    let second = multiplyWide(0xCD9E8D57u, words.z);
    words = vec4u(second.y ^ words.y ^ key.x, second.x, first.y ^ words.w ^ key.y, first.x);
    key += vec2u(0x9E3779B9u, 0xBB67AE85u);
  }
  return words;
}

/// A word as a number in [0, 1), a multiple of 2⁻²⁴.
fn unitFloat(word: u32) -> f32 {
  return f32(word >> 8u) * 0x1p-24;
}

/// A word as a number in (0, 1), symmetric about ½.
fn openUnitFloat(word: u32) -> f32 {
  return (f32(word >> 9u) + 0.5) * 0x1p-23;
}

/// A word as one of 0 … count − 1, and what is left of it as a fraction in [0, 1).
struct Choice { index: u32, fraction: f32 }
fn choose(word: u32, count: u32) -> Choice {
  let product = multiplyWide(word, count);
  return Choice(product.y, unitFloat(product.x));
}

/// ln x of a normal positive x, relative error below 3e-7. The built-in one may be off by 2⁻²¹ near 1.
fn naturalLog(x: f32) -> f32 {
  // x = mantissa · 2^exponent with mantissa in [√½, √2); ln m = 2 artanh s, s = (m − 1)/(m + 1), |s| < 0.172.
  let bits = bitcast<u32>(x) - 0x3f3504f3u;
  let exponent = bitcast<i32>(bits) >> 23u;
  let mantissa = bitcast<f32>((bits & 0x007fffffu) + 0x3f3504f3u);
  let s = (mantissa - 1.0) / (mantissa + 1.0);
  let z = s * s;
  let series = 1.0 + z * (1.0 / 3.0 + z * (1.0 / 5.0 + z * (1.0 / 7.0 + z * (1.0 / 9.0))));
  return f32(exponent) * 0.69314718 + 2.0 * s * series;
}

/// (cos, sin) of an angle that is uniform on the circle: two bits choose the quarter, thirty the angle within ±π/4,
/// where Taylor's polynomials are good to 3e-9. Built-in sin and cos are off by up to 2.3e-4 on SwiftShader.
fn unitCircle(word: u32) -> vec2f {
  let angle = (f32(word & 0x3fffffffu) * 0x1p-30 - 0.5) * 1.5707963;
  let z = angle * angle;
  let c = 1.0 - z * (1.0 / 2.0 - z * (1.0 / 24.0 - z * (1.0 / 720.0 - z * (1.0 / 40320.0 - z * (1.0 / 3628800.0)))));
  let s = angle * (1.0 - z * (1.0 / 6.0 - z * (1.0 / 120.0 - z * (1.0 / 5040.0 - z * (1.0 / 362880.0)))));
  let quarter = word >> 30u;
  let turned = select(vec2f(c, s), vec2f(-s, c), (quarter & 1u) == 1u);
  return select(turned, -turned, quarter >= 2u);
}

/// Two independent standard normals (Box and Muller, 1958). The first word keeps all its 32 bits, so that they reach 6.7.
fn normalPair(words: vec2u) -> vec2f {
  // In two parts, each exact in float32: adapters round a whole word either way, and near u = 1 that shows.
  let word = f32(words.x >> 8u) * 256.0 + f32(words.x & 0xffu);
  let u = (word + 0.5) * 0x1p-32;
  return sqrt(-2.0 * naturalLog(u)) * unitCircle(words.y);
}

/// Four independent standard normals.
fn normalFour(words: vec4u) -> vec4f {
  return vec4f(normalPair(words.xy), normalPair(words.zw));
}
