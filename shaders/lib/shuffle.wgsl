// Shuffling without a table. Position p of an endless sequence is place p mod n of epoch p div n, and a bijection of
// 0 … n − 1, another one in each epoch, says which sample stands there. So each epoch has every sample once, and any
// position can be had without those before it. src/math/shuffle.ts is its twin, bit for bit.
//
// The bijection is a Feistel network (Luby and Rackoff, 1988) on the fewest bits that hold n − 1; where it leads to n or
// above it is applied again until it does not ("cycle walking", Black and Rogaway, 2002), less than once on average.

// include lib/random.wgsl

const SHUFFLE_ROUNDS = 8u;
// What else draws from the same stream has lane 0.
const SHUFFLE_LANE = 1u;

/// A 64-bit number (low, high).
struct Quotient { whole: vec2u, remainder: u32 }

/// Long division of (low, high) by a divisor up to 2³¹.
fn divideWide(number: vec2u, divisor: u32) -> Quotient {
  var remainder = number.y % divisor;
  var low = 0u;
  for (var bit = 32u; bit > 0u; bit--) {
    remainder = (remainder << 1u) | ((number.x >> (bit - 1u)) & 1u);
    low = low << 1u;
    if (remainder >= divisor) {
      remainder -= divisor;
      low |= 1u;
    }
  }
  return Quotient(vec2u(low, number.y / divisor), remainder);
}

/// The position draw · batch + row, (low, high).
fn positionOf(draw: u32, batch: u32, row: u32) -> vec2u {
  let start = multiplyWide(draw, batch);
  let low = start.x + row;
  return vec2u(low, start.y + select(0u, 1u, low < row));
}

/// Mixes the bits of a word: Wellons' "lowbias32" (2018), where each bit of the result hangs on every bit of the word.
fn mixBits(word: u32) -> u32 {
  var x = (word ^ (word >> 16u)) * 0x7feb352du;
  x = (x ^ (x >> 15u)) * 0x846ca68bu;
  return x ^ (x >> 16u);
}

/// Which of `count` samples, 1 … 2³¹, stands at a position.
fn shuffledIndex(position: vec2u, count: u32, stream: u32, seed: vec2u) -> u32 {
  let place = divideWide(position, count);
  let epoch = place.whole;
  let firstKeys = philox(vec4u(epoch, stream, SHUFFLE_LANE), seed);
  let otherKeys = philox(vec4u(epoch, stream, SHUFFLE_LANE + 1u), seed);
  let bits = max(2u, 32u - countLeadingZeros(count - 1u));
  let lowBits = bits / 2u;
  var index = place.remainder;
  loop {
    // (high, low) → (low, high + f(low)): the halves and their widths change places, an even number of times.
    var widths = vec2u(bits - lowBits, lowBits);
    var halves = vec2u(index >> lowBits, index & ((1u << lowBits) - 1u));
    for (var round = 0u; round < SHUFFLE_ROUNDS; round++) {
      let key = select(firstKeys[round & 3u], otherKeys[round & 3u], round >= 4u);
      // The upper bits of the mixed word, which are the best mixed.
      let moved = (halves.x + (mixBits(halves.y + key) >> 8u)) & ((1u << widths.x) - 1u);
      halves = vec2u(halves.y, moved);
      widths = widths.yx;
    }
    index = (halves.x << lowBits) | halves.y;
    if (index < count) { break; }
  }
  return index;
}
