// The experiment editor: everything that a configuration may say, from its schema. Loaded when the page has nothing better to do.

import { effect } from '@preact/signals-core';
import { type Field, valueAt } from '../../training/fields';
import type { App } from '../app';
import { element } from '../elements';
import { commandLine } from './command-line';
import { Draft, isWithin, type Mistake } from './draft';
import { bindFiles } from './files';
import { renderForm } from './form';
import { sections } from './sections';
import { digestWithLabel } from './words';

export function openEditor(app: App): void {
  const draft = new Draft({ experiment: app.experiment, complete: (config) => app.complete(config) });
  app.draft.value = draft;
  for (const { name, fields } of sections) {
    const details = element(`section-${name}`, HTMLDetailsElement);
    const body = details.querySelector<HTMLElement>('.section-body')!;
    const digest = details.querySelector<HTMLElement>('.digest')!;
    const mark = details.querySelector<HTMLElement>('.section-mark')!;
    effect(() => {
      const config = draft.config.value;
      digest.textContent = fields
        .map((field) => digestWithLabel(field, valueAt(config, [field.key]), !speaks(field)))
        .filter((text) => text !== '')
        .join(' · ');
    });
    effect(() => {
      const isWrong = fields.some(({ key }) => draft.mistakesBelow(key).length > 0);
      const isChanged = fields.some((field) => draft.isChanged(field, [field.key]));
      mark.textContent = isWrong ? 'mend' : isChanged ? 'changed' : '';
      details.toggleAttribute('data-wrong', isWrong);
    });
    const fill = () => {
      if (details.open && body.childElementCount === 0) renderForm(body, draft, fields, () => app.edited());
    };
    details.addEventListener('toggle', fill);
    fill();
  }
  bindEdits(app, draft);
  bindFiles(app, draft);
  const copy = element('copy-command', HTMLButtonElement);
  copy.addEventListener('click', async () => {
    const line = commandLine(draft.experiment.value ?? app.experiment.value);
    await navigator.clipboard.writeText(line);
    element('editor-note').textContent = `Copied: ${line}`;
  });
}

/** Whether the title of its section says what it is. */
const speaks = ({ kind, required }: Field): boolean =>
  kind.is === 'choice' || (required && (kind.is === 'list' || kind.is === 'object'));

/** What waits to be begun with, and what has to be mended first. */
function bindEdits(app: App, draft: Draft): void {
  const bar = element('edits');
  effect(() => {
    const [mistake] = draft.mistakes.value;
    bar.hidden = !draft.isEdited.value;
    bar.toggleAttribute('data-wrong', mistake !== undefined);
    element('edits-text').textContent = mistake
      ? mistake.sentence
      : 'Changed. Training begins again from step 0 with it; what was trained so far is let go.';
    element('edits-apply').hidden = mistake !== undefined;
    element('edits-show').hidden = mistake === undefined || mistake.path === '';
  });
  element('edits-apply').addEventListener('click', () => {
    app.applyEdits();
    element('play').focus();
  });
  element('edits-revert').addEventListener('click', () => {
    draft.revert();
    element('experiment-title').focus();
  });
  element('edits-show').addEventListener('click', () => {
    const [mistake] = draft.mistakes.value;
    if (mistake) showMistake(mistake);
  });
}

/** Folds out what is around a mistake, and puts the focus there. */
function showMistake({ path }: Mistake): void {
  const section = sections.find(({ fields }) => fields.some(({ key }) => isWithin(path, key)));
  if (!section) return;
  const details = element(`section-${section.name}`, HTMLDetailsElement);
  details.open = true;
  // A section fills itself once it is told that it is open, and so does an item in it.
  const open = () => {
    const item = [...details.querySelectorAll<HTMLElement>('summary[id]')].find((one) =>
      isWithin(path, one.id.replace(/^item-/, '')),
    );
    const around = item?.parentElement as HTMLDetailsElement | undefined;
    if (around && !around.open) {
      around.open = true;
      setTimeout(open);
      return;
    }
    const field = document.getElementById(`field-${path}`) ?? item ?? details.querySelector('summary');
    field?.focus();
    field?.scrollIntoView({ block: 'center' });
  };
  setTimeout(open);
}
