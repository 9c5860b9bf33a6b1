// The page begins here.

import { effect } from '@preact/signals-core';
import { App } from './app';
import { offerAutomation } from './automation';
import { bindCharts } from './charts';
import { bindControls } from './controls';
import { bindData } from './data-panel';
import { element } from './elements';
import { bindKeeping } from './keep-panel';
import { bindKeys } from './keys';
import { bindObservations } from './observations';
import { bindProblems } from './problems';
import type { PictureKind } from './protocol';
import { bindReadings } from './readings';
import { Stage } from './stage';

const stage = new Stage();
const app = new App(stage.view, stage.makeCanvas);
app.readAddress();
bindControls(app);
bindData(app);
bindKeeping(app);
bindReadings(app.model);
bindObservations(app.model);
bindCharts(app.model);
bindProblems(app);
bindKeys(app);
offerAutomation(app);

const KEYS: Readonly<Record<PictureKind, string>> = {
  line: 'Bars: samples counted. Blue line: the density of the data. Violet: D(x), 0 below and 1 above; thin: D*(x), the best there is against this G; dashed: ½.',
  plane: 'Rings are real samples, dots generated ones. The thin line is where D says ½.',
  images:
    'In the blue frame, real images; in the orange one, what G makes of noise, the same noise each time, so what changes is G.',
  none: 'These samples have no picture here.',
};
effect(() => {
  const { configured, wanted } = app.model;
  const picture = wanted.value ? 'images' : (configured.value?.picture ?? 'plane');
  element('stage').dataset.picture = picture;
  document.body.dataset.samples = picture === 'images' ? 'images' : 'points';
  element('legend-field').hidden = picture === 'images';
  element('stage-key').textContent = KEYS[picture];
  stage.offerClasses(wanted.value ? undefined : configured.value?.classes);
});

// The address is the experiment's: a link within the page moves the focus and leaves the address alone.
for (const link of document.querySelectorAll<HTMLAnchorElement>('a[href^="#"]')) {
  link.addEventListener('click', (event) => {
    event.preventDefault();
    const target = element(link.hash.slice(1));
    target.focus();
    target.scrollIntoView();
  });
}

// The editor brings all schemas along: it is loaded once the trainer is there, or where someone wants it earlier.
let isEditorWanted = false;
const loadEditor = async () => {
  if (isEditorWanted) return;
  isEditorWanted = true;
  (await import('./editor/editor')).openEditor(app);
};
for (const section of document.querySelectorAll('.section, #export-config, #import-config, #copy-command'))
  section.addEventListener('pointerenter', loadEditor, { once: true });
for (const section of document.querySelectorAll('.section')) section.addEventListener('toggle', loadEditor);
effect(() => {
  const { phase } = app.model;
  if (phase.value !== 'opening' && phase.value !== 'preparing') setTimeout(loadEditor);
});

addEventListener('hashchange', () => {
  app.readAddress();
  app.reset();
});
app.open();
