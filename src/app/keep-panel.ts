// What is kept of a run: saved by itself and offered after a reload, exported, imported, and its picture.

import { computed, effect, type Signal, signal } from '@preact/signals-core';
import type { App } from './app';
import { download } from './download';
import { element, make } from './elements';
import type { StoredRun } from './protocol';
import { ago, count, savedRunInWords, savingInWords } from './words';

export function bindKeeping(app: App): void {
  const { model } = app;
  /** What was not wanted, or is gone on with. */
  const declined = signal<ReadonlySet<string>>(new Set());
  /** Which saved run is to be forgotten, if that is meant: it can't be taken back. */
  const doomed = signal<string | undefined>(undefined);
  let isFirst = true;
  const offer = computed(() => {
    const runs = model.stored.value;
    const phase = model.phase.value;
    if (!runs || (phase !== 'ready' && phase !== 'waiting') || model.step.value > 0) return undefined;
    const { preset } = app.experiment.value;
    const readable = runs.filter(({ problem }) => problem === undefined);
    const own = readable.find((run) => run.preset === preset);
    // After a reload the last run of all is the likeliest to be wanted, whichever preset it is of.
    const run = own ?? (isFirst ? readable[0] : undefined);
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
        `${run.name} was left at step ${count(run.step ?? 0)}, ${ago(Date.now() - run.time)}.`;
    element('forget').textContent = run && doomed.value === run.name ? 'Forget for good' : 'Forget it';
  });
  element('continue').addEventListener('click', () => {
    if (offer.value) app.continueSaved(offer.value.name);
    element('play').focus();
  });
  element('forget').addEventListener('click', () => {
    if (!offer.value) return;
    const { name } = offer.value;
    if (doomed.value !== name) {
      doomed.value = name;
      return;
    }
    doomed.value = undefined;
    declined.value = new Set([...declined.value, name]);
    app.forget(name);
    element('play').focus();
  });

  effect(() => {
    element('saved-text').textContent = savingInWords(model.saved.value ?? {}, model.step.value);
  });
  const list = element('saved-runs');
  effect(() => {
    const runs = model.stored.value ?? [];
    list.hidden = runs.length === 0;
    // The list is made anew while somebody uses it: the focus stays with the same button.
    const focused = list.contains(document.activeElement) ? document.activeElement?.id : undefined;
    list.replaceChildren(...runs.map((run) => savedRun(app, run, doomed)));
    if (focused) document.getElementById(focused)?.focus();
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

const idOf = (label: string): string => `saved-${label.replaceAll(' ', '-')}`;
const focus = (label: string): void => document.getElementById(idOf(label))?.focus();

function savedRun(app: App, run: StoredRun, doomed: Signal<string | undefined>): HTMLElement {
  const { name } = run;
  const button = (action: string, act: () => void, label = `${action} ${name}`) => {
    const id = idOf(label);
    const made = make('button', { type: 'button', id, 'aria-label': label }, action);
    made.addEventListener('click', act);
    return made;
  };
  const goOn = button('Continue', () => {
    app.continueSaved(name);
    element('play').focus();
  });
  const forget = button('Forget', () => {
    doomed.value = name;
    focus(`Forget ${name} for good`);
  });
  const forGood = button(
    'Forget for good',
    () => {
      doomed.value = undefined;
      app.forget(name);
      element('keep').querySelector('summary')?.focus();
    },
    `Forget ${name} for good`,
  );
  const keep = button('Keep', () => {
    doomed.value = undefined;
    focus(`Forget ${name}`);
  });
  const choices =
    doomed.value === name ? [forGood, keep] : run.problem === undefined ? [goOn, forget] : [forget];
  return make(
    'li',
    {},
    make('span', {}, make('strong', {}, name), ` ${savedRunInWords(run, Date.now())}`),
    make('span', { class: 'offer-choices' }, ...choices),
  );
}
