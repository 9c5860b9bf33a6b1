// The contract of a preset: a whole experiment as data.

import type { ConfigInput } from '../training/config';

export interface Preset {
  readonly name: string;
  /** One line: what is learned, and what is worth watching. */
  readonly description: string;
  /** A configuration as a person would write it: what is not given has its default. */
  readonly config: ConfigInput;
}
