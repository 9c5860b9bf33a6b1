// Changes one field of a configuration by its path, for `--set` and for the page's address.

import { UserError } from '../math/errors';

/** Names that would reach an object's prototype. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A copy of `config` with `value` at `path`, such as `batchSize`, `optimizer.generator.learningRate` or
 * `generator[0].units`; objects on the way that are missing are made. What it means is for `parseConfig` to judge.
 * @throws UserError where the path is not one, or leads through a number or a text.
 */
export function withValue(config: object, path: string, value: unknown): object {
  const keys = path.split(/[.[\]]+/).filter((key) => key !== '');
  if (keys.length === 0 || keys.some((key) => FORBIDDEN.has(key))) {
    throw new UserError(`"${path}": is no field; a path such as optimizer.generator.learningRate would do.`);
  }
  return put(config, keys, value, path) as object;
}

function put(at: unknown, [key, ...rest]: readonly string[], value: unknown, path: string): unknown {
  if (key === undefined) return value;
  if (Array.isArray(at)) {
    const index = Number(key);
    if (!Number.isInteger(index) || index < 0 || index > at.length) {
      throw new UserError(`${path}: "${key}" given; a place from 0 to ${at.length} of the list would do.`);
    }
    return Object.assign([...at], { [index]: put(at[index], rest, value, path) });
  }
  if (at !== undefined && (typeof at !== 'object' || at === null)) {
    throw new UserError(`${path}: there is nothing at "${key}", it lies inside ${JSON.stringify(at)}.`);
  }
  const object = (at ?? {}) as Record<string, unknown>;
  return { ...object, [key]: put(object[key], rest, value, path) };
}
