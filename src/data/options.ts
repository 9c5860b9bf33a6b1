// Options that several data sources take.

import * as v from 'valibot';
import { numberFrom } from '../math/ranges';

/** Where something is, or how long: what float32 and the networks are comfortable with. */
export const coordinate = numberFrom(-1000, 1000);
export const length = numberFrom(0.001, 1000);
/** σ of a normal. */
export const deviation = v.pipe(
  numberFrom(0.001, 100),
  v.description('σ: the standard deviation around each place.'),
);
