// Shaders that are edited while the page trains: swapped in, or said to be wrong while training goes on (development).

import type { PipelineCache } from '../gpu/pipelines';
import { onKernelChange, onKernelError } from '../wgsl/hot';
import { afterEdit } from '../wgsl/variant';

/** Keeps a device's pipelines up to date with the shaders' files; `say` gets what came of each edit. */
export function watchShaders(
  pipelines: PipelineCache,
  say: (message: string, failed: boolean) => void,
): void {
  onKernelChange(async (kernels, file) => {
    try {
      await pipelines.replace((used) => afterEdit(used, file, kernels));
      say(`${file} is swapped in.`, false);
    } catch (error) {
      say(`${file} is not used: ${(error as Error).message}`, true);
    }
  });
  onKernelError((message, file) => say(`${file} is not used: ${message}`, true));
}
