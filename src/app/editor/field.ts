// One field of the schema as controls: its label, its input, what it is for, what is wrong with it, and the way back.

import { formatPath } from '../../training/explain';
import { type Field, type Path, valueAt } from '../../training/fields';
import { make } from '../elements';
import { buildChoice } from './choice';
import { type Form, idOf } from './form';
import { buildInput } from './input';
import { buildList } from './list';
import { hintOf, labelOf, textOf } from './words';

export function buildField(form: Form, field: Field, path: Path): HTMLElement {
  switch (field.kind.is) {
    case 'choice':
      return buildChoice(form, field, field.kind, path);
    case 'list':
      return buildList(form, field, field.kind, path);
    case 'object':
      return buildObject(form, field, field.kind.fields, path);
    case 'several':
      return buildSeveral(form, field, field.kind.options, path);
    default:
      return buildInput(form, field, path);
  }
}

/** Fields that belong together; where they need not be there at all, behind a box to tick. */
function buildObject(form: Form, field: Field, fields: readonly Field[], path: Path): HTMLElement {
  const inner = () =>
    make('div', { class: 'settings' }, ...fields.map((one) => buildField(form, one, [...path, one.key])));
  const group = make('fieldset', { class: 'group' });
  const title = typeof path.at(-1) === 'number' ? '' : labelOf(field.key);
  if (field.nullable || (!field.required && field.default === undefined)) {
    const box = make('input', { type: 'checkbox', id: idOf(path), 'aria-describedby': idOf(path, 'hint') });
    box.checked = (valueAt(form.draft.config.peek(), path) ?? null) !== null;
    const begin = () =>
      Object.fromEntries(fields.filter((one) => one.required).map((one) => [one.key, one.example]));
    box.addEventListener('change', () =>
      form.edit(path, box.checked ? begin() : field.nullable ? null : undefined),
    );
    group.append(
      make('label', { class: 'check' }, box, title),
      resetButton(form, field, path),
      hint(field, path),
    );
    if (box.checked) group.append(inner());
  } else {
    if (title) group.append(make('legend', {}, title));
    group.append(inner());
  }
  group.append(mistake(form, path));
  return group;
}

/** Some of several, a box to tick for each. */
function buildSeveral(form: Form, field: Field, options: readonly string[], path: Path): HTMLElement {
  const { draft } = form;
  const boxes = options.map((option) => {
    const box = make('input', { type: 'checkbox', id: idOf([...path, option]) });
    box.addEventListener('change', () =>
      form.edit(
        path,
        options.filter((_, i) => boxes[i]!.checked),
      ),
    );
    return box;
  });
  form.watch(() => {
    const now = valueAt(draft.config.value, path);
    boxes.forEach((box, i) => {
      box.checked = Array.isArray(now) && now.includes(options[i]);
    });
  });
  return make(
    'fieldset',
    { class: 'group', 'aria-describedby': `${idOf(path, 'hint')} ${idOf(path, 'mistake')}` },
    make('legend', {}, labelOf(field.key)),
    resetButton(form, field, path),
    make(
      'div',
      { class: 'boxes' },
      ...options.map((option, i) => make('label', { class: 'check' }, boxes[i]!, option)),
    ),
    hint(field, path),
    mistake(form, path),
  );
}

/** What a field is for. */
export function hint(field: Field, path: Path): HTMLElement {
  return make('p', { class: 'hint', id: idOf(path, 'hint') }, hintOf(field));
}

/** The sentence about what is wrong with a field, where something is. */
export function mistake(form: Form, path: Path): HTMLElement {
  const made = make('p', { class: 'mistake', id: idOf(path, 'mistake'), hidden: true });
  const place = formatPath(path);
  form.watch(() => {
    const found = form.draft.mistakes.value.filter((one) => one.path === place);
    made.textContent = found.map(({ sentence }) => sentence).join(' ');
    made.hidden = found.length === 0;
  });
  return made;
}

/** Says that a field was changed, and undoes it; there only where it was. */
export function resetButton(form: Form, field: Field, path: Path): HTMLElement {
  const button = make('button', { type: 'button', class: 'undo', id: idOf(path, 'undo') });
  button.addEventListener('click', () => form.reset(path));
  form.watch(() => {
    button.hidden = !form.draft.canReset(field, path);
    const original = textOf(form.draft.originalAt(path));
    const short = original !== '' && original.length <= 16 ? original : '';
    button.textContent = `↺ ${short || 'preset'}`;
    const name = labelOf(field.key || String(path.at(-2)));
    button.setAttribute('aria-label', `${name} was changed; back to ${short || 'the preset’s'}`);
  });
  return button;
}
