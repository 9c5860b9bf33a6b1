// What can be done on the page: every control, key and script goes through here.

import { computed, effect, signal } from '@preact/signals-core';
import type { ImageSet } from '../data/image-set';
import { DEFAULT_PRESET, presets } from '../presets';
import { configOf, type Experiment, readAddress, writeAddress } from './address';
import { DataDesk } from './data/desk';
import { type DataFiles, presetFor, wantedBy } from './data/files';
import { fillInPointList, type PointList, pointsExperiment } from './data/points';
import type { Draft } from './editor/draft';
import { Engine } from './engine';
import { Model } from './model';
import type { Beginning, ImageShape, Report, Update, View } from './protocol';
import { missingApi } from './support';

export class App {
  readonly model = new Model();
  readonly desk = new DataDesk();
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

  /** What is edited, once the editor is there. */
  readonly draft = signal<Draft | undefined>(undefined);
  /** Whether nothing would be lost by beginning anew. */
  readonly isUntouched = computed(() => {
    const { step, ahead, phase } = this.model;
    return step.value === 0 && ahead.value === 0 && phase.value !== 'training';
  });
  /** What has to be mended before there is a first step: nobody wants to train what is not shown. */
  readonly blocked = computed(() =>
    this.isUntouched.value ? this.draft.value?.mistakes.value[0]?.sentence : undefined,
  );
  readonly canRun = computed(() => this.model.canRun.value && this.blocked.value === undefined);

  /** Points of a file that was opened here. */
  #points: PointList | undefined;
  /** How the present run began: what to do again once there are images. */
  #beginning: Beginning | undefined;
  /** What the present run is saved under where that is free. */
  #name: string | undefined;
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
      this.#hear(report);
      this.model.take(report);
      for (const listener of this.#listeners) listener(report);
    });
    this.#begin();
  }

  /** Back to step 0, with what was edited: the same seed trains the same numbers again. */
  reset(): void {
    if (this.canReset.value && !this.applyEdits()) this.#begin();
  }

  /** Begins with what was edited, where something was and nothing is wrong with it; returns whether it did. */
  applyEdits(): boolean {
    const draft = this.draft.value;
    if (!draft?.isEdited.value || !draft.experiment.value) return false;
    this.adopt(draft.experiment.value);
    return true;
  }

  /** Once a field was edited: begins with it at once, or waits to be told where there is something to lose. */
  edited(): void {
    if (this.isUntouched.value) this.applyEdits();
  }

  /** A configuration with the points of the file that it names. */
  complete(config: object): object {
    return fillInPointList(config, this.#points);
  }

  #begin(): void {
    try {
      const { preset, overrides } = this.experiment.value;
      const config = configOf(presets.get(preset).config, overrides);
      this.#configure({ kind: 'configuration', config: this.complete(config) }, preset);
    } catch (error) {
      const { message } = error as Error;
      this.#engine?.send({ type: 'pause' });
      this.model.begin();
      this.model.take({ type: 'problem', problem: { kind: 'configuration', message } });
    }
  }

  /** A trainer for any configuration, which is not saved; returns the number of its run. */
  configure(config: object, images?: ImageSet): number {
    if (images) this.desk.take(images);
    return this.#configure({ kind: 'configuration', config });
  }

  /** A trainer that goes on from a checkpoint, which is not saved; returns the number of its run. */
  resume(bytes: Uint8Array, file: string, images?: ImageSet): number {
    if (images) this.desk.take(images);
    return this.#configure({ kind: 'file', name: file, bytes, otherImages: true });
  }

  #configure(beginning: Beginning, name?: string): number {
    if (!this.#engine) throw new Error('There is no GPU to train on.');
    this.#beginning = beginning;
    this.#name = name;
    const run = this.model.begin();
    if (this.desk.images) this.#engine.sendImages(this.desk.images);
    this.#engine.send({ type: 'configure', run, beginning, ...(name !== undefined && { name }) });
    return run;
  }

  /** Goes on with a run of the browser's storage. */
  continueSaved(name: string): void {
    if (this.canReset.value) this.#configure({ kind: 'saved', name }, name);
  }

  /** Takes a saved run out of the browser's storage. */
  forget(name: string): void {
    this.#engine?.send({ type: 'forget', name });
  }

  /** Goes on with a checkpoint's file. */
  async importCheckpoint(file: File): Promise<void> {
    if (!this.canReset.value) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    this.#configure({ kind: 'file', name: file.name, bytes }, this.experiment.value.preset);
  }

  /** Reads images, and trains on them: the chosen preset if it is one for images, else one that suits them. */
  async train(files: DataFiles, skipBad = false): Promise<void> {
    const present = this.experiment.value;
    const preset = wantedBy(this.#config(present)) ? present.preset : presetFor(files);
    const wanted =
      preset === present.preset
        ? wantedBy(this.#config(present))
        : wantedBy(this.#config({ preset, overrides: {} }));
    if (!wanted || !(await this.desk.read(files, wanted, skipBad))) return;
    if (this.model.phase.peek() === 'waiting' && this.#beginning) this.#again(true);
    else if (preset === this.experiment.value.preset) this.reset();
    else this.choose(preset);
  }

  /** Reads a list of points, and trains on them. */
  async trainOnPoints(file: File): Promise<void> {
    const points = await this.desk.readPoints(file);
    if (!points) return;
    this.#points = points;
    this.adopt(pointsExperiment(points));
  }

  /** The same beginning once more, now that the images are there; those that somebody chose also where they are others than before. */
  #again(chosen: boolean): void {
    if (!this.#beginning || !this.canReset.value) return;
    const { kind } = this.#beginning;
    const beginning =
      kind === 'configuration' ? this.#beginning : { ...this.#beginning, otherImages: chosen };
    this.#configure(beginning, this.#name);
  }

  /** What the worker says about the experiment itself. */
  #hear(report: Report): void {
    if (!('run' in report) || report.run !== this.model.run) return;
    if (report.type === 'configured' && report.experiment) this.#show(report.experiment);
    if (report.type !== 'wanting') return;
    if (report.experiment) this.#show(report.experiment);
    // Where the images at hand are others, it is for the user to say.
    if (!report.other) void this.#provide(report.run, report.image);
  }

  /** Images of another shape out of the same files, or those that were kept. */
  async #provide(run: number, wanted: ImageShape): Promise<void> {
    const found = await this.desk.provide(wanted);
    if (found && run === this.model.run) this.#again(false);
  }

  /** What Start again, Reset and their like do about a problem. */
  recover(): void {
    const kind = this.model.problem.value?.kind;
    const { preset } = this.experiment.value;
    if (kind === 'file') this.#begin();
    else if (kind === 'configuration')
      this.adopt({ preset: presets.has(preset) ? preset : DEFAULT_PRESET, overrides: {} });
    else if (kind === 'fault') this.#backFromFault();
    else this.open();
  }

  /** To where the run was saved last, and on at half the learning rates, once; else to its beginning. */
  #backFromFault(): void {
    const place = this.model.saved.value?.place;
    if (place && !this.isSlower)
      this.#configure({ kind: 'saved', name: place.name, slower: true }, place.name);
    else this.reset();
  }

  /** Whether the present run goes on from a fault already. */
  get isSlower(): boolean {
    return this.#beginning?.kind === 'saved' && this.#beginning.slower === true;
  }

  toggle(): void {
    if (!this.canRun.value) return;
    if (this.model.phase.value === 'training') this.#engine?.send({ type: 'pause' });
    else this.#engine?.send({ type: 'play' });
  }

  step(update: Update): void {
    if (this.canRun.value) this.#engine?.send({ type: 'step', update });
  }

  /** A preset as it is; the seed stays where one was chosen. */
  choose(preset: string): void {
    const { seed } = this.experiment.value.overrides;
    this.adopt({ preset, overrides: seed === undefined ? {} : { seed } });
  }

  setSeed(seed: number): void {
    const draft = this.draft.value;
    if (draft) {
      draft.set(['seed'], seed);
      this.applyEdits();
      return;
    }
    const { seed: _, ...others } = this.experiment.value.overrides;
    const isDefault = seed === (this.#presetConfig().seed ?? 1);
    this.adopt({
      preset: this.experiment.value.preset,
      overrides: isDefault ? others : { seed, ...others },
    });
  }

  /** Takes the experiment from the page's address. */
  readAddress(): void {
    this.experiment.value = readAddress(location.hash, DEFAULT_PRESET);
  }

  #show(experiment: Experiment): void {
    this.experiment.value = experiment;
    history.replaceState(
      null,
      '',
      writeAddress(experiment, DEFAULT_PRESET) || location.pathname + location.search,
    );
  }

  /** Begins with another experiment. */
  adopt(experiment: Experiment): void {
    this.#show(experiment);
    if (this.canReset.value) this.#begin();
    else this.open();
  }

  /** Not checked; empty where there is no such preset. */
  #config({ preset, overrides }: Experiment): object {
    return presets.has(preset) ? configOf(presets.get(preset).config, overrides) : {};
  }

  #presetConfig(): { readonly seed?: number } {
    const { preset } = this.experiment.value;
    return presets.has(preset) ? (presets.get(preset).config as { seed?: number }) : {};
  }
}
