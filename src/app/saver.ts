// Saves runs to the browser's storage by themselves: now and then while they train, and where they stop. Lives in the worker.

import { writeCheckpoint } from '../export/checkpoint';
import type { RunConfig } from '../training/config';
import type { Trainer } from '../training/trainer';
import type { SavingReport, StoredRun } from './protocol';
import { RunStore, type SavedAs, withoutNumber } from './storage';

/** A run that is trained on is saved this often. */
const INTERVAL = 30_000;
/** Where someone goes on step by step, this long after the last one. */
const DELAY = 1000;

/** A run that can be saved. */
export interface Saveable {
  readonly trainer: Trainer;
  readonly config: RunConfig;
  /** What it is saved under where that is free. */
  readonly name: string;
}

export class Saver {
  readonly #run: Saveable;
  readonly #store: () => Promise<RunStore>;
  readonly #said: (report: SavingReport) => void;
  #place: SavedAs | undefined;
  /** What is not worth saving again. */
  #savedStep: number;
  #lastTime = performance.now();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #saving: Promise<void> = Promise.resolve();
  #stopped = false;

  /**
   * @param said hears of each attempt; after one that failed the next is made as usual.
   * @param place where the run goes on from, if that is in the storage.
   */
  constructor(
    run: Saveable,
    store: () => Promise<RunStore>,
    said: (report: SavingReport) => void,
    place?: SavedAs,
  ) {
    this.#run = run;
    this.#place = place;
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
    this.#stopped = true;
  }

  async #save(): Promise<void> {
    const { trainer, config, name } = this.#run;
    if (this.#stopped || trainer.step === this.#savedStep) return;
    try {
      const store = await this.#store();
      const state = await trainer.readState();
      this.#place = await store.save(name, writeCheckpoint(config, state));
      this.#savedStep = state.updates.generator;
      this.#said({ place: this.#place });
    } catch (error) {
      // Without a device there is nothing to save, which is said elsewhere.
      if (this.#stopped) return;
      const problem = error instanceof Error ? error.message : String(error);
      this.#said({ ...(this.#place && { place: this.#place }), problem });
    }
  }
}

/** The browser's storage, opened when it is first needed, and tried again where that failed. */
export function lazyStore(): () => Promise<RunStore> {
  let store: Promise<RunStore> | undefined;
  return () => {
    store ??= RunStore.open().catch((error) => {
      store = undefined;
      throw error;
    });
    return store;
  };
}

/** What is saved, as the page is told. */
export async function storedRuns(store: RunStore): Promise<StoredRun[]> {
  return (await store.list()).map(({ name, saved, bytes, header, problem }) => ({
    name,
    time: saved.getTime(),
    bytes,
    preset: withoutNumber(name),
    ...(header && { step: header.step }),
    ...(problem !== undefined && { problem }),
  }));
}
