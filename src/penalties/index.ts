// All penalties by name: every file of this folder whose default export is one.

import { createRegistry } from '../math/registry';
import type { PenaltyPlugin } from './penalty';

// biome-ignore lint/suspicious/noExplicitAny: plug-ins of all schemas in one table; each parses its own configuration.
type AnyPenaltyPlugin = PenaltyPlugin<any>;

export const penalties = createRegistry(
  'regularizer',
  import.meta.glob<{ default?: AnyPenaltyPlugin }>(['./*.ts', '!./index.ts', '!./*.test.ts'], {
    eager: true,
  }),
  (plugin) => plugin.type,
);
