// Random numbers on the CPU: the same Philox4x32-10 words as shaders/lib/random.wgsl, and floats made of them the same way.

/** A seed as Philox's key: its low and high 32 bits. */
export type Seed = readonly [low: number, high: number];

/** Four 32-bit words. */
export type Words = readonly [number, number, number, number];

/** Where in the sequence of all random numbers: whose (`stream`, see streams.ts) and how many-th draw. */
export interface DrawAddress {
  readonly seed: Seed;
  readonly stream: number;
  readonly draw: number;
}

/** A whole number from 0 to 2⁵³ − 1 as a key. */
export function seedWords(seed: number): Seed {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`a seed is a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, not ${seed}`);
  }
  return [seed >>> 0, Math.floor(seed / 2 ** 32)];
}

/** The high 32 bits of the product of two words. */
function multiplyHigh(a: number, b: number): number {
  const lowLow = (a & 0xffff) * (b & 0xffff);
  const highLow = (a >>> 16) * (b & 0xffff) + (lowLow >>> 16);
  const lowHigh = (a & 0xffff) * (b >>> 16) + (highLow & 0xffff);
  return (a >>> 16) * (b >>> 16) + (highLow >>> 16) + (lowHigh >>> 16);
}

/**
 * Philox4x32-10 (Salmon, Moraes, Dror and Shaw, SC 2011).
 * @param counter (index, draw, stream, lane) by this project's convention
 */
export function philox(counter: Words, seed: Seed): Words {
  let [a, b, c, d] = counter;
  let [k, l] = seed;
  for (let round = 0; round < 10; round++) {
    const firstHigh = multiplyHigh(0xd2511f53, a);
    const firstLow = Math.imul(0xd2511f53, a);
    const secondHigh = multiplyHigh(0xcd9e8d57, c);
    const secondLow = Math.imul(0xcd9e8d57, c);
    a = (secondHigh ^ b ^ k) >>> 0;
    b = secondLow >>> 0;
    c = (firstHigh ^ d ^ l) >>> 0;
    d = firstLow >>> 0;
    k = (k + 0x9e3779b9) >>> 0;
    l = (l + 0xbb67ae85) >>> 0;
  }
  return [a, b, c, d];
}

/** A word as a number in [0, 1), a multiple of 2⁻²⁴: exact in float32. */
export const unitFloat = (word: number): number => (word >>> 8) * 2 ** -24;

/** A word as a number in (0, 1), symmetric about ½: exact in float32. */
export const openUnitFloat = (word: number): number => ((word >>> 9) + 0.5) * 2 ** -23;

/** A word as one of 0 … count − 1, and what is left of it as a fraction in [0, 1). */
export function choose(word: number, count: number): { index: number; fraction: number } {
  return { index: multiplyHigh(word, count), fraction: unitFloat(Math.imul(word, count)) };
}

const LOG_OFFSET = 0x3f3504f3; // the bits of √½
const float = new Float32Array(1);
const bitsOf = new Int32Array(float.buffer);

// Polynomials as on the GPU rather than Math.log and Math.cos: only + − × ÷ √ give the same bits in every engine.
function naturalLog(x: number): number {
  float[0] = x;
  const bits = (bitsOf[0]! - LOG_OFFSET) | 0;
  const exponent = bits >> 23;
  bitsOf[0] = (bits & 0x007fffff) + LOG_OFFSET;
  const mantissa = float[0]!;
  const s = (mantissa - 1) / (mantissa + 1);
  const z = s * s;
  const series = 1 + z * (1 / 3 + z * (1 / 5 + z * (1 / 7 + z * (1 / 9))));
  return exponent * Math.LN2 + 2 * s * series;
}

function unitCircle(word: number): [cosine: number, sine: number] {
  const angle = ((word & 0x3fffffff) * 2 ** -30 - 0.5) * (Math.PI / 2);
  const z = angle * angle;
  const c = 1 - z * (1 / 2 - z * (1 / 24 - z * (1 / 720 - z * (1 / 40320 - z / 3628800))));
  const s = angle * (1 - z * (1 / 6 - z * (1 / 120 - z * (1 / 5040 - z / 362880))));
  const quarter = word >>> 30;
  const [x, y] = (quarter & 1) === 1 ? [-s, c] : [c, s];
  return quarter >= 2 ? [-x, -y] : [x, y];
}

/** Two independent standard normals of two words (Box and Muller, 1958). */
export function normalPair(first: number, second: number): [number, number] {
  const u = Math.fround(Math.fround(first) + 0.5) * 2 ** -32;
  const radius = Math.sqrt(-2 * naturalLog(u));
  const [cosine, sine] = unitCircle(second);
  return [radius * cosine, radius * sine];
}

/** `count` numbers in [0, 1); number i is a function of the address and i alone. */
export function uniforms(count: number, address: DrawAddress): Float32Array<ArrayBuffer> {
  return fill(count, address, (words) => words.map(unitFloat));
}

/** `count` standard normals; number i is a function of the address and i alone. */
export function normals(count: number, address: DrawAddress): Float32Array<ArrayBuffer> {
  return fill(count, address, ([a, b, c, d]) => [...normalPair(a, b), ...normalPair(c, d)]);
}

function fill(
  count: number,
  address: DrawAddress,
  numbers: (words: Words) => number[],
): Float32Array<ArrayBuffer> {
  const { seed, stream, draw } = address;
  const output = new Float32Array(count);
  for (let index = 0; 4 * index < count; index++) {
    const four = numbers(philox([index, draw, stream, 0], seed));
    output.set(four.slice(0, count - 4 * index), 4 * index);
  }
  return output;
}
