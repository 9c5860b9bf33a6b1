// Plug-ins by name, collected from the files of a folder.

import { UserError } from './errors';

export interface Registry<Plugin> {
  readonly names: readonly string[];
  /** @throws UserError that lists what there is. */
  get(name: string): Plugin;
  has(name: string): boolean;
}

/**
 * Collects the default exports of `import.meta.glob(…, { eager: true })` under the name that `nameOf` reads off each.
 * Files without a default export (contracts, helpers) are passed over. `what` names one plug-in in errors: `layer`.
 */
export function createRegistry<Plugin>(
  what: string,
  modules: Readonly<Record<string, { readonly default?: Plugin }>>,
  nameOf: (plugin: Plugin) => string,
): Registry<Plugin> {
  const plugins = new Map<string, Plugin>();
  for (const { default: plugin } of Object.values(modules)) {
    if (plugin) plugins.set(nameOf(plugin), plugin);
  }
  const names = [...plugins.keys()].sort();
  return {
    names,
    has: (name) => plugins.has(name),
    get(name) {
      const plugin = plugins.get(name);
      if (!plugin) throw new UserError(`There is no ${what} "${name}"; there are ${names.join(', ')}.`);
      return plugin;
    },
  };
}
