// `--set path=value`: one field of a configuration, wherever it lies.

import { UserError } from '../math/errors';

type Tree = { [key: string]: unknown } | unknown[];

/**
 * A copy of `config` with the setting `path=value` made: `generator[0].units=64`, `data.modes=6`. The value is JSON,
 * or else the text itself. Whether such a field may be there is for the schema to say.
 * @throws UserError for a setting that is not of this form.
 */
export function applySetting(config: unknown, setting: string): unknown {
  const split = setting.indexOf('=');
  const path = setting.slice(0, Math.max(0, split)).trim();
  if (split < 0 || !/^[A-Za-z_]\w*(\.[A-Za-z_]\w*|\[\d+\])*$/.test(path)) {
    throw new UserError(
      `--set: ${JSON.stringify(setting)} given; a path and a value such as generator[0].units=64 would do.`,
    );
  }
  const keys = [...path.matchAll(/\w+/g)].map(([key]) => (/^\d+$/.test(key) ? Number(key) : key));
  return place(config, keys, parseValue(setting.slice(split + 1)), path);
}

function place(
  tree: unknown,
  [key, ...rest]: readonly (string | number)[],
  value: unknown,
  path: string,
): unknown {
  if (key === undefined) return value;
  if (typeof key === 'number') {
    const list: unknown[] =
      tree === undefined
        ? []
        : Array.isArray(tree)
          ? [...tree]
          : refuse(path, `[${key}] is asked of what is no list`);
    if (key > list.length) refuse(path, `[${key}] is beyond the list's ${list.length}`);
    list[key] = place(list[key], rest, value, path);
    return list;
  }
  if (tree !== undefined && (typeof tree !== 'object' || tree === null || Array.isArray(tree))) {
    refuse(path, `${key} is asked of what has no fields`);
  }
  const fields = new Map(Object.entries((tree ?? {}) as Tree));
  fields.set(key, place(fields.get(key), rest, value, path));
  return Object.fromEntries(fields);
}

function refuse(path: string, why: string): never {
  throw new UserError(`--set ${path}: ${why}; a path into the configuration would do.`);
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
