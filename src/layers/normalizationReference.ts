// Normalisation in float64, for the references of the layers that normalise, and the option that they share.

import * as v from 'valibot';

export const positiveEpsilon = v.optional(
  v.pipe(
    v.number(),
    v.finite(),
    v.check((x) => x > 0, 'a small positive number would do'),
    v.description('ε: what is added to a variance.'),
  ),
  1e-5,
);

interface Grouping {
  readonly groups: number;
  /** The group of number i: those of one group are normalised together. */
  readonly groupOf: (i: number) => number;
  readonly epsilon: number;
  /** Instead of the groups' own. */
  readonly means?: Float64Array;
  readonly variances?: Float64Array;
  readonly weight?: (i: number) => number;
  readonly bias?: (i: number) => number;
}

/** (x − mean)/√(variance + ε) · weight + bias, with the mean and the biased variance of each group. */
export function normalizeInFloat64(
  input: Float64Array,
  { groups, groupOf, epsilon, weight = () => 1, bias = () => 0, ...given }: Grouping,
): { output: Float64Array; means: Float64Array; variances: Float64Array } {
  const counts = new Float64Array(groups);
  const sums = new Float64Array(groups);
  input.forEach((x, i) => {
    counts[groupOf(i)]! += 1;
    sums[groupOf(i)]! += x;
  });
  const means = given.means ?? sums.map((sum, g) => sum / counts[g]!);
  const squares = new Float64Array(groups);
  input.forEach((x, i) => {
    squares[groupOf(i)]! += (x - means[groupOf(i)]!) ** 2;
  });
  const variances = given.variances ?? squares.map((sum, g) => sum / counts[g]!);
  const output = input.map((x, i) => {
    const g = groupOf(i);
    return ((x - means[g]!) / Math.sqrt(variances[g]! + epsilon)) * weight(i) + bias(i);
  });
  return { output, means, variances };
}
