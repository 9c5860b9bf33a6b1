// The normal distribution's cumulative function in float64.

/**
 * erfc(x) = 1 − erf(x), relative error below 1e-13: by the series of erf for small x, whose terms are all positive
 * (Abramowitz and Stegun 7.1.6), and by the continued fraction for large (7.1.14), evaluated from its tail.
 */
export function erfc(x: number): number {
  if (x < 0) return 2 - erfc(-x);
  if (x < 2) {
    let term = x;
    let sum = x;
    for (let n = 1; term > sum * 1e-17; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      sum += term;
    }
    return 1 - (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
  }
  // 60 terms reach 1e-16 from 2 on.
  let fraction = 0;
  for (let n = 60; n >= 1; n--) fraction = n / 2 / (x + fraction);
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
}

/** Φ(x), the probability that a standard normal is below x. */
export const normalCdf = (x: number): number => erfc(-x / Math.SQRT2) / 2;

/** Φ(high) − Φ(low), without cancellation in the tails. */
export const normalInterval = (low: number, high: number): number =>
  low > 0 ? normalCdf(-low) - normalCdf(-high) : normalCdf(high) - normalCdf(low);
