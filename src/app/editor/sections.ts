// Which part of the editor a field is in. A field that no part claims is in the last one, so that new ones appear by themselves.

import { runFields } from '../../training/config';
import type { Field } from '../../training/fields';

const CLAIMED: Readonly<Record<string, readonly string[]>> = {
  data: ['data', 'noise'],
  generator: ['generator', 'average'],
  discriminator: ['discriminator', 'augment'],
  objective: ['loss', 'labelSmoothing', 'auxiliaryClassifier', 'regularizers', 'weightClip'],
  optimizers: ['optimizer'],
  run: [],
};
const claimed = new Set(Object.values(CLAIMED).flat());

export const sections: readonly { readonly name: string; readonly fields: readonly Field[] }[] =
  Object.entries(CLAIMED).map(([name, keys]) => ({
    name,
    fields: runFields.filter(({ key }) => keys.includes(key) || (name === 'run' && !claimed.has(key))),
  }));
