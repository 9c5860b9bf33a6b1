// `webgan explain`: what a field of a configuration is for, and what can be chosen there, from the schema itself.

import { UserError } from '../math/errors';
import { describe, nearest } from '../math/phrases';
import { runKind } from '../training/config';
import type { ChoiceWords, Field, Kind } from '../training/fields';

/**
 * Lines about a field or a choice: `loss`, `loss.hinge`, `optimizer.generator.adam.beta1`, `generator.conv2d`; of the whole
 * configuration where the path is empty.
 * @throws UserError that lists what there is
 */
export function explainField(path: string): string[] {
  let kind: Kind = runKind;
  let said: string[] = [];
  let [at, options] = ['', undefined as readonly Field[] | undefined];
  for (const key of path.split(/[.[\]]+/).filter((part) => part !== '')) {
    // Items of a list are all alike.
    if (/^\d+$/.test(key)) continue;
    const inside: Kind = kind.is === 'list' ? kind.item.kind : kind;
    const fields: readonly Field[] = options ?? (inside.is === 'object' ? inside.fields : []);
    const field = fields.find((one) => one.key === key);
    if (field) {
      [kind, options, said] = [field.kind, undefined, [inWords(field)]];
    } else if (!options && inside.is === 'choice' && inside.names.includes(key)) {
      const choice = inside.get(key);
      [kind, options, said] = [inside, choice.fields, wordsOf(choice)];
    } else {
      throw new UserError(unknownKey(at, key, options || inside.is !== 'choice' ? fields : inside.names));
    }
    at = at === '' ? key : `${at}.${key}`;
  }
  return [...said, ...within(kind, options)];
}

/** What can follow: the fields of a choice or an object, or the choices that there are. */
function within(kind: Kind, options: readonly Field[] | undefined): string[] {
  if (options) return table(options.map((field) => [field.key, inWords(field)]));
  if (kind.is === 'list') return within(kind.item.kind, undefined);
  if (kind.is === 'object') return table(kind.fields.map((field) => [field.key, inWords(field)]));
  if (kind.is !== 'choice') return [];
  return kind.names.flatMap((name) => [name, ...wordsOf(kind.get(name)).map((line) => `  ${line}`)]);
}

function wordsOf({ summary, formula, theory }: ChoiceWords): string[] {
  return [summary, formula, theory && `Theory: ${theory}`].filter((line) => line !== undefined);
}

function inWords({ description, default: fallback, required }: Field): string {
  const isSaid = !required && fallback !== undefined;
  return [description, isSaid && `Default: ${fallback === null ? 'none' : describe(fallback)}.`]
    .filter((part) => part)
    .join(' ');
}

function table(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`);
}

function unknownKey(at: string, key: string, there: readonly (Field | string)[]): string {
  const names = there.map((one) => (typeof one === 'string' ? one : one.key));
  const near = nearest(key, names);
  const hint = near === undefined ? '' : `did you mean ${near}? `;
  return `${at === '' ? '' : `${at}: `}there is no ${describe(key)} here; ${hint}there ${names.length === 0 ? 'is nothing below it' : `are ${names.join(', ')}`}.`;
}
