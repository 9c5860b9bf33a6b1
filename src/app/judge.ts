// Scores a run's images at its evaluations, in a worker of its own: one at a time, and none where the last is not done.

import type { ImageScores } from '../scores/image-scores';
import type { Trainer } from '../training/trainer';
import type { ImageShape } from './protocol';
import type { ScoringAnswer, ScoringTask } from './scoring';

/** Pictures of each kind: enough to see the scores move, and done in about a second. */
const PICTURES = 512;
/** Of the noise and the draws, the same each time: what changes is G. */
const SEED = 2;

export class Judge {
  readonly #trainer: Trainer;
  readonly #shape: ImageShape;
  readonly #said: (step: number, scores: ImageScores) => void;
  #worker: Worker | undefined;
  #busy = false;
  /** Drawn once. */
  #real: Promise<Float32Array> | undefined;

  constructor(trainer: Trainer, shape: ImageShape, said: (step: number, scores: ImageScores) => void) {
    this.#trainer = trainer;
    this.#shape = shape;
    this.#said = said;
  }

  /** Scores what G makes at the step that the trainer is at now; waits for nothing. */
  score(): void {
    if (this.#busy) return;
    this.#busy = true;
    const { step } = this.#trainer;
    this.#ask()
      .then((answer) => {
        this.#busy = false;
        if ('error' in answer) throw new Error(answer.error);
        this.#said(step, answer.scores);
      })
      // A run without scores is still a run; what is lost with the device is said elsewhere.
      .catch((error: unknown) => {
        this.#busy = false;
        console.info('No scores of images:', error);
      });
  }

  stop(): void {
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #ask(): Promise<ScoringAnswer> {
    this.#real ??= this.#trainer.real(2 * PICTURES, SEED);
    const [generated, real] = await Promise.all([this.#trainer.sample(PICTURES, SEED), this.#real]);
    const half = real.length / 2;
    const pictures = (pixels: Float32Array) => ({ ...this.#shape, pixels });
    const task: ScoringTask = {
      generated: pictures(generated),
      real: pictures(real.slice(0, half)),
      otherReal: pictures(real.slice(half)),
    };
    this.#worker ??= new Worker(new URL('./scoring-worker.ts', import.meta.url), {
      type: 'module',
      name: 'scoring',
    });
    const worker = this.#worker;
    return new Promise((resolve, reject) => {
      worker.onmessage = ({ data }: MessageEvent<ScoringAnswer>) => resolve(data);
      worker.onerror = (event) => reject(new Error(event.message));
      worker.postMessage(task);
    });
  }
}
