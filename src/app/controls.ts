// The preset, the seed, the buttons, and the state in words.

import { effect } from '@preact/signals-core';
import { presets } from '../presets';
import type { App } from './app';
import { element } from './elements';
import { count, stateInWords } from './words';

const PLAY = 'M4 2.5v11l9-5.5z';
const PAUSE = 'M3.5 2.5h3.2v11H3.5zM9.3 2.5h3.2v11H9.3z';

const MEND_FIRST = 'Something in the experiment has to be mended before it can start.';

export function bindControls(app: App): void {
  const { model } = app;
  bindExperiment(app);

  const button = (id: string, action: () => void) => {
    const found = element(id, HTMLButtonElement);
    found.addEventListener('click', action);
    return found;
  };
  const running = [
    button('play', () => app.toggle()),
    button('step-both', () => app.step('both')),
    button('step-discriminator', () => app.step('discriminator')),
    button('step-generator', () => app.step('generator')),
  ];
  const reset = button('reset', () => app.reset());
  effect(() => {
    // Not `disabled`: a button that loses the focus while it prepares would throw keyboard users back to the top.
    for (const each of running) each.setAttribute('aria-disabled', String(!app.canRun.value));
    reset.setAttribute('aria-disabled', String(!app.canReset.value));
  });
  effect(() => {
    const training = model.phase.value === 'training';
    element('play-label').textContent = training ? 'Pause' : 'Play';
    element('play-icon').setAttribute('d', training ? PAUSE : PLAY);
  });

  // Only changes of phase are said: a screen reader that hears every step hears nothing else.
  let said = '';
  effect(() => {
    const phase = model.phase.value;
    const progress = {
      step: phase === 'training' ? model.step.peek() : model.step.value,
      steps: model.configured.value?.config.steps ?? 0,
      ahead: model.ahead.value,
    };
    const sentence = app.blocked.value ? MEND_FIRST : stateInWords(phase, progress);
    const note = model.shaderNote.value?.message;
    const text = note ? `${sentence} ${note}` : sentence;
    if (text !== said) element('state').textContent = text;
    said = text;
    document.body.dataset.phase = phase;
  });
  effect(() => {
    const steps = model.configured.value?.config.steps ?? 1;
    const progress = element('progress', HTMLProgressElement);
    progress.value = Math.min(1, model.step.value / steps);
    progress.title = `${count(model.step.value)} of ${count(steps)} steps`;
  });
  effect(() => {
    element('adapter').textContent =
      model.adapter.value ?? (model.phase.value === 'stopped' ? 'none' : 'looking…');
  });
}

function bindExperiment(app: App): void {
  const select = element('preset', HTMLSelectElement);
  select.append(...groups());
  select.addEventListener('change', () => app.choose(select.value));

  const seed = element('seed', HTMLInputElement);
  seed.addEventListener('change', () => {
    if (seed.reportValidity()) app.setSeed(seed.valueAsNumber);
  });
  effect(() => {
    seed.value = String(app.seed.value);
    const { preset, overrides } = app.experiment.value;
    select.value = presets.has(preset) ? preset : '';
    const changed = Object.keys(overrides).filter((path) => path !== 'seed');
    const description = presets.has(preset) ? presets.get(preset).description : '';
    const change = changed
      .map((path) => `${path} = ${short(JSON.stringify(overrides[path]) ?? 'none')}`)
      .join(', ');
    element('description').textContent = change ? `${description} Changed here: ${change}.` : description;
  });
}

/** Whole networks do not fit into a line. */
const short = (value: string) => (value.length > 48 ? `${value.slice(0, 47)}…` : value);

/** The presets by what they learn. */
function groups(): HTMLElement[] {
  const isOfImages = (name: string) => /^(images|glyphs)$/.test(presets.get(name).config.data.source);
  const group = (label: string, names: readonly string[]) => {
    const made = Object.assign(document.createElement('optgroup'), { label });
    made.append(...names.map((name) => new Option(name, name)));
    return made;
  };
  return [
    group(
      'Points',
      presets.names.filter((name) => !isOfImages(name)),
    ),
    group('Images', presets.names.filter(isOfImages)),
  ];
}
