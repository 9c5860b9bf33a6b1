// The page begins here.

import { effect } from '@preact/signals-core';
import { App } from './app';
import { offerAutomation } from './automation';
import { bindCharts } from './charts';
import { bindControls } from './controls';
import { element } from './elements';
import { bindKeys } from './keys';
import { bindProblems } from './problems';
import { bindReadings } from './readings';
import { Stage } from './stage';

const stage = new Stage();
const app = new App(stage.view, stage.makeCanvas);
app.readAddress();
bindControls(app);
bindReadings(app.model);
bindCharts(app.model);
bindProblems(app);
bindKeys(app);
offerAutomation(app);

const KEYS = {
  1: 'Bars: samples counted. Blue line: the density of the data. Violet: D(x), 0 below and 1 above; thin: D*(x), the best there is against this G; dashed: ½.',
  2: 'Rings are real samples, dots generated ones. The thin line is where D says ½.',
} as const;
effect(() => {
  const dimensions = app.model.configured.value?.dimensions === 1 ? 1 : 2;
  element('stage').dataset.dimensions = String(dimensions);
  element('stage-key').textContent = KEYS[dimensions];
});

addEventListener('hashchange', () => {
  app.readAddress();
  app.reset();
});
app.open();
