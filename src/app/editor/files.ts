// The experiment as a file: the same JSON that the command takes and writes.

import { parseConfig } from '../../training/config';
import type { App } from '../app';
import { download } from '../download';
import { element } from '../elements';
import { experimentOf } from '../experiment';
import type { Draft } from './draft';

export function bindFiles(app: App, draft: Draft): void {
  const note = element('editor-note');
  element('export-config').addEventListener('click', () => {
    const text = `${JSON.stringify(draft.config.value, null, 2)}\n`;
    download(new Blob([text], { type: 'application/json' }), `${app.experiment.value.preset}.json`);
  });
  const picker = element('config-file', HTMLInputElement);
  element('import-config').addEventListener('click', () => picker.click());
  picker.addEventListener('change', async () => {
    const file = picker.files?.[0];
    // The same file chosen again is a change again.
    const text = await file?.text();
    picker.value = '';
    if (!file || text === undefined) return;
    note.textContent = '';
    try {
      const config = JSON.parse(text);
      parseConfig(app.complete(config));
      app.adopt(experimentOf(config));
      note.textContent = `${file.name} is the experiment now.`;
    } catch (error) {
      note.textContent = `${file.name}: ${(error as Error).message}`;
    }
  });
}
