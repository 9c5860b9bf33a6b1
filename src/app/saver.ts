// Saves runs to the browser's storage by themselves: now and then while they train, and where they stop. Lives in the worker.

import { writeCheckpoint } from '../export/checkpoint';
import type { RunConfig } from '../training/config';
import type { Trainer } from '../training/trainer';
import type { StoredRun } from './protocol';
import { RunStore } from './storage';

/** A run that is trained on is saved this often. */
const INTERVAL = 30_000;
/** Where someone goes on step by step, this long after the last one. */
const DELAY = 1000;

/** A run that can be saved. */
export interface Saveable {
  readonly trainer: Trainer;
  readonly config: RunConfig;
  /** What it is saved under. */
  readonly name: string;
}

export class Saver {
  readonly #run: Saveable;
  readonly #store: () => Promise<RunStore>;
  readonly #said: (step: number, problem?: string) => void;
  #savedStep: number;
  #lastTime = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #broken = false;

  /** @param said gets each step that was saved, or why it was not; after that nothing more is tried. */
  constructor(run: Saveable, store: () => Promise<RunStore>, said: (step: number, problem?: string) => void) {
    this.#run = run;
    this.#store = store;
    this.#said = said;
    this.#savedStep = run.trainer.step;
  }

  /** While training: saves if the last time is long ago. Waits for nothing. */
  trained(): void {
    if (performance.now() - this.#lastTime >= INTERVAL) void this.save();
  }

  /** After a single step: saves soon, once for several of them. */
  stepped(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.save(), DELAY);
  }

  /** Saves what was submitted so far, unless that is saved already; resolves when it is there. */
  save(): Promise<void> {
    clearTimeout(this.#timer);
    this.#lastTime = performance.now();
    this.#saving = this.#saving.then(() => this.#save());
    return this.#saving;
  }

  /** Saves no more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#broken = true;
  }

  async #save(): Promise<void> {
    const { trainer, config, name } = this.#run;
    if (this.#broken || trainer.step === this.#savedStep) return;
    try {
      const store = await this.#store();
      const state = await trainer.readState();
      await store.save(name, writeCheckpoint(config, state));
      this.#savedStep = state.updates.generator;
      this.#said(this.#savedStep);
    } catch (error) {
      // Without a device there is nothing to save, which is said elsewhere.
      if (this.#broken) return;
      this.#broken = true;
      this.#said(trainer.step, error instanceof Error ? error.message : String(error));
    }
  }
}

/** The browser's storage, opened when it is first needed. */
export function lazyStore(): () => Promise<RunStore> {
  let store: Promise<RunStore> | undefined;
  return () => {
    store ??= RunStore.open();
    return store;
  };
}

/** What is saved, as the page is told. */
export async function storedRuns(store: RunStore): Promise<StoredRun[]> {
  return (await store.list()).map(({ name, step, saved }) => ({ name, step, time: saved.getTime() }));
}
