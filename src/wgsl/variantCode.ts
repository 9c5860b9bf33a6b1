// The text that the GPU compiles, made from a kernel's source when it is asked for: most of it is never asked for.

import type { Kernel } from './kernel';
import { reduce } from './reduce';
import { unroll } from './unroll';

/** A module's text as one entry point needs it: reduced to that, and marked loops unrolled. */
export const codeOf = (text: string, entryPoint: string): string => unroll(reduce(text, entryPoint));

/** The kernel that the Vite plugin described, with its code made on first use. */
export function kernelOf(described: Omit<Kernel, 'code'>): Kernel {
  let code: string | undefined;
  // Not enumerable: a spread would make it, for a variant that has a code of its own.
  const kernel = Object.defineProperty({ ...described }, 'code', {
    get: () => {
      code ??= codeOf(described.source, described.entryPoint);
      return code;
    },
  });
  return Object.freeze(kernel) as Kernel;
}
