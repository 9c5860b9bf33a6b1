// A made-up machine, for the tests of the searches for drivers and browsers.

import type { System } from './system';

/** A machine that has just these files, all empty. */
export function machine(files: readonly string[], rest: Partial<System> = {}): System {
  return {
    platform: 'linux',
    architecture: 'x64',
    env: {},
    home: '/home/ada',
    exists: (path) => files.some((file) => file === path || file.startsWith(`${path}/`)),
    list(folder) {
      const inside = files.filter((file) => file.startsWith(`${folder}/`));
      return [...new Set(inside.map((file) => file.slice(folder.length + 1).split('/')[0]!))].sort();
    },
    read: (path) => (files.includes(path) ? '' : undefined),
    ...rest,
  };
}
