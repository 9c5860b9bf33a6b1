// Numbers within bounds, as options take them, with what would do in their errors.

import * as v from 'valibot';

/** A number from `low` to `high`. */
export const numberFrom = (low: number, high: number) => {
  const wanted = `a number from ${low} to ${high} would do`;
  return v.pipe(v.number(wanted), v.minValue(low, wanted), v.maxValue(high, wanted));
};

/** A whole number from `low` to `high`. */
export const wholeFrom = (low: number, high: number) => {
  const wanted = `a whole number from ${low} to ${high} would do`;
  return v.pipe(v.number(wanted), v.integer(wanted), v.minValue(low, wanted), v.maxValue(high, wanted));
};
