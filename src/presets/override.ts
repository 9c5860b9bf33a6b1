// Changes one field of a configuration by its path, for `--set` and for the page's address.

import { UserError } from '../math/errors';

/** Names that would reach an object's prototype. */
const FORBIDDEN = new Set(['__proto__', 'constructor', 'prototype']);

/**
 * A copy of `config` with `value` at `path`, such as `batchSize`, `optimizer.generator.learningRate` or
 * `generator[0].units`; objects on the way that are missing are made. A value of `undefined` takes the field away. What it means is for `parseConfig` to judge.
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
  const { [key]: inner, ...others } = object;
  const next = put(inner, rest, value, path);
  return next === undefined ? others : { ...object, [key]: next };
}

/**
 * What `withValue` has to be told to make `to` of `from`: by path, the smallest values that differ, `undefined` for what is only
 * in `from`. Where the kind of something or the length of a list is another, that is the whole of it.
 */
export const differences = (from: object, to: object): Record<string, unknown> =>
  Object.fromEntries(differing(from, to, ''));

function differing(from: unknown, to: unknown, path: string): [string, unknown][] {
  if (JSON.stringify(from) === JSON.stringify(to)) return [];
  if (isObject(from) && isObject(to) && ['type', 'source'].every((key) => at(from, key) === at(to, key)))
    return [...new Set([...Object.keys(to), ...Object.keys(from)])].flatMap((key) =>
      differing(at(from, key), at(to, key), path === '' ? key : `${path}.${key}`),
    );
  if (Array.isArray(from) && Array.isArray(to) && from.length === to.length && to.every(isObject))
    return to.flatMap((item, i) => differing(from[i], item, `${path}[${i}]`));
  return [[path, to]];
}

const at = (object: object, key: string): unknown => (object as Record<string, unknown>)[key];
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
