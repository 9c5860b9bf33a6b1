// A choice between plug-ins: what the chosen one is for, its formula, and its own fields; all of them to compare.

import { type ChoiceKind, chosen, type Field, fieldsWithin, type Path, valueAt } from '../../training/fields';
import { make } from '../elements';
import { buildField, hint, mistake, resetButton } from './field';
import { type Form, idOf } from './form';
import { labelOf, textOf } from './words';

export function buildChoice(form: Form, field: Field, kind: ChoiceKind, path: Path): HTMLElement {
  const { draft } = form;
  const id = idOf(path);
  const value = () => valueAt(draft.config.value, path);
  const nameIn = (now: unknown) => textOf(kind.key === undefined ? now : valueAt(now, [kind.key]));
  const inList = typeof path.at(-1) === 'number';
  const select = make(
    'select',
    { id, 'aria-describedby': `${idOf(path, 'words')} ${idOf(path, 'mistake')}` },
    ...kind.names.map((name) => new Option(name)),
  );
  select.addEventListener('change', () => form.edit(path, chosen(kind, select.value, value()), id));
  const words = make('div', { class: 'words', id: idOf(path, 'words') });
  form.watch(() => {
    const name = nameIn(value());
    select.value = name;
    words.replaceChildren(...wordsOf(kind, name));
  });
  const fields = fieldsWithin(kind, value());
  return make(
    'div',
    { class: 'choice' },
    make(
      'div',
      { class: 'setting' },
      make(
        'div',
        { class: 'setting-head' },
        make('label', { for: id }, inList ? 'Type' : labelOf(field.key)),
        resetButton(form, field, path),
      ),
      select,
      ...(field.description ? [hint(field, path)] : []),
      mistake(form, path),
    ),
    make('div', { class: 'explained' }, words, comparison(kind)),
    ...(fields.length > 0
      ? [
          make(
            'div',
            { class: 'settings' },
            ...fields.map((one) => buildField(form, one, [...path, one.key])),
          ),
        ]
      : []),
  );
}

/** A choice in a sentence, its formula, and what is proved of it. */
function wordsOf(kind: ChoiceKind, name: string): HTMLElement[] {
  if (!kind.names.includes(name)) return [];
  const { summary, formula, theory } = kind.get(name);
  return [
    ...(summary ? [make('p', { class: 'summary' }, summary)] : []),
    ...(formula ? [formulaOf(formula)] : []),
    ...(theory ? [make('p', { class: 'theory' }, make('b', {}, 'Theory: '), theory)] : []),
  ];
}

/** Wide gaps in a formula part what may stand below each other. */
const formulaOf = (formula: string): HTMLElement =>
  make(
    'p',
    { class: 'formula-line' },
    ...formula.split(/\s{2,}/).flatMap((part) => [make('span', {}, part), ' ']),
  );

/** All that there is to choose from, made when it is asked for. */
function comparison(kind: ChoiceKind): HTMLElement {
  const list = make('dl', { class: 'all' });
  const details = make(
    'details',
    { class: 'comparison' },
    make('summary', {}, `All ${kind.names.length} ${kind.kind}`),
    list,
  );
  details.addEventListener('toggle', () => {
    if (!details.open || list.childElementCount > 0) return;
    list.append(
      ...kind.names.map((name) =>
        make('div', {}, make('dt', {}, name), make('dd', {}, ...wordsOf(kind, name))),
      ),
    );
  });
  return details;
}
