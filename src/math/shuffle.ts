// Shuffling without a table, on the CPU: the same bijections as shaders/lib/shuffle.wgsl, where they are explained.

import { philox, type Seed } from './philox';

const ROUNDS = 8;
const LANE = 1;

function mixBits(word: number): number {
  let x = Math.imul(word ^ (word >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return (x ^ (x >>> 16)) >>> 0;
}

/**
 * Which of `count` samples, 1 … 2³¹, stands at a position of an endless sequence: in each run of `count` positions, an epoch,
 * every sample stands once, in an order of its own.
 * @param position draw · batch + row, below 2⁵³
 */
export function shuffledIndex(position: number, count: number, stream: number, seed: Seed): number {
  const place = position % count;
  const epoch = (position - place) / count;
  const words = (lane: number) => philox([epoch >>> 0, Math.floor(epoch / 2 ** 32), stream, lane], seed);
  const keys = [...words(LANE), ...words(LANE + 1)];
  const bits = Math.max(2, 32 - Math.clz32(count - 1));
  const lowBits = bits >>> 1;
  let index = place;
  do {
    let widths: [number, number] = [bits - lowBits, lowBits];
    let halves: [number, number] = [index >>> lowBits, index & ((1 << lowBits) - 1)];
    for (let round = 0; round < ROUNDS; round++) {
      const mixed = mixBits((halves[1] + keys[round]!) >>> 0) >>> 8;
      halves = [halves[1], (halves[0] + mixed) & ((1 << widths[0]) - 1)];
      widths = [widths[1], widths[0]];
    }
    index = ((halves[0] << lowBits) | halves[1]) >>> 0;
  } while (index >= count);
  return index;
}
