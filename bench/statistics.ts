// Medians and quartiles: what stands for a set of timings that the rest of the machine may have disturbed.

/** The value below which the given share of the numbers lies, interpolated linearly (Hyndman and Fan's type 7). */
export function quantile(numbers: readonly number[], share: number): number {
  if (numbers.length === 0) throw new RangeError('A quantile of no numbers is not defined.');
  const sorted = [...numbers].sort((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const low = sorted[Math.floor(position)]!;
  const high = sorted[Math.ceil(position)]!;
  return low + (high - low) * (position - Math.floor(position));
}

export const median = (numbers: readonly number[]): number => quantile(numbers, 0.5);

/** Half the distance between the quartiles, as a share of the median: how far the rounds lie apart. */
export function relativeSpread(numbers: readonly number[]): number {
  return (quantile(numbers, 0.75) - quantile(numbers, 0.25)) / 2 / median(numbers);
}

/**
 * How many times as long `others` took as `ours`, round by round, and the median of that: two entries of the same
 * round met the same machine, so a slow spell that both fell into leaves the ratio alone.
 */
export function medianRatio(others: readonly number[], ours: readonly number[]): number {
  if (others.length !== ours.length) throw new RangeError('A ratio of rounds needs as many rounds of each.');
  return median(others.map((milliseconds, round) => milliseconds / ours[round]!));
}
