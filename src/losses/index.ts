// All losses by name: every file of this folder whose default export is a loss.

import { createRegistry } from '../math/registry';
import type { LossPlugin } from './loss';

export const losses = createRegistry(
  'loss',
  import.meta.glob<{ default?: LossPlugin }>(['./*.ts', '!./index.ts', '!./*.test.ts'], { eager: true }),
  (plugin) => plugin.type,
);
