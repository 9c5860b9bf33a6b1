// Writes a run down as it goes: metrics, pictures, checkpoint, summary.

import { writeCheckpoint } from '../export/checkpoint';
import { animate, encodePng } from '../export/png';
import { imageGrid, toRasters } from '../export/raster';
import type { RunConfig } from '../training/config';
import type { MetricsRow } from '../training/metrics';
import type { Snapshot, StepSamples } from '../training/recording';
import type { TrainerState } from '../training/tensor';
import { type Change, type Episode, Watch } from '../training/watch';
import type { Artist, Subject } from './artist';
import type { RunFolder } from './run-folder';
import { caption, count, type ScoredEvaluation } from './words';

/** Pictures in an animation. */
const MOST_FRAMES = 100;

/** How far a run is: iterations, and seconds of training. */
export interface Progress {
  readonly step: number;
  readonly seconds: number;
  /** Its lines of metrics so far; none where absent. */
  readonly lines?: readonly object[];
}

interface Line {
  readonly step: number;
  line: object;
  awaited: boolean;
}

export class Recorder {
  readonly #folder: RunFolder;
  readonly #config: RunConfig;
  readonly #artist: Artist;
  readonly #real: Float32Array | undefined;
  readonly #title: string;
  readonly #now: () => number;
  readonly #watch: Watch;
  readonly #tell: (change: Change) => void;
  readonly #start: number;
  #lastStep: number;
  #lastTime: number;
  #stepsPerSecond = 0;
  #evaluation: ScoredEvaluation | undefined;
  // Lines that wait for the evaluation of their step, and those behind them.
  #lines: Line[] = [];
  #written: Line | undefined;
  // Of a run that broke off, something may still come in.
  #closed = false;
  #pictures: Promise<void> = Promise.resolve();
  #drewReal = false;

  constructor(
    folder: RunFolder,
    config: RunConfig,
    title: string,
    artist: Artist,
    real?: Float32Array,
    from: Progress = { step: 0, seconds: 0 },
    now: () => number = () => performance.now(),
    /** Gets what is newly seen of the run, and what is no longer. */
    tell: (change: Change) => void = () => {},
  ) {
    this.#folder = folder;
    this.#config = config;
    this.#title = title;
    this.#artist = artist;
    this.#real = real;
    this.#now = now;
    this.#tell = tell;
    this.#watch = new Watch(config);
    for (const line of from.lines ?? []) this.#watch.read(line);
    this.#lastTime = now();
    this.#start = this.#lastTime - 1000 * from.seconds;
    this.#lastStep = from.step;
  }

  /** Of training in all, of a resumed run up to its checkpoint too. */
  get seconds(): number {
    return (this.#now() - this.#start) / 1000;
  }
  /** Between the last two reports. */
  get stepsPerSecond(): number {
    return this.#stepsPerSecond;
  }
  get evaluation(): ScoredEvaluation | undefined {
    return this.#evaluation;
  }
  get step(): number {
    return this.#lastStep;
  }
  /** What was seen of the run, from its beginning on. */
  get episodes(): readonly Episode[] {
    return this.#watch.episodes;
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

  /** An evaluation with what belongs to its step: completes the step's line, draws a picture. */
  evaluated(evaluation: ScoredEvaluation, snapshot: Pick<Snapshot, 'generated' | 'field'>): void {
    if (this.#closed) return;
    this.#evaluation = evaluation;
    const entry = this.#lines.find(({ step }) => step === evaluation.step);
    if (entry) {
      entry.line = { ...entry.line, ...scoresOf(evaluation) };
      entry.awaited = false;
    } else if (this.#written?.step === evaluation.step) {
      // Nobody knew that it would stop here.
      const line = { ...this.#written.line, ...scoresOf(evaluation) };
      this.#folder.amendMetrics(this.#seen(line, this.#watch.judge(evaluation)));
    }
    this.#flush(false);
    this.#draw(sampleName(evaluation.step), {
      title: `${this.#title}, step ${count(evaluation.step)}`,
      caption: caption(evaluation),
      ...(this.#real && { real: this.#real }),
      generated: snapshot.generated,
      field: snapshot.field,
    });
  }

  /** Samples of a step between evaluations; of images, whose real ones get a picture of their own beside the first. */
  sampled({ step, generated }: StepSamples): void {
    if (this.#closed) return;
    const title = `${this.#title}, step ${count(step)}`;
    if (this.#real && !this.#drewReal) this.#draw('real', { title, caption: '', generated: this.#real });
    this.#drewReal = true;
    this.#draw(sampleName(step), { title, caption: '', generated });
  }

  /**
   * Replaces the checkpoint, when everything of its step and those before is written: what a resumed run finds after it is
   * made again, and nothing is missing before it.
   */
  async checkpoint(state: TrainerState): Promise<void> {
    await this.#pictures;
    if (!this.#closed) this.#folder.checkpoint(writeCheckpoint(this.#config, state));
  }

  /** Ways between samples of the trained generator, of images. */
  interpolated(generated: Float32Array, columns: number): void {
    const shape = this.#artist.imageShape;
    if (!shape) return;
    this.#folder.interpolation(encodePng(imageGrid(toRasters(generated, shape), { columns })));
  }

  #draw(name: string, subject: Subject): void {
    const drawn = this.#artist.draw(subject);
    drawn.catch(() => {});
    this.#pictures = this.#pictures.then(async () => this.#folder.sample(name, await drawn));
    // `close` tells.
    this.#pictures.catch(() => {});
  }

  /** Everything is on disk when this resolves. `end` says how the run ended. */
  async close(end: object): Promise<object> {
    this.#closed = true;
    this.#flush(true);
    await this.#pictures;
    if (this.#artist.imageShape) this.#animate();
    const { step: evaluatedAt, ...evaluation } = this.#evaluation ?? {};
    const summary = {
      ...end,
      step: this.#lastStep,
      seconds: this.seconds,
      ...(evaluatedAt !== undefined && { evaluation: { step: evaluatedAt, ...evaluation } }),
      observations: this.episodes,
    };
    this.#folder.summary(summary);
    this.#folder.close();
    return summary;
  }

  /** All samples of the folder, those from before a resumption too, one after the other; of very many, evenly chosen ones. */
  #animate(): void {
    const names = this.#folder.samples().filter((name) => /^\d+$/.test(name));
    if (names.length === 0) return;
    const shown = Math.min(names.length, MOST_FRAMES);
    const chosen = Array.from({ length: shown }, (_, i) =>
      shown > 1 ? names[Math.round((i * (names.length - 1)) / (shown - 1))]! : names[0]!,
    );
    const pictures = chosen.map((name) => this.#folder.readSample(name));
    this.#folder.animation(animate(pictures, { milliseconds: 150, lastMilliseconds: 2000 }));
  }

  #flush(all: boolean): void {
    while (this.#lines.length > 0 && (all || !this.#lines[0]!.awaited)) {
      this.#written = this.#lines.shift()!;
      const { line } = this.#written;
      this.#folder.metrics(this.#seen(line, this.#watch.read(line)));
    }
  }

  /** A line with what is seen of the run by then. */
  #seen(line: object, change: Change): object {
    if (change.begun.length + change.ended.length > 0) this.#tell(change);
    return { ...line, observations: this.#watch.observations.map(({ code }) => code) };
  }
}

/** In the order of steps by name too. */
const sampleName = (step: number): string => String(step).padStart(6, '0');

/** What an evaluation adds to its step's line; the line's own V and scores are the batch's. */
function scoresOf({
  step: _,
  value: __,
  realScore: ___,
  fakeScore: ____,
  ...scores
}: ScoredEvaluation): object {
  return scores;
}
