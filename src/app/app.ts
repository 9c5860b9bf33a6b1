// What can be done on the page: every control, key and script goes through here.

import { computed, effect, signal } from '@preact/signals-core';
import { DEFAULT_PRESET, presets } from '../presets';
import { configOf, type Experiment, readAddress, writeAddress } from './address';
import { Engine } from './engine';
import { Model } from './model';
import type { Report, Update, View } from './protocol';
import { missingApi } from './support';

export class App {
  readonly model = new Model();
  readonly experiment = signal<Experiment>({ preset: DEFAULT_PRESET, overrides: {} });
  /** How the picture is to be drawn; the stage keeps it up to date. */
  readonly view: { value: View };
  readonly seed = computed(() =>
    Number(this.experiment.value.overrides.seed ?? this.#presetConfig().seed ?? 1),
  );

  /** Also while preparing or after a fault; not without a device. */
  readonly canReset = computed(() => {
    const { phase, problem } = this.model;
    return (
      phase.value !== 'opening' &&
      !['unsupported', 'lost', 'gpu', 'internal'].includes(problem.value?.kind ?? '')
    );
  });

  readonly #makeCanvas: () => HTMLCanvasElement;
  readonly #listeners = new Set<(report: Report) => void>();
  #engine: Engine | undefined;

  /** @param makeCanvas puts a new canvas on the stage; a canvas belongs to one worker for ever. */
  constructor(view: { value: View }, makeCanvas: () => HTMLCanvasElement) {
    this.view = view;
    this.#makeCanvas = makeCanvas;
    effect(() => {
      const look = this.view.value;
      this.#engine?.send({ type: 'view', view: look });
    });
  }

  get engine(): Engine | undefined {
    return this.#engine;
  }

  /** Calls back with every report of the worker; returns how to stop. */
  onReport(listener: (report: Report) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A worker with a new device and the experiment's trainer in it, in place of any earlier one. */
  open(): void {
    this.#engine?.destroy();
    this.#engine = undefined;
    this.model.phase.value = 'opening';
    const reason = missingApi(globalThis);
    if (reason) {
      this.model.take({ type: 'problem', problem: { kind: 'unsupported', reason, message: '' } });
      return;
    }
    this.#engine = new Engine(this.#makeCanvas(), this.view.value, (report) => {
      this.model.take(report);
      for (const listener of this.#listeners) listener(report);
    });
    this.#begin();
  }

  /** Back to step 0: the same seed trains the same numbers again. */
  reset(): void {
    if (this.canReset.value) this.#begin();
  }

  #begin(): void {
    try {
      const { preset, overrides } = this.experiment.value;
      this.configure(configOf(presets.get(preset).config, overrides));
    } catch (error) {
      const { message } = error as Error;
      this.#engine?.send({ type: 'pause' });
      this.model.begin();
      this.model.take({ type: 'problem', problem: { kind: 'configuration', message } });
    }
  }

  /** A trainer for any configuration; returns the number of its run. */
  configure(config: object): number {
    if (!this.#engine) throw new Error('There is no GPU to train on.');
    const run = this.model.begin();
    this.#engine.send({ type: 'configure', run, config });
    return run;
  }

  /** What Start again, Reset and their like do about a problem. */
  recover(): void {
    const kind = this.model.problem.value?.kind;
    const { preset } = this.experiment.value;
    if (kind === 'configuration')
      this.#experiment({ preset: presets.has(preset) ? preset : DEFAULT_PRESET, overrides: {} });
    else if (kind === 'fault') this.reset();
    else this.open();
  }

  toggle(): void {
    if (!this.model.canRun.value) return;
    if (this.model.phase.value === 'training') this.#engine?.send({ type: 'pause' });
    else this.#engine?.send({ type: 'play' });
  }

  step(update: Update): void {
    if (this.model.canRun.value) this.#engine?.send({ type: 'step', update });
  }

  /** A preset as it is; the seed stays where one was chosen. */
  choose(preset: string): void {
    const { seed } = this.experiment.value.overrides;
    this.#experiment({ preset, overrides: seed === undefined ? {} : { seed } });
  }

  setSeed(seed: number): void {
    const { seed: _, ...others } = this.experiment.value.overrides;
    const isDefault = seed === (this.#presetConfig().seed ?? 1);
    this.#experiment({
      preset: this.experiment.value.preset,
      overrides: isDefault ? others : { seed, ...others },
    });
  }

  /** Takes the experiment from the page's address. */
  readAddress(): void {
    this.experiment.value = readAddress(location.hash, DEFAULT_PRESET);
  }

  #experiment(experiment: Experiment): void {
    this.experiment.value = experiment;
    history.replaceState(
      null,
      '',
      writeAddress(experiment, DEFAULT_PRESET) || location.pathname + location.search,
    );
    if (this.canReset.value) this.#begin();
    else this.open();
  }

  #presetConfig(): { readonly seed?: number } {
    const { preset } = this.experiment.value;
    return presets.has(preset) ? (presets.get(preset).config as { seed?: number }) : {};
  }
}
