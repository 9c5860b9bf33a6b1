// Options that several data sources take.

import { numberFrom } from '../math/ranges';

/** Where something is, or how long: what float32 and the networks are comfortable with. */
export const coordinate = numberFrom(-1000, 1000);
export const length = numberFrom(0.001, 1000);
export const deviation = numberFrom(0.001, 100);
