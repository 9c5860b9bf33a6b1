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
