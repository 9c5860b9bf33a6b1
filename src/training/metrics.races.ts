// Race specimens of the reductions over a batch's losses.

import { recordDiscriminator, recordGenerator } from '../../shaders/metrics.wgsl';
import { type RaceSpecimen, raceSpecimen } from '../wgsl/races';

/** More than two rounds of 64 lanes, and no multiple of them. */
const BATCH = 150;
const UPDATES = { discriminator: 5, generator: 9 };
const WORDS = 8;

const terms = Float32Array.from({ length: 4 * BATCH }, (_, index) => ((index * 7) % 13) - 5);
const means = [0, 1, 2, 3].map(
  (component) =>
    terms.filter((_, index) => index % 4 === component).reduce((sum, term) => sum + term, 0) / BATCH,
);
const signs =
  terms
    .filter((_, index) => index % 4 === 2)
    .reduce((sum, probability) => sum + Math.sign(probability - 0.5), 0) / BATCH;
const bitsOf = (value: number) => new Uint32Array(Float32Array.of(value).buffer)[0]!;

/** The history with some words of the current iteration's row. */
function historyWith(words: readonly [at: number, word: number][]): Uint32Array {
  const history = new Uint32Array(WORDS * recordDiscriminator.constants.HISTORY_ROWS);
  for (const [at, word] of words) history[WORDS * UPDATES.generator + at] = word;
  return history;
}

const bindings = {
  terms,
  discriminatorClock: Uint32Array.of(UPDATES.discriminator),
  generatorClock: Uint32Array.of(UPDATES.generator),
  history: historyWith([]),
  fault: new Uint32Array(4),
  shape: { batch: BATCH },
};

const specimens: readonly RaceSpecimen[] = [
  raceSpecimen({
    kernel: recordDiscriminator,
    grid: [1, 1, 1],
    bindings,
    expected: {
      discriminatorClock: [UPDATES.discriminator + 1],
      generatorClock: [UPDATES.generator],
      history: historyWith([
        [0, bitsOf(means[0]!)],
        [2, bitsOf(means[1]!)],
        [3, bitsOf(means[2]!)],
        [4, bitsOf(means[3]!)],
        [5, UPDATES.discriminator + 1],
        [6, UPDATES.generator],
        [7, bitsOf(signs)],
      ]),
      fault: [0, 0, 0, 0],
    },
    // The terms are small whole numbers: sums are exact, and one division is rounded on both sides alike.
    tolerance: 0,
  }),
  raceSpecimen({
    kernel: recordGenerator,
    grid: [1, 1, 1],
    bindings,
    expected: {
      discriminatorClock: [UPDATES.discriminator],
      generatorClock: [UPDATES.generator + 1],
      history: historyWith([
        [1, bitsOf(means[0]!)],
        [5, UPDATES.discriminator],
        [6, UPDATES.generator + 1],
      ]),
      fault: [0, 0, 0, 0],
    },
    tolerance: 0,
  }),
];

export default specimens;
