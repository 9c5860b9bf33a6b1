// Fields that one input holds: numbers, texts, switches, and options.

import { formatPath } from '../../training/explain';
import { type Field, type Path, valueAt } from '../../training/fields';
import { make } from '../elements';
import { hint, mistake, resetButton } from './field';
import { type Form, idOf } from './form';
import { labelOf, textOf, typed } from './words';

export function buildInput(form: Form, field: Field, path: Path): HTMLElement {
  const { draft } = form;
  const id = idOf(path);
  const described = `${idOf(path, 'hint')} ${idOf(path, 'mistake')}`;
  const input = control(field);
  input.id = id;
  input.setAttribute('aria-describedby', described);
  const isFlag = field.kind.is === 'flag';
  input.addEventListener('change', () => form.edit(path, valueIn(field, input)));
  form.watch(() => show(field, input, valueAt(draft.config.value, path)));
  form.watch(() => {
    const isWrong = draft.mistakes.value.some((one) => one.path === formatPath(path));
    input.setAttribute('aria-invalid', String(isWrong));
  });
  const label = labelOf(field.key);
  const row = isFlag
    ? [make('label', { class: 'check' }, input, label), resetButton(form, field, path)]
    : [make('label', { for: id }, label), resetButton(form, field, path)];
  return make(
    'div',
    { class: 'setting', 'data-kind': field.kind.is },
    make('div', { class: 'setting-head' }, ...row),
    ...(isFlag ? [] : [input]),
    hint(field, path),
    mistake(form, path),
  );
}

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

function control({ kind, default: fallback }: Field): Control {
  switch (kind.is) {
    case 'flag':
      return make('input', { type: 'checkbox' });
    case 'options':
      return make('select', {}, ...kind.options.map((option) => new Option(String(option))));
    case 'json':
      return make('textarea', { rows: '2', spellcheck: 'false' });
    default: {
      const isNumber = kind.is === 'number' || kind.is === 'numbers';
      return make('input', {
        type: 'text',
        inputmode: isNumber ? 'decimal' : 'text',
        autocomplete: 'off',
        spellcheck: 'false',
        placeholder: textOf(fallback) || 'none',
      });
    }
  }
}

/** What is in a control, as the configuration has it. */
function valueIn({ kind, nullable }: Field, control: Control): unknown {
  if (control instanceof HTMLInputElement && control.type === 'checkbox') return control.checked;
  if (kind.is === 'options') return kind.options.find((option) => String(option) === control.value);
  const value = typed(kind, control.value);
  return value === undefined && nullable ? null : value;
}

/** What was typed stays as it was typed, where it means the same. */
function show(field: Field, control: Control, value: unknown): void {
  if (control instanceof HTMLInputElement && control.type === 'checkbox') {
    control.checked = value === true;
    return;
  }
  if (JSON.stringify(valueIn(field, control)) !== JSON.stringify(value)) control.value = textOf(value);
}
