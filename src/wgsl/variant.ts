// An edited shader in the variant that is in use: the constants that were rewritten are rewritten again.

import { constDeclarations } from './constants';
import type { Kernel } from './kernel';
import { specialize } from './specialize';
import { tokenize } from './tokens';

/** `edited` with the constants that `specialize` gave `used`; what else changed in the text counts. */
export function inVariantOf(used: Kernel, edited: Kernel): Kernel {
  const written = new Map(
    constDeclarations(tokenize(used.source)).map(({ name, literal }) => [name, literal?.value]),
  );
  const rewritten = Object.entries(used.constants).filter(
    ([name, value]) => written.get(name) !== value && Object.hasOwn(edited.constants, name),
  );
  return specialize(edited, Object.fromEntries(rewritten));
}
