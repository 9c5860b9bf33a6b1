// Shaders that are edited while the page trains: swapped in, or said to be wrong while training goes on (development).

import type { Trainer } from '../training/trainer';
import { onKernelChange, onKernelError } from '../wgsl/hot';
import { inVariantOf } from '../wgsl/variant';

/** Keeps a trainer's kernels up to date with their files; `say` gets what came of each edit. Returns how to stop. */
export function watchShaders(trainer: Trainer, say: (message: string, failed: boolean) => void): () => void {
  const { drawForDiscriminator, updateDiscriminator, drawForGenerator, updateGenerator } = trainer.run;
  const work = [drawForDiscriminator, updateDiscriminator, drawForGenerator, updateGenerator].flat();
  const files = [...new Set(work.map(({ kernel }) => kernel.file))];
  const stops = files.map((file) =>
    onKernelChange(file, async (kernels) => {
      try {
        await trainer.replaceKernels((used) => {
          const edited = used.file === file ? kernels[used.entryPoint] : undefined;
          return edited && inVariantOf(used, edited);
        });
        say(`${file} is swapped in.`, false);
      } catch (error) {
        say(`${file} is not used: ${(error as Error).message}`, true);
      }
    }),
  );
  stops.push(onKernelError((message, file) => say(`${file} is not used: ${message}`, true)));
  return () => {
    for (const stop of stops) stop();
  };
}
