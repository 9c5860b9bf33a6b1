// An edited shader in the variant that is in use: the constants that were rewritten are rewritten again.

import { constDeclarations } from './constants';
import { graft } from './graft';
import type { Kernel } from './kernel';
import { specialize } from './specialize';
import { tokenize } from './tokens';

/**
 * What becomes of a kernel in use when a file is edited to hold these kernels; undefined where it has nothing of that
 * file.
 */
export function afterEdit(
  used: Kernel,
  file: string,
  kernels: Readonly<Record<string, Kernel>>,
): Kernel | undefined {
  const { host, donor, names } = used.graft ?? { host: used, donor: undefined, names: [] };
  const editedOf = (kernel: Kernel) => (kernel.file === file ? kernels[kernel.entryPoint] : undefined);
  const [editedHost, editedDonor] = [editedOf(host), donor && editedOf(donor)];
  if (!editedHost && !editedDonor) return undefined;
  const edited = donor
    ? graft(editedHost ?? host, (editedDonor ?? donor) as Kernel<never>, names)
    : editedHost!;
  return inVariantOf(used, edited);
}

/** `edited` with the constants that `specialize` gave `used`; what else changed in the text counts. */
function inVariantOf(used: Kernel, edited: Kernel): Kernel {
  const written = new Map(
    constDeclarations(tokenize(used.source)).map(({ name, literal }) => [name, literal?.value]),
  );
  const rewritten = Object.entries(used.constants).filter(
    ([name, value]) => written.get(name) !== value && Object.hasOwn(edited.constants, name),
  );
  return specialize(edited, Object.fromEntries(rewritten));
}
