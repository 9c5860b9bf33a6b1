// The numbers beside the picture.

import { effect } from '@preact/signals-core';
import { element } from './elements';
import type { Model } from './model';
import { count, decimal, rate, share } from './words';

export function bindReadings(model: Model): void {
  const show = (id: string, text: () => string) => {
    const target = element(id);
    effect(() => {
      target.textContent = text();
    });
  };
  show('number-step', () => count(model.step.value));
  show('number-rate', () => rate(model.stepsPerSecond.value));
  show('number-value', () => decimal(model.reading.value?.value));
  show('number-real', () => decimal(model.reading.value?.realScore));
  show('number-fake', () => decimal(model.reading.value?.fakeScore));
  show('number-js', () => decimal(model.evaluation.value?.js));
  show('number-modes', () => {
    const { modes, modesTotal } = model.evaluation.value ?? {};
    const total = modesTotal ?? model.configured.value?.measures.modes ?? 0;
    return `${modes ?? '–'} of ${total}`;
  });
  show('number-quality', () => {
    const quality = model.evaluation.value?.highQuality;
    return quality === undefined ? '–' : share(quality);
  });
  effect(() => {
    const hidden = !model.configured.value?.measures.modes;
    element('modes-cell').hidden = hidden;
    element('quality-cell').hidden = hidden;
  });
}
