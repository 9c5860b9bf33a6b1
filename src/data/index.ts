// All data sources by name: every file of this folder whose default export is a data plug-in.

import { createRegistry } from '../math/registry';
import type { DataPlugin } from './source';

// biome-ignore lint/suspicious/noExplicitAny: plug-ins of all schemas in one table; each parses its own configuration.
type AnyDataPlugin = DataPlugin<any>;

export const dataSources = createRegistry(
  'data source',
  import.meta.glob<{ default?: AnyDataPlugin }>(['./*.ts', '!./index.ts', '!./*.test.ts'], { eager: true }),
  (plugin) => plugin.source,
);
