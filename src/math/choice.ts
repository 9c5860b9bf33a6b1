// A schema's choice between plug-ins, each with a schema of its own: what configurations and forms read it by.

import * as v from 'valibot';
import { describe, nearest } from './phrases';

/** What can be chosen, by name. */
export interface Choices {
  readonly names: readonly string[];
  get(name: string): Choice;
}

export interface Choice extends Words {
  // biome-ignore lint/suspicious/noExplicitAny: each plug-in has a schema of its own; what is chosen by its name alone has none.
  readonly schema?: v.GenericSchema<any, any>;
}

/** What is said about a choice; a schema's own choices, as of `v.variant`, have it as their metadata. */
export interface Words {
  /** What it is for, in a sentence, and what it computes, in a line. */
  readonly summary: string;
  readonly formula: string;
  /** What is proved about it, where something is. */
  readonly theory?: string;
}

/** What a schema that lets choose says about it: under `metadata`. */
export interface ChoiceMetadata {
  /** Several of the things chosen between. */
  readonly kind: string;
  /** The field that names the choice; absent where the name is all there is to give. */
  readonly key?: 'type' | 'source';
  readonly choices: () => Choices;
}

/**
 * The schema of whichever plug-in the value names in its field `key`; an unknown name is answered with the names there
 * are. `choices` is asked when a value is there, so that a plug-in may hold plug-ins of its own kind.
 */
export function pluginOf<Config>(
  kind: string,
  key: 'type' | 'source',
  choices: () => Choices,
): v.GenericSchema<unknown, Config> {
  const schema = v.lazy((input) => {
    const { names, get } = choices();
    if (typeof input !== 'object' || input === null || Array.isArray(input))
      return failing(`an object such as { "${key}": ${describe(names[0])} } would do`);
    const name = (input as Record<string, unknown>)[key];
    if (typeof name === 'string' && names.includes(name)) return get(name).schema!;
    return v.looseObject({ [key]: failing(unknownName(kind, choices(), name)) });
  });
  // biome-ignore lint/suspicious/noExplicitAny: the output is the chosen plug-in's.
  return v.pipe(schema, v.metadata({ kind, key, choices } satisfies ChoiceMetadata)) as any;
}

/** The name of a plug-in without options. `one` names such a thing in errors: `a loss`. */
export const nameOf = (kind: string, one: string, choices: () => Choices) =>
  v.pipe(
    v.string(() => `the name of ${one} would do: ${choices().names.join(', ')}`),
    v.check(
      (name) => choices().names.includes(name),
      (issue) => unknownName(kind, choices(), issue.input),
    ),
    v.metadata({ kind, choices } satisfies ChoiceMetadata),
  );

const failing = (wanted: string) => v.custom<never>(() => false, wanted);

function unknownName(kind: string, { names }: Choices, name: unknown): string {
  const near = typeof name === 'string' ? nearest(name, names) : undefined;
  const hint = near === undefined ? '' : `; did you mean ${near}?`;
  return `the ${kind} here are ${names.join(', ')}${hint}`;
}
