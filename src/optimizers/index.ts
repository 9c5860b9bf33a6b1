// All optimizers by name: every file of this folder whose default export is an optimizer.

import { createRegistry } from '../math/registry';
import type { OptimizerPlugin } from './optimizer';

// biome-ignore lint/suspicious/noExplicitAny: plug-ins of all schemas in one table; each parses its own configuration.
type AnyOptimizerPlugin = OptimizerPlugin<any>;

export const optimizers = createRegistry(
  'optimizer',
  import.meta.glob<{ default?: AnyOptimizerPlugin }>(['./*.ts', '!./index.ts', '!./*.test.ts'], {
    eager: true,
  }),
  (plugin) => plugin.type,
);
