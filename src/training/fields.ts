// The schema of a run as a form has it: every field with its kind, range, default and words, read off the schema itself.

import * as v from 'valibot';
import type { ChoiceMetadata, Words } from '../math/choice';

// biome-ignore lint/suspicious/noExplicitAny: any valibot schema or action; read by the properties that its kind has.
type Part = any;

/** Where a value lies in a configuration: `['generator', 2, 'units']`. */
export type Path = readonly (string | number)[];

export interface Field {
  readonly key: string;
  readonly kind: Kind;
  /** What it is, in a sentence. */
  readonly description?: string;
  /** Of a field that need not be given. */
  readonly default?: unknown;
  /** What could be given where there is no default. */
  readonly example?: unknown;
  readonly required: boolean;
  /** Whether `null` may be given, for none. */
  readonly nullable: boolean;
  /** Whether it takes this value. */
  accepts(value: unknown): boolean;
}

export type Kind =
  | {
      readonly is: 'number';
      readonly low: number | undefined;
      readonly high: number | undefined;
      readonly whole: boolean;
    }
  | { readonly is: 'text' }
  | { readonly is: 'flag' }
  | { readonly is: 'options'; readonly options: readonly (string | number)[] }
  /** Some of these, each once. */
  | { readonly is: 'several'; readonly options: readonly string[] }
  /** A list of numbers; of so many, where `length` says so. */
  | { readonly is: 'numbers'; readonly length?: number }
  | ChoiceKind
  | ListKind
  | { readonly is: 'object'; readonly fields: readonly Field[] }
  /** Anything else that JSON can say. */
  | { readonly is: 'json' };

/** One of several, each with fields of its own. */
export interface ChoiceKind {
  readonly is: 'choice';
  /** Several of them: `losses`. */
  readonly kind: string;
  /** The field of the value that names the choice; where absent, the value is the name. */
  readonly key?: string;
  readonly names: readonly string[];
  /** @throws where there is no such choice */
  get(name: string): ChoiceWords;
}

export interface ChoiceWords extends Words {
  readonly fields: readonly Field[];
}

export interface ListKind {
  readonly is: 'list';
  readonly item: Field;
  readonly least: number;
  readonly most: number;
}

/** The fields of an object's schema, but not the one that names a choice. */
export function fieldsOf(schema: v.GenericSchema): readonly Field[] {
  return fieldsOfEntries((schema as Part).entries ?? {});
}

const fieldsOfEntries = (entries: Record<string, Part>): readonly Field[] =>
  Object.entries(entries)
    .filter(([, entry]) => entry.type !== 'literal')
    .map(([key, entry]) => fieldOf(key, entry));

function fieldOf(key: string, schema: Part): Field {
  const words: Part[] = [];
  let [at, required, nullable, fallback] = [schema, true, false, undefined as unknown];
  for (; ; at = at.wrapped) {
    words.push(...partsOf(at).reverse());
    if (at.type === 'optional') {
      required = false;
      fallback = typeof at.default === 'function' ? at.default() : at.default;
    } else if (at.type === 'nullable') nullable = true;
    else break;
  }
  const said = (type: string) => words.find((part) => part.type === type);
  return {
    key,
    kind: kindOf(at),
    description: said('description')?.description,
    example: said('examples')?.examples[0],
    default: fallback,
    required,
    nullable,
    accepts: (value) => v.is(schema, value),
  };
}

/** A schema and what its pipes do behind it, in order. */
const partsOf = (schema: Part): Part[] => (schema.pipe ? schema.pipe.flatMap(partsOf) : [schema]);

function kindOf(schema: Part): Kind {
  const parts = partsOf(schema);
  const requirement = (...types: string[]): number | undefined =>
    parts.find(({ type }) => types.includes(type))?.requirement;
  const metadata: ChoiceMetadata | undefined = parts.find(({ type }) => type === 'metadata')?.metadata;
  if (metadata?.choices) return pluginChoice(metadata);
  switch (schema.type) {
    case 'number':
      return {
        is: 'number',
        low: requirement('min_value', 'gt_value'),
        high: requirement('max_value', 'lt_value'),
        whole: parts.some(({ type }) => type === 'integer'),
      };
    case 'string':
      return { is: 'text' };
    case 'boolean':
      return { is: 'flag' };
    case 'picklist':
      return { is: 'options', options: schema.options };
    case 'variant':
      return variantChoice(schema);
    case 'tuple':
      return { is: 'numbers', length: schema.items.length };
    case 'array': {
      const item = fieldOf('', schema.item);
      if (item.kind.is === 'number') return { is: 'numbers' };
      if (item.kind.is === 'options') return { is: 'several', options: item.kind.options.map(String) };
      return {
        is: 'list',
        item,
        least: requirement('min_length') ?? 0,
        most: requirement('max_length') ?? Infinity,
      };
    }
    case 'strict_object':
      return { is: 'object', fields: fieldsOf(schema) };
    default:
      return { is: 'json' };
  }
}

function pluginChoice({ kind, key, choices }: ChoiceMetadata): ChoiceKind {
  return {
    is: 'choice',
    kind,
    ...(key && { key }),
    get names() {
      return choices().names;
    },
    get(name) {
      const choice = choices().get(name);
      return { ...choice, fields: choice.schema && key ? fieldsOf(choice.schema) : [] };
    },
  };
}

function variantChoice({ key, options }: Part): ChoiceKind {
  const named = new Map<string, Part>(options.map((option: Part) => [option.entries[key].literal, option]));
  return {
    is: 'choice',
    kind: 'choices',
    key,
    names: [...named.keys()],
    get(name) {
      const option = named.get(name);
      const words: Words = partsOf(option).find(({ type }) => type === 'metadata')?.metadata ?? {};
      return { ...words, fields: fieldsOf(option) };
    },
  };
}

/** What a field has where nobody has given it anything. */
export const initialValue = ({ kind, default: fallback, example }: Field): unknown => {
  if (fallback !== undefined && fallback !== null) return fallback;
  if (example !== undefined) return example;
  if (kind.is === 'choice') return chosen(kind, kind.names[0]!);
  if (kind.is === 'object') return required(kind.fields);
  if (kind.is === 'list') return Array.from({ length: kind.least }, () => initialValue(kind.item));
  return undefined;
};

/**
 * A choice as it begins: with what it cannot do without, from what was there `before` where that fits. The schema fills in
 * the rest.
 */
export function chosen(kind: ChoiceKind, name: string, before?: unknown): unknown {
  if (kind.key === undefined) return name;
  return { [kind.key]: name, ...required(kind.get(name).fields, before) };
}

function required(fields: readonly Field[], before?: unknown): Record<string, unknown> {
  const old = isObject(before) ? before : {};
  return Object.fromEntries(
    fields
      .filter((field) => field.required)
      .map((field) => {
        const kept = old[field.key];
        return [field.key, kept !== undefined && field.accepts(kept) ? kept : initialValue(field)];
      }),
  );
}

/** The fields that an object has which is of this kind; of none other than a known choice. */
export function fieldsWithin(kind: Kind, value: unknown): readonly Field[] {
  if (kind.is === 'object') return isObject(value) ? kind.fields : [];
  if (kind.is !== 'choice' || kind.key === undefined || !isObject(value)) return [];
  const name = value[kind.key];
  return typeof name === 'string' && kind.names.includes(name) ? kind.get(name).fields : [];
}

/** What is there, or the default. */
const given = (field: Field, value: unknown): unknown => (value === undefined ? field.default : value);

/** The beginning of `path` that leads to a field which there is: where something said about the path can be shown. */
export function reachable(fields: readonly Field[], value: unknown, path: Path): Path {
  const [key, ...rest] = path;
  const field = fields.find((one) => one.key === key);
  if (!field || key === undefined) return [];
  return [key, ...reachableWithin(field, isObject(value) ? given(field, value[key]) : undefined, rest)];
}

function reachableWithin({ kind }: Field, value: unknown, path: Path): Path {
  const [index, ...rest] = path;
  if (kind.is !== 'list') return reachable(fieldsWithin(kind, value), value, path);
  if (!Array.isArray(value) || typeof index !== 'number' || !(index in value)) return [];
  return [index, ...reachableWithin(kind.item, value[index], rest)];
}

/** A value with the defaults of what it leaves out, in the schema's order; right or wrong as it may be. */
export function filled(kind: Kind, value: unknown): unknown {
  if (kind.is === 'list' && Array.isArray(value)) return value.map((item) => filled(kind.item.kind, item));
  if (!isObject(value)) return value;
  const fields = fieldsWithin(kind, value);
  if (fields.length === 0) return value;
  const known = fields.flatMap((field) => {
    const inner = given(field, value[field.key]);
    return inner === undefined ? [] : [[field.key, filled(field.kind, inner)]];
  });
  const name = kind.is === 'choice' && kind.key !== undefined ? { [kind.key]: value[kind.key] } : {};
  return { ...name, ...Object.fromEntries(known), ...leftOver(value, fields) };
}

/** What an object holds beside its fields. */
const leftOver = (value: Record<string, unknown>, fields: readonly Field[]) =>
  Object.fromEntries(
    Object.entries(value).filter(([key, inner]) => inner !== undefined && !fields.some((f) => f.key === key)),
  );

/** A value without what its field's schema would fill in by itself: as a person would write it. */
export function brief(kind: Kind, value: unknown): unknown {
  if (kind.is === 'list' && Array.isArray(value)) return value.map((item) => brief(kind.item.kind, item));
  if (!isObject(value)) return value;
  const fields = new Map(fieldsWithin(kind, value).map((field) => [field.key, field]));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => {
      const field = fields.get(key);
      if (!field) return inner === undefined ? [] : [[key, inner]];
      const short = brief(field.kind, inner);
      const isDefault = !field.required && isSame(short, brief(field.kind, field.default));
      return inner === undefined || isDefault ? [] : [[key, short]];
    }),
  );
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What governs a place of a value; anything where there is no such field. */
export function kindAt(kind: Kind, value: unknown, path: Path): Kind {
  const [key, ...rest] = path;
  if (key === undefined) return kind;
  const inner = kind.is === 'list' ? kind.item : fieldsWithin(kind, value).find((field) => field.key === key);
  return inner ? kindAt(inner.kind, valueAt(value, [key]), rest) : { is: 'json' };
}

/** What lies at a path; nothing where it does not lead anywhere. */
export const valueAt = (value: unknown, path: Path): unknown =>
  // biome-ignore lint/suspicious/noExplicitAny: read by any key.
  path.reduce<any>((at, key) => (typeof at === 'object' && at !== null ? at[key] : undefined), value);

/** `generator[2].units` as `['generator', 2, 'units']`; the inverse of `formatPath`. */
export const parsePath = (text: string): Path =>
  [...text.matchAll(/[^.[\]]+/g)].map(([key]) => (/^\d+$/.test(key) ? Number(key) : key));
