// Writes a run down as it goes: metrics, pictures, checkpoint, summary.

import { writeCheckpoint } from '../export/checkpoint';
import type { RunConfig } from '../training/config';
import type { Evaluation } from '../training/evaluate';
import type { MetricsRow } from '../training/metrics';
import type { Snapshot } from '../training/recording';
import { renderPicture } from './canvas';
import type { RunFolder } from './run-folder';
import type { Scene } from './scene';
import { caption, count } from './words';

export class Recorder {
  readonly #folder: RunFolder;
  readonly #config: RunConfig;
  readonly #scene: Scene;
  readonly #title: string;
  readonly #now: () => number;
  readonly #start: number;
  #lastStep = 0;
  #lastTime: number;
  #stepsPerSecond = 0;
  #evaluation: Evaluation | undefined;
  // Lines that wait for the evaluation of their step, and those behind them.
  #lines: { step: number; line: object; awaited: boolean }[] = [];
  // Of a run that broke off, something may still come in.
  #closed = false;
  #pictures: Promise<void> = Promise.resolve();

  constructor(
    folder: RunFolder,
    config: RunConfig,
    title: string,
    scene: Scene,
    now: () => number = () => performance.now(),
  ) {
    this.#folder = folder;
    this.#config = config;
    this.#title = title;
    this.#scene = scene;
    this.#now = now;
    this.#start = now();
    this.#lastTime = this.#start;
  }

  get seconds(): number {
    return (this.#now() - this.#start) / 1000;
  }
  /** Between the last two reports. */
  get stepsPerSecond(): number {
    return this.#stepsPerSecond;
  }
  get evaluation(): Evaluation | undefined {
    return this.#evaluation;
  }
  get step(): number {
    return this.#lastStep;
  }

  /** Rows of all iterations since the last report. One line a report, and one an evaluation. */
  report(rows: readonly MetricsRow[]): void {
    const last = rows.at(-1);
    if (!last || this.#closed) return;
    const now = this.#now();
    this.#stepsPerSecond = ((last.step - this.#lastStep) / Math.max(1e-3, now - this.#lastTime)) * 1000;
    this.#lastStep = last.step;
    this.#lastTime = now;
    const { steps, evaluateEvery } = this.#config;
    for (const row of rows) {
      const awaited = row.step % evaluateEvery === 0 || row.step === steps;
      if (row !== last && !awaited) continue;
      const line = { ...row, stepsPerSecond: this.#stepsPerSecond, seconds: this.seconds };
      const scored = row.step === this.#evaluation?.step;
      this.#lines.push({
        step: row.step,
        line: scored ? { ...line, ...scoresOf(this.#evaluation!) } : line,
        awaited: awaited && !scored,
      });
    }
    this.#flush(false);
  }

  /** An evaluation with what belongs to its step: completes the step's line, draws a picture, replaces the checkpoint. */
  evaluated(evaluation: Evaluation, snapshot: Snapshot): void {
    if (this.#closed) return;
    this.#evaluation = evaluation;
    const entry = this.#lines.find(({ step }) => step === evaluation.step);
    if (entry) {
      entry.line = { ...entry.line, ...scoresOf(evaluation) };
      entry.awaited = false;
    }
    this.#flush(false);
    this.#folder.checkpoint(writeCheckpoint(this.#config, snapshot.state));
    const drawn = renderPicture({
      ...this.#scene,
      title: `${this.#title}, step ${count(evaluation.step)}`,
      caption: caption(evaluation),
      generated: snapshot.generated,
      field: snapshot.field,
    });
    drawn.catch(() => {});
    this.#pictures = this.#pictures.then(async () => this.#folder.sample(evaluation.step, await drawn));
    // `close` tells.
    this.#pictures.catch(() => {});
  }

  /** Everything is on disk when this resolves. `end` says how the run ended. */
  async close(end: object): Promise<object> {
    this.#closed = true;
    this.#flush(true);
    await this.#pictures;
    const { step: evaluatedAt, ...evaluation } = this.#evaluation ?? {};
    const summary = {
      ...end,
      step: this.#lastStep,
      seconds: this.seconds,
      ...(evaluatedAt !== undefined && { evaluation: { step: evaluatedAt, ...evaluation } }),
    };
    this.#folder.summary(summary);
    this.#folder.close();
    return summary;
  }

  #flush(all: boolean): void {
    while (this.#lines.length > 0 && (all || !this.#lines[0]!.awaited))
      this.#folder.metrics(this.#lines.shift()!.line);
  }
}

/** What an evaluation adds to its step's line; the line's own V and scores are the batch's. */
function scoresOf({ step: _, value: __, realScore: ___, fakeScore: ____, ...scores }: Evaluation): object {
  return scores;
}
