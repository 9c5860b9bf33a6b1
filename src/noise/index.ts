// All kinds of noise by name: every file of this folder whose default export is a noise plug-in.

import { createRegistry } from '../math/registry';
import type { NoisePlugin } from './noise';

// biome-ignore lint/suspicious/noExplicitAny: plug-ins of all schemas in one table; each parses its own configuration.
type AnyNoisePlugin = NoisePlugin<any>;

export const noises = createRegistry(
  'kind of noise',
  import.meta.glob<{ default?: AnyNoisePlugin }>(['./*.ts', '!./index.ts', '!./*.test.ts'], { eager: true }),
  (plugin) => plugin.type,
);
