// What a classifier tells about generated pictures, each beside what it tells of other real ones.

import { type Classified, type Classifier, largestOf } from './classifier';
import { frechetDistance } from './frechet';
import { type Rows, rowCount } from './neighbours';
import type { Pictures } from './pictures';

export interface ClassScores {
  /** Of the classifier, on real pictures that were held out. */
  readonly classifierAccuracy: number;
  /** Of a conditional run: share of the generated pictures that the classifier takes for the class they were asked for. */
  readonly classAgreement?: number;
  /** Share of the pictures of which the classifier is sure: largest probability above 0.9. */
  readonly classifierConfident: number;
  readonly classifierConfidentReal: number;
  /** Share of each class; they sum to 1. */
  readonly classShares: readonly number[];
  readonly classSharesReal: readonly number[];
  /** Kullback–Leibler divergence of the shares from all alike, in nats: 0 is even. */
  readonly classKl: number;
  readonly classKlReal: number;
  /** Fréchet distance in the classifier's features; not to be compared with another classifier's, nor with FID. */
  readonly frechet: number;
  readonly frechetReal: number;
}

/** Scores generated pictures, and other real ones, against real ones; `asked` are the classes of the generated ones, [count]. */
export async function scoreClasses(
  classifier: Classifier,
  generated: Pictures,
  real: Pictures,
  otherReal: Pictures,
  asked?: Uint32Array,
): Promise<ClassScores> {
  const reference = await classifier.classify(real);
  const classified = await classifier.classify(generated);
  const own = compare(classified, reference);
  const other = compare(await classifier.classify(otherReal), reference);
  return {
    classifierAccuracy: classifier.accuracy,
    ...(asked && { classAgreement: agreement(classified.probabilities, asked) }),
    classifierConfident: own.confident,
    classifierConfidentReal: other.confident,
    classShares: own.shares,
    classSharesReal: other.shares,
    classKl: own.kl,
    classKlReal: other.kl,
    frechet: own.frechet,
    frechetReal: other.frechet,
  };
}

/** Share of the rows whose largest probability is that of the class asked for. */
function agreement(probabilities: Rows, asked: Uint32Array): number {
  const right = asked.reduce((sum, label, row) => sum + (largestOf(probabilities, row) === label ? 1 : 0), 0);
  return right / asked.length;
}

const SURE = 0.9;

function compare({ probabilities, features }: Classified, reference: Classified) {
  const shares = classShares(probabilities);
  return {
    confident: confidentShare(probabilities),
    shares,
    kl: klFromUniform(shares),
    frechet: frechetDistance(features, reference.features),
  };
}

/** Share of the rows whose largest probability is above 0.9. */
export function confidentShare(probabilities: Rows): number {
  const { width, numbers } = probabilities;
  const count = rowCount(probabilities);
  let sure = 0;
  for (let i = 0; i < count; i++) if (numbers[i * width + largestOf(probabilities, i)]! > SURE) sure++;
  return sure / count;
}

/** Share of the rows of which each class is the most likely. */
export function classShares(probabilities: Rows): number[] {
  const count = rowCount(probabilities);
  const shares = new Array<number>(probabilities.width).fill(0);
  for (let i = 0; i < count; i++) shares[largestOf(probabilities, i)]! += 1;
  return shares.map((n) => n / count);
}

/** Σ p log(p · classes). */
export function klFromUniform(shares: readonly number[]): number {
  return shares.reduce((sum, p) => (p > 0 ? sum + p * Math.log(p * shares.length) : sum), 0);
}
