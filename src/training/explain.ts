// Turns what a schema found wrong into one sentence: which field, what was given, what would do.

import * as v from 'valibot';
import { UserError } from '../math/errors';
import { describe, nearest } from '../math/phrases';

// biome-ignore lint/suspicious/noExplicitAny: any valibot schema; it is walked by the properties that its kind has.
type AnySchema = any;
type Issue = v.BaseIssue<unknown>;

/** Parses by a schema; throws a `UserError` of one sentence about the first thing that is wrong. */
export function parseWith<Schema extends v.GenericSchema>(
  schema: Schema,
  input: unknown,
  root: string,
): v.InferOutput<Schema> {
  const result = v.safeParse(schema, input);
  if (result.success) return result.output;
  throw new UserError(sentences(schema, input, result.issues, root)[0]!);
}

/** A sentence about each thing that is wrong. */
export function problemsWith(schema: v.GenericSchema, input: unknown, root: string): readonly string[] {
  const result = v.safeParse(schema, input, { abortPipeEarly: true });
  return result.success ? [] : sentences(schema, input, result.issues, root);
}

// A misspelt field is also a missing one: naming the misspelt one first helps more.
const sentences = (schema: AnySchema, input: unknown, issues: readonly Issue[], root: string): string[] =>
  [...issues.filter(isUnknownKey), ...issues.filter((issue) => !isUnknownKey(issue))].map((issue) =>
    explain(schema, input, issue, root),
  );

const isUnknownKey = (issue: Issue) => issue.type === 'strict_object' && issue.expected === 'never';
const isMissingKey = (issue: Issue) => issue.type.endsWith('object') && issue.path?.at(-1)?.origin === 'key';

function explain(schema: AnySchema, input: unknown, issue: Issue, root: string): string {
  const keys = issue.path?.map((item) => item.key as string | number) ?? [];
  const path = formatPath(keys) || root;
  if (isUnknownKey(issue)) {
    const parent = formatPath(keys.slice(0, -1));
    const known = knownKeys(schema, input, keys.slice(0, -1));
    const near = nearest(String(keys.at(-1)), known);
    const hint = near === undefined ? '' : `did you mean ${near}? `;
    return `${path}: there is no such field; ${hint}${parent || root} takes ${known.join(', ') || 'no fields'}.`;
  }
  if (isMissingKey(issue)) {
    const missing = childOf(resolve(schema, input, keys.slice(0, -1)), keys.at(-1)!);
    return `${path}: is missing; ${expectation(missing)}.`;
  }
  const wanted = wish(issue);
  return `${path}: ${describe(issue.input)} given; ${wanted}${wanted.endsWith('?') ? '' : '.'}`;
}

/** `generator[2].units` for ['generator', 2, 'units']. */
export function formatPath(keys: readonly (string | number)[]): string {
  return keys
    .map((key) =>
      typeof key === 'number'
        ? `[${key}]`
        : /^[A-Za-z_][\w-]*$/.test(key)
          ? `.${key}`
          : `[${JSON.stringify(key)}]`,
    )
    .join('')
    .replace(/^\./, '');
}

/** What would do instead, from an issue. A plug-in's own message stands as it is. */
function wish(issue: Issue): string {
  if (!/^Invalid /.test(issue.message)) return issue.message.replace(/\.$/, '');
  return `${phrase(issue.type, issue.requirement, issue.expected ?? undefined) ?? issue.expected} would do`;
}

const NAMES: Record<string, string> = {
  number: 'a number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  strict_tuple: 'a list',
  object: 'an object',
  strict_object: 'an object',
  loose_object: 'an object',
  integer: 'a whole number',
  safe_integer: 'a whole number',
  finite: 'a finite number',
  non_empty: 'at least one',
};

function phrase(type: string, requirement: unknown, expected?: string): string | undefined {
  switch (type) {
    case 'min_value':
      return `a value of at least ${requirement}`;
    case 'max_value':
      return `a value of at most ${requirement}`;
    case 'gt_value':
      return `a value above ${requirement}`;
    case 'lt_value':
      return `a value below ${requirement}`;
    case 'min_length':
      return `at least ${requirement} of them`;
    case 'max_length':
      return `at most ${requirement} of them`;
    case 'length':
      return `exactly ${requirement} of them`;
    case 'literal':
    case 'picklist':
    case 'enum':
    case 'union':
    case 'variant':
      return expected?.replace(/^\((.*)\)$/, '$1').replaceAll(' | ', ' or ');
    default:
      return NAMES[type];
  }
}

/** What a schema wants, for a field that is missing. */
function expectation(schema: AnySchema): string {
  const inner = schema?.type === 'lazy' ? schema.getter(undefined) : schema;
  if (typeof inner?.message === 'string') return inner.message;
  return `${phrase(inner?.type, undefined, inner?.expects) ?? 'a value'} would do`;
}

/** The schema that governs the value at a path, with wrappers and lazy choices taken for that value. */
function resolve(schema: AnySchema, input: unknown, keys: readonly (string | number)[]): AnySchema {
  const here = unwrap(schema, input);
  const [key, ...rest] = keys;
  if (key === undefined) return here;
  // biome-ignore lint/suspicious/noExplicitAny: the path comes from the parse, so there is an object here.
  return resolve(childOf(here, key), (input as any)?.[key], rest);
}

function unwrap(schema: AnySchema, input: unknown): AnySchema {
  if (schema?.type === 'lazy') return unwrap(schema.getter(input), input);
  if (schema?.wrapped !== undefined) return unwrap(schema.wrapped, input);
  if (schema?.type === 'variant' || schema?.type === 'union') {
    // biome-ignore lint/suspicious/noExplicitAny: read by the variant's key.
    const name = (input as any)?.[schema.key];
    const named = schema.options.find((option: AnySchema) => option.entries?.[schema.key]?.literal === name);
    return named ?? schema.options.find((option: AnySchema) => option.entries !== undefined) ?? schema;
  }
  return schema;
}

function childOf(schema: AnySchema, key: string | number): AnySchema {
  return typeof key === 'number' ? (schema?.item ?? schema?.items?.[key]) : schema?.entries?.[key];
}

function knownKeys(schema: AnySchema, input: unknown, keys: readonly (string | number)[]): string[] {
  return Object.keys(resolve(schema, input, keys)?.entries ?? {});
}
