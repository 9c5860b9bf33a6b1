// A part of the schema as a form: built anew where its structure changes, and told of values where only those do.

import { computed, effect, untracked } from '@preact/signals-core';
import { formatPath } from '../../training/explain';
import { type Field, isObject, type Path, valueAt } from '../../training/fields';
import type { Draft } from './draft';
import { buildField } from './field';

/** What the controls of a form share. */
export interface Form {
  readonly draft: Draft;
  /** Places of what is folded out. */
  readonly open: Set<string>;
  /** Puts a value in its place, and the focus on the element of this id once it is there. */
  edit(path: Path, value: unknown, focus?: string): void;
  /** As `edit`, with what the preset has. */
  reset(path: Path): void;
  /** Runs now, and whenever what it reads changes, as long as the controls are there. */
  watch(run: () => void): void;
}

/** The id of a field's element: `units` of `generator[2]` is `field-generator[2].units`. */
export const idOf = (path: Path, what = 'field'): string => `${what}-${formatPath(path)}`;

/** Fills `root` with the controls of some fields; `edited` is called after each edit. */
export function renderForm(
  root: HTMLElement,
  draft: Draft,
  fields: readonly Field[],
  edited: () => void,
): void {
  const open = new Set<string>();
  let disposals: (() => void)[] = [];
  const form: Form = {
    draft,
    open,
    edit(path, value, focus) {
      draft.set(path, value);
      focusOn(focus);
      edited();
    },
    reset(path) {
      draft.reset(path);
      focusOn(idOf(path));
      edited();
    },
    watch: (run) => void disposals.push(effect(run)),
  };
  const structure = computed(() =>
    JSON.stringify(fields.map(({ key }) => structureOf(valueAt(draft.config.value, [key])))),
  );
  const build = () => {
    for (const end of disposals) end();
    disposals = [];
    const held = root.contains(document.activeElement) ? document.activeElement?.id : undefined;
    root.replaceChildren(...fields.map((field) => buildField(form, field, [field.key])));
    focusOn(held);
  };
  effect(() => {
    structure.value;
    untracked(build);
  });
}

function focusOn(id: string | undefined): void {
  if (id) document.getElementById(id)?.focus();
}

/** What decides which controls there are: choices, lengths, and what is there at all. */
function structureOf(value: unknown): unknown {
  if (Array.isArray(value))
    return value.some(isObject) ? value.map(structureOf) : value.length === 0 ? [] : 0;
  if (!isObject(value)) return 0;
  return Object.entries(value).flatMap(([key, inner]) => {
    if (key === 'type' || key === 'source') return [[key, inner]];
    return typeof inner === 'object' && inner !== null ? [[key, structureOf(inner)]] : [];
  });
}
