// Options that several data sources take, with what would do in their errors.

import * as v from 'valibot';

/** A number from `low` to `high`. */
export const numberFrom = (low: number, high: number) => {
  const wanted = `a number from ${low} to ${high} would do`;
  return v.pipe(v.number(wanted), v.minValue(low, wanted), v.maxValue(high, wanted));
};

/** A whole number from `low` to `high`. */
export const wholeFrom = (low: number, high: number) => {
  const wanted = `a whole number from ${low} to ${high} would do`;
  return v.pipe(
    v.number(wanted),
    v.check((n) => Number.isInteger(n) && n >= low && n <= high, wanted),
  );
};

/** Where something is, or how long: what float32 and the networks are comfortable with. */
export const coordinate = numberFrom(-1000, 1000);
export const length = numberFrom(0.001, 1000);
export const deviation = numberFrom(0.001, 100);
