// What goes wrong with the run and what would help, and the numbers that tell it.

import { effect } from '@preact/signals-core';
import { element } from './elements';
import type { Model } from './model';
import { decimal } from './words';

export function bindObservations(model: Model): void {
  const list = element('observations');
  effect(() => {
    const seen = model.observations.value;
    list.hidden = seen.length === 0;
    list.replaceChildren(
      ...seen.map(({ severity, seen: sentence, advice, since }) => {
        const item = document.createElement('li');
        item.dataset.severity = severity;
        item.append(
          Object.assign(document.createElement('strong'), { textContent: sentence }),
          ` ${advice} `,
          Object.assign(document.createElement('small'), { textContent: `Since step ${since}.` }),
        );
        return item;
      }),
    );
  });
  effect(() => {
    const row = model.lastRow.value;
    const numbers = element('watch-numbers');
    numbers.hidden = !row;
    if (!row) return;
    const norm = (value: number | undefined) => (value === undefined ? '–' : value.toPrecision(3));
    numbers.textContent = `Gradients of the last update: D ${norm(row.discriminatorGradientNorm)}, G ${norm(row.generatorGradientNorm)} long. Mean sign of D’s logits on real samples: ${decimal(row.realSign, 2)}.`;
  });
}
