// One measured number held against what the mathematics says.

export interface Check {
  readonly what: string;
  readonly measured: number;
  /** The measured number must lie between these, ends included. */
  readonly low: number;
  readonly high: number;
  readonly pass: boolean;
}

/** A number that is NaN lies nowhere. */
export function inside(what: string, measured: number, low: number, high: number): Check {
  return { what, measured, low, high, pass: measured >= low && measured <= high };
}

export function closeTo(what: string, measured: number, expected: number, tolerance: number): Check {
  return inside(what, measured, expected - tolerance, expected + tolerance);
}

export interface Estimate {
  readonly mean: number;
  readonly standardError: number;
}

/** Batches are independent of each other and D moves little at the end, so their spread gives the mean's error. */
export function meanOf(values: readonly number[]): Estimate {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, standardError: Math.sqrt(squares / (values.length * (values.length - 1))) };
}
