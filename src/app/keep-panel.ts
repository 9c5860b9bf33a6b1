// What is kept of a run: saved by itself and offered after a reload, exported, imported, and its picture.

import { computed, effect, signal } from '@preact/signals-core';
import type { App } from './app';
import { download } from './download';
import { element } from './elements';
import { ago, count } from './words';

export function bindKeeping(app: App): void {
  const { model } = app;
  /** What was not wanted, or is gone on with. */
  const declined = signal<ReadonlySet<string>>(new Set());
  let isFirst = true;
  const offer = computed(() => {
    const runs = model.stored.value;
    const phase = model.phase.value;
    if (!runs || (phase !== 'ready' && phase !== 'waiting') || model.step.value > 0) return undefined;
    const { preset } = app.experiment.value;
    const own = runs.find(({ name }) => name === preset);
    // After a reload the last run of all is the likeliest to be wanted, whichever preset it is of.
    const run = own ?? (isFirst ? runs[0] : undefined);
    return run && !declined.value.has(run.name) ? run : undefined;
  });
  effect(() => {
    if (model.phase.value === 'training') isFirst = false;
  });
  effect(() => {
    const run = offer.value;
    element('offer').hidden = !run;
    if (run)
      element('offer-text').textContent =
        `${run.name} was left at step ${count(run.step)}, ${ago(Date.now() - run.time)}.`;
  });
  element('continue').addEventListener('click', () => {
    if (offer.value) app.continueSaved(offer.value.name);
    element('play').focus();
  });
  element('forget').addEventListener('click', () => {
    if (!offer.value) return;
    const { name } = offer.value;
    declined.value = new Set([...declined.value, name]);
    app.forget(name);
    element('play').focus();
  });

  effect(() => {
    const saved = model.saved.value;
    element('saved-text').textContent =
      saved?.problem ??
      (saved
        ? `Saved in this browser at step ${count(saved.step)}.`
        : 'While it trains, a run is saved in this browser every half minute, and where it stops.');
  });
  const exports = [element('export'), element('save-picture')];
  effect(() => {
    for (const each of exports) each.setAttribute('aria-disabled', String(!model.canRun.value));
  });
  element('export').addEventListener('click', async () => {
    if (!model.canRun.value || !app.engine) return;
    const bytes = await app.engine.ask('checkpoint', {});
    download(new Blob([bytes], { type: 'application/octet-stream' }), 'checkpoint.safetensors');
  });
  element('save-picture').addEventListener('click', async () => {
    if (!model.canRun.value || !app.engine) return;
    const { preset } = app.experiment.value;
    const step = String(model.step.value).padStart(6, '0');
    download(await app.engine.ask('picture', {}), `${preset}-${step}.png`);
  });
}
