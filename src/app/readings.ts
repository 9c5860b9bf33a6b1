// The numbers beside the picture.

import { effect } from '@preact/signals-core';
import { memoryInWords, productsInWords } from '../training/run-words';
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
  show('number-swd', () => decimal(model.scores.value?.swd, 1));
  show('number-precision', () => decimal(model.scores.value?.precision, 2));
  show('number-recall', () => decimal(model.scores.value?.recall, 2));
  bindScoreNotes(model);
  effect(() => {
    const memory = model.memory.value;
    element('memory').hidden = !memory;
    const products = model.products.value;
    const how = products ? productsInWords(products.products, products.settled) : '';
    element('memory').textContent = memory ? `${memoryInWords(memory)} ${how}` : '';
  });

  effect(() => {
    const { images = false, modes = 0 } = model.configured.value?.measures ?? {};
    const shown: Readonly<Record<string, boolean>> = { points: !images, modes: modes > 0, images };
    for (const cell of document.querySelectorAll<HTMLElement>('.numbers > [data-for]'))
      cell.hidden = !shown[cell.dataset.for!];
  });
}

/** Every score beside what other real images score. */
function bindScoreNotes(model: Model): void {
  const notes = element('score-notes');
  effect(() => {
    const scores = model.scores.value;
    notes.hidden = !model.configured.value?.measures.images;
    notes.textContent = scores
      ? `Real images against other real ones: SWD ${decimal(scores.swdReal, 1)}, precision ${decimal(scores.precisionReal, 2)}, recall ${decimal(scores.recallReal, 2)}. ` +
        `Coverage ${decimal(scores.coverage, 2)} (${decimal(scores.coverageReal, 2)}).`
      : `Scores are measured every ${count(model.configured.value?.config.evaluateEvery ?? 0)} steps and where you pause.`;
  });
}
