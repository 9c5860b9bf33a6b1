// Lists: layers of a network, regularizers, components; each item folded to a line until it is opened.

import { formatPath } from '../../training/explain';
import { chosen, type Field, initialValue, type ListKind, type Path, valueAt } from '../../training/fields';
import { make } from '../elements';
import { buildField, hint, mistake, resetButton } from './field';
import { type Form, idOf } from './form';
import { digestOf, labelOf } from './words';

export function buildList(form: Form, field: Field, kind: ListKind, path: Path): HTMLElement {
  const items = itemsAt(form, path);
  return make(
    'div',
    { class: 'list', role: 'group', 'aria-labelledby': idOf(path, 'title') },
    make(
      'div',
      { class: 'setting-head' },
      make('span', { class: 'list-title', id: idOf(path, 'title') }, labelOf(field.key)),
      resetButton(form, field, path),
    ),
    hint(field, path),
    mistake(form, path),
    make('ol', {}, ...items.map((_, i) => buildItem(form, kind, path, i))),
    buildAdding(form, field, kind, path),
  );
}

const itemsAt = (form: Form, path: Path): readonly unknown[] => {
  const items = valueAt(form.draft.config.peek(), path);
  return Array.isArray(items) ? items : [];
};

function buildItem(form: Form, kind: ListKind, path: Path, index: number): HTMLElement {
  const { draft } = form;
  const place = [...path, index];
  const digest = make('span', { class: 'digest' });
  const shape = make('span', { class: 'shape' });
  const name = () => digestOf(kind.item, valueAt(draft.config.value, place));
  const summary = make(
    'summary',
    { id: idOf(place, 'item') },
    make('span', { class: 'number' }, String(index + 1)),
    digest,
    shape,
  );
  form.watch(() => {
    const [first, ...rest] = draft.shapes.value[formatPath(path)]?.[index] ?? [];
    shape.textContent = first === undefined ? '' : `→ ${[first, ...rest].join(' × ')}`;
  });
  const body = make('div', { class: 'item-body' });
  const details = make('details', {}, summary, body);
  const at = formatPath(place);
  const fill = () => {
    if (body.childElementCount === 0) body.append(buildField(form, kind.item, place));
  };
  if (form.open.has(at)) {
    details.open = true;
    fill();
  }
  details.addEventListener('toggle', () => {
    if (details.open) form.open.add(at);
    else form.open.delete(at);
    if (details.open) fill();
  });
  const tool = (what: string, sign: string, act: () => void) => {
    const button = make('button', { type: 'button', class: 'tool', id: idOf(place, what) }, sign);
    button.addEventListener('click', act);
    form.watch(() =>
      button.setAttribute('aria-label', `${labelOf(what).replace('-', ' ')} ${index + 1}, ${name()}`),
    );
    return button;
  };
  const last = itemsAt(form, path).length - 1;
  const move = (to: number, what: string) => moveItem(form, path, index, to, idOf([...path, to], what));
  const up = tool('move-up', '↑', () => move(index - 1, index === 1 ? 'move-down' : 'move-up'));
  const down = tool('move-down', '↓', () => move(index + 1, index === last - 1 ? 'move-up' : 'move-down'));
  const remove = tool('remove', '×', () => removeItem(form, path, index));
  up.disabled = index === 0;
  down.disabled = index === last;
  remove.disabled = last < kind.least;
  const item = make('li', { class: 'item' }, details, make('div', { class: 'tools' }, up, down, remove));
  form.watch(() => {
    digest.textContent = name();
    item.toggleAttribute('data-changed', draft.isChanged(kind.item, place));
  });
  form.watch(() => item.toggleAttribute('data-wrong', draft.mistakesBelow(at).length > 0));
  if (kind.item.kind.is !== 'object') item.append(foldedMistake(form, details, at));
  return item;
}

/** What is wrong inside of an item that is folded away. */
function foldedMistake(form: Form, details: HTMLDetailsElement, at: string): HTMLElement {
  const made = make('p', { class: 'mistake', hidden: true });
  const show = () => {
    const [first] = form.draft.mistakesBelow(at);
    made.hidden = details.open || !first;
    made.textContent = first?.sentence ?? '';
  };
  details.addEventListener('toggle', show);
  form.watch(show);
  return made;
}

/** A new item at the end, folded out. */
function buildAdding(form: Form, field: Field, kind: ListKind, path: Path): HTMLElement {
  const { item } = kind;
  const add = (value: unknown) => {
    const items = itemsAt(form, path);
    const place = [...path, items.length];
    form.open.add(formatPath(place));
    form.edit(path, [...items, value], idOf(place, 'item'));
  };
  const button = make('button', { type: 'button', id: idOf(path, 'add') }, 'Add');
  if (item.kind.is !== 'choice') {
    button.addEventListener('click', () => add(initialValue(item)));
    return make('div', { class: 'adding' }, button);
  }
  const choice = item.kind;
  const select = make(
    'select',
    { id: idOf(path, 'adding'), 'aria-label': `${labelOf(field.key)}: what to add` },
    ...choice.names.map((name) => new Option(name)),
  );
  // What is not there yet is the likelier one to be wanted.
  const there = new Set(itemsAt(form, path).map((one) => valueAt(one, [choice.key!])));
  select.value = choice.names.find((name) => !there.has(name)) ?? choice.names[0]!;
  button.addEventListener('click', () => add(chosen(choice, select.value)));
  button.setAttribute('aria-label', `Add to ${labelOf(field.key).toLowerCase()}`);
  return make('div', { class: 'adding' }, select, button);
}

function moveItem(form: Form, path: Path, from: number, to: number, focus: string): void {
  const items = [...itemsAt(form, path)];
  items.splice(to, 0, ...items.splice(from, 1));
  renumber(form, path, (i) => (i === from ? to : i === to ? from : i));
  form.edit(path, items, focus);
}

function removeItem(form: Form, path: Path, index: number): void {
  const items = itemsAt(form, path).filter((_, i) => i !== index);
  renumber(form, path, (i) => (i === index ? undefined : i > index ? i - 1 : i));
  const next = Math.min(index, items.length - 1);
  form.edit(path, items, next < 0 ? idOf(path, 'add') : idOf([...path, next], 'item'));
}

/** What was folded out stays so at its new place. */
function renumber({ open }: Form, path: Path, to: (index: number) => number | undefined): void {
  const start = `${formatPath(path)}[`;
  const moved = [...open].flatMap((place) => {
    if (!place.startsWith(start)) return [place];
    const [, index, rest] = /^(\d+)(.*)$/.exec(place.slice(start.length))!;
    const next = to(Number(index));
    return next === undefined ? [] : [`${start}${next}${rest}`];
  });
  open.clear();
  for (const place of moved) open.add(place);
}
