// The training loop: submits iterations ahead of the GPU, a few at a time, and reports on the way. It never waits for a readback.

import type { Evaluation } from './evaluate';
import { TrainingFault } from './fault';
import type { MetricsRow } from './metrics';
import type { TrainerState } from './tensor';
import type { Trainer } from './trainer';

export interface LoopOptions {
  /** Iterations after which it is done; Infinity goes on until stopped. */
  readonly until: number;
  /** Iterations between two calls of `onReport`. */
  readonly reportEvery: number;
  /** Reports also when this much time has passed since the last one: for someone who watches. */
  readonly reportMilliseconds?: number;
  /** Iterations between two calls of `onEvaluation`; Infinity never evaluates. The last iteration is always evaluated too. */
  readonly evaluateEvery: number;
  /** Rows of all iterations since the last report, oldest first. */
  readonly onReport?: (rows: readonly MetricsRow[]) => void;
  /** Called at every report on a multiple of `reportEvery` and at the last iteration, as `atEvaluation` is. */
  readonly atReport?: (step: number) => void;
  /**
   * Called at every evaluation when everything up to `step` is submitted and nothing behind it: what is asked of the
   * trainer here (`sample`, `readState`) is answered for exactly that step.
   */
  readonly atEvaluation?: (step: number) => void;
  readonly onEvaluation?: (evaluation: Evaluation) => void;
  /** Iterations between two calls of `onCheckpoint`; none where absent. The last iteration has one too. */
  readonly checkpointEvery?: number;
  /**
   * The state of exactly that step, behind its report and its evaluation. While two of the promises that it gives are
   * open, no more is submitted: checkpoints are not made faster than they can be written.
   */
  readonly onCheckpoint?: (state: TrainerState) => Promise<void>;
  /** Everything was trained and reported. */
  readonly onDone?: () => void;
  /** A TrainingFault, a lost device, or what a callback threw. The loop has stopped. */
  readonly onError?: (error: unknown) => void;
}

/** A submit is sized to about this much GPU time: long enough to hide its cost, short enough to stay responsive. */
const SUBMIT_MILLISECONDS = 40;
const SUBMITS_IN_FLIGHT = 2;
const CHECKPOINTS_IN_FLIGHT = 2;
/** Well below the 4,096 rows of the metrics history, so that no row is overwritten unread. */
const MOST_UNREAD = 1024;

export class TrainingLoop {
  readonly #trainer: Trainer;
  readonly #options: LoopOptions;
  #running = false;
  #stopped = false;
  #inFlight = 0;
  #checkpoints = 0;
  #iterationsPerSubmit = 1;
  #lastFinish = 0;
  #lastReport = 0;
  #unread: MetricsRow[] = [];
  #lastReported: number;
  // Reports and evaluations are answered in order.
  #answers: Promise<void> = Promise.resolve();
  #idle: (() => void)[] = [];

  constructor(trainer: Trainer, options: LoopOptions) {
    this.#trainer = trainer;
    this.#options = options;
    this.#lastReported = trainer.step;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Starts, or goes on after `pause`. */
  start(): void {
    if (this.#running || this.#stopped) return;
    this.#running = true;
    this.#lastFinish = performance.now();
    this.#pump();
  }

  /** Submits no more; resolves when what was submitted is done and reported. */
  pause(): Promise<void> {
    this.#running = false;
    return this.#settled();
  }

  /** Pauses for good. */
  stop(): Promise<void> {
    this.#stopped = true;
    return this.pause();
  }

  #pump(): void {
    const { end } = this.#trainer.device.quiet;
    if (end) {
      void end.then(() => {
        // The wait is no time that iterations took.
        if (this.#inFlight === 0) this.#lastFinish = performance.now();
        this.#pump();
      });
      this.#restIfIdle();
      return;
    }
    while (
      this.#running &&
      this.#inFlight < SUBMITS_IN_FLIGHT &&
      this.#checkpoints < CHECKPOINTS_IN_FLIGHT &&
      this.#trainer.step < this.#options.until
    )
      this.#submit();
    if (this.#inFlight === 0 && this.#running && this.#trainer.step >= this.#options.until) this.#finish();
    this.#restIfIdle();
  }

  #restIfIdle(): void {
    if (this.#inFlight === 0) for (const resolve of this.#idle.splice(0)) resolve();
  }

  #submit(): void {
    const { reportEvery, evaluateEvery, checkpointEvery = Infinity, until } = this.#options;
    const trainer = this.#trainer;
    const readEvery = Math.min(reportEvery, MOST_UNREAD);
    const from = trainer.step;
    const to = Math.min(
      from + this.#iterationsPerSubmit,
      until,
      nextMultiple(from, readEvery),
      nextMultiple(from, evaluateEvery),
      nextMultiple(from, checkpointEvery),
    );
    trainer.advance(to - from);
    this.#inFlight++;
    void trainer.device.gpu.queue.onSubmittedWorkDone().then(() => this.#finished(to - from));
    const isReport = to % reportEvery === 0 || to === until || this.#isOverdue();
    const isCheckpoint = (to % checkpointEvery === 0 || to === until) && checkpointEvery !== Infinity;
    // Read before a checkpoint too: after a fault there is none, for its weights stand still while its clock goes on.
    if (to % readEvery === 0 || isReport || isCheckpoint) this.#read(isReport);
    if (to % reportEvery === 0 || to === until) this.#options.atReport?.(to);
    if ((to % evaluateEvery === 0 || to === until) && evaluateEvery !== Infinity) this.#evaluate();
    if (isCheckpoint) this.#checkpoint();
  }

  #isOverdue(): boolean {
    return performance.now() - this.#lastReport >= (this.#options.reportMilliseconds ?? Infinity);
  }

  #finished(iterations: number): void {
    this.#inFlight--;
    const now = performance.now();
    const each = Math.max(0.01, (now - this.#lastFinish) / iterations);
    this.#lastFinish = now;
    // At most doubled at a time: one quick measurement is no proof.
    const wanted = Math.round(SUBMIT_MILLISECONDS / each);
    this.#iterationsPerSubmit = Math.max(1, Math.min(wanted, 2 * this.#iterationsPerSubmit, MOST_UNREAD));
    this.#pump();
  }

  #read(report: boolean): void {
    if (report) this.#lastReport = performance.now();
    if (report) this.#lastReported = this.#trainer.step;
    const rows = this.#trainer.readMetrics();
    this.#answer(rows, (answer) => {
      this.#unread.push(...answer);
      if (report) this.#options.onReport?.(this.#unread.splice(0));
    });
  }

  #evaluate(): void {
    const evaluation = this.#trainer.evaluate();
    this.#options.atEvaluation?.(this.#trainer.step);
    this.#answer(evaluation, (evaluation) => this.#options.onEvaluation?.(evaluation));
  }

  #checkpoint(): void {
    const { onCheckpoint } = this.#options;
    this.#checkpoints++;
    this.#answer(this.#trainer.readState(), (state) => {
      const done = () => {
        this.#checkpoints--;
        this.#pump();
      };
      onCheckpoint?.(state).then(done, (error) => this.#fail(error));
    });
  }

  #answer<T>(question: Promise<T>, use: (answer: T) => void): void {
    // Handled from the start: a rejection may come before its turn in the order.
    question.catch(() => {});
    this.#answers = this.#answers.then(async () => {
      if (this.#failed) return;
      try {
        use(await question);
      } catch (error) {
        this.#fail(error);
      }
    });
  }

  #failed = false;
  #fail(error: unknown): void {
    this.#failed = true;
    this.#running = false;
    this.#stopped = true;
    if (error instanceof TrainingFault) this.#reportUpTo(error);
    this.#options.onError?.(error);
  }

  /** What went well before a fault is reported too. */
  #reportUpTo({ rows }: TrainingFault): void {
    this.#unread.push(...rows);
    try {
      if (this.#unread.length > 0) this.#options.onReport?.(this.#unread.splice(0));
    } catch {
      // The fault says more than what could not be written down because of it.
    }
  }

  #finish(): void {
    this.#running = false;
    this.#stopped = true;
    void this.#answers.then(() => {
      if (!this.#failed) this.#options.onDone?.();
    });
  }

  /** After a pause: what was trained since the last report is reported too. */
  async #settled(): Promise<void> {
    if (this.#inFlight > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
    if (this.#trainer.step > this.#lastReported && !this.#failed) this.#read(true);
    await this.#answers;
  }
}

/** The least multiple of `step` above `from`; Infinity of Infinity. */
function nextMultiple(from: number, step: number): number {
  return step === Infinity ? Infinity : (Math.floor(from / step) + 1) * step;
}
