// All layers by name: every file of this folder whose default export is a layer plug-in.

import { createRegistry } from '../math/registry';
import type { LayerPlugin } from './layer';

// biome-ignore lint/suspicious/noExplicitAny: plug-ins of all schemas in one table; each parses its own configuration.
type AnyLayerPlugin = LayerPlugin<any>;

export const layers = createRegistry(
  'layer',
  import.meta.glob<{ default?: AnyLayerPlugin }>(['./*.ts', '!./index.ts', '!./*.test.ts', '!./*.races.ts'], {
    eager: true,
  }),
  (plugin) => plugin.type,
);
