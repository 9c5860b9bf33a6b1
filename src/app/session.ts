// One device with one trainer at a time: trains, steps, draws, and says what happens. Lives in the worker.

import type { ImageSet } from '../data/image-set';
import {
  type Checkpoint,
  isOfOtherImages,
  readCheckpoint,
  restoreCheckpoint,
  writeCheckpoint,
} from '../export/checkpoint';
import { drawWays } from '../export/interpolate';
import { type Device, openDevice } from '../gpu/device';
import { UserError } from '../math/errors';
import { parseConfig, type RunConfig } from '../training/config';
import type { Evaluation } from '../training/evaluate';
import { TrainingFault } from '../training/fault';
import { TrainingLoop } from '../training/loop';
import type { MetricsRow } from '../training/metrics';
import { halvedRates, withRates } from '../training/rates';
import { type RecordingRequest, record, type Snapshot, takeSnapshot } from '../training/recording';
import { Trainer } from '../training/trainer';
import { browserChoices } from './choice-store';
import { experimentOf } from './experiment';
import { Judge } from './judge';
import { Picture } from './picture/picture';
import { type Subject, subjectOf } from './picture/subject';
import type {
  Beginning,
  ImageShape,
  Phase,
  PictureKind,
  Problem,
  Question,
  Report,
  SavingReport,
  Update,
  View,
} from './protocol';
import { RateMeter } from './rate';
import { metricsColumns } from './rows';
import { lazyStore, Saver, storedRuns } from './saver';
import { watchShaders } from './shaders';
import type { SavedAs } from './storage';
import { trace } from './trace';

/** Of the time that training gets, pictures may take this share: on a slow adapter they come less often. */
const PICTURE_SHARE = 0.2;
const LONGEST_INTERVAL = 1000;
/** Metrics go to the page this often while training. */
const REPORT_MILLISECONDS = 100;

/** A device's loss is known within this time. */
const LOSS_MILLISECONDS = 200;

type Post = (report: Report, transfer?: Transferable[]) => void;

/** A trainer with everything that goes with it. */
interface Current {
  readonly run: number;
  readonly trainer: Trainer;
  readonly picture: Picture | undefined;
  /** Keeps it in the browser's storage; not there for a run without a name. */
  readonly saver: Saver | undefined;
  /** Scores its images, where it makes some. */
  readonly judge: Judge | undefined;
  /** Iterations after which it is finished. */
  readonly until: number;
  /** What trains it just now. */
  loop: { stop(): Promise<void> } | undefined;
}

export class Session {
  readonly #device: Device;
  readonly #context: GPUCanvasContext;
  readonly #format: GPUTextureFormat;
  readonly #post: Post;
  readonly #rate = new RateMeter();
  readonly #store = lazyStore();
  #view: View;
  #images: ImageSet | undefined;
  #current: Current | undefined;
  #over = false;
  /** Something changed since the last picture. */
  #stale = false;
  #drawing = false;
  #lastPicture = 0;
  /** Milliseconds that a picture takes, as far as is known. */
  #pictureCost = Infinity;

  /** Opens a device for the canvas; says so and gives nothing where that fails. */
  static async open(canvas: OffscreenCanvas, view: View, post: Post): Promise<Session | undefined> {
    const unsupported = (reason: 'noApi' | 'noAdapter', message: string) =>
      post({ type: 'problem', problem: { kind: 'unsupported', reason, message } });
    if (!navigator.gpu) {
      unsupported('noApi', 'not in workers');
      return undefined;
    }
    try {
      const device = await openDevice(navigator.gpu, {
        store: browserChoices(),
        compiler: navigator.userAgent,
      });
      const context = canvas.getContext('webgpu');
      if (!context) {
        unsupported('noApi', 'not on a canvas of a worker');
        return undefined;
      }
      return new Session(device, canvas, context, view, post);
    } catch (error) {
      unsupported('noAdapter', error instanceof UserError ? '' : messageOf(error));
      return undefined;
    }
  }

  private constructor(
    device: Device,
    canvas: OffscreenCanvas,
    context: GPUCanvasContext,
    view: View,
    post: Post,
  ) {
    this.#device = device;
    this.#context = context;
    this.#format = navigator.gpu.getPreferredCanvasFormat();
    this.#post = post;
    this.#view = view;
    context.configure({ device: device.gpu, format: this.#format, alphaMode: 'opaque' });
    canvas.width = view.width;
    canvas.height = view.height;
    device.onError(({ message }) => this.#fail({ kind: 'gpu', message }));
    void device.lost.then(({ reason, message }) => this.#fail({ kind: 'lost', reason, message }));
    watchShaders(device.pipelines, (message, failed) => {
      post({ type: 'shader', message, failed });
      this.#redraw();
    });
    post({ type: 'adapter', name: device.name });
    void this.#tellStored();
  }

  /** What runs on `images` train on from now on. */
  setImages(images: ImageSet): void {
    this.#images = images;
  }

  /** A new trainer in place of the last one; where it wants images that are not there, that is said instead. */
  async configure(run: number, beginning: Beginning, name?: string): Promise<void> {
    await this.#release();
    if (this.#over) return;
    const start = performance.now();
    try {
      const checkpoint = await this.#checkpointOf(beginning);
      if (this.#over) return;
      const given = beginning.kind === 'configuration' ? parseConfig(beginning.config) : checkpoint!.config;
      const slower = beginning.kind === 'saved' && beginning.slower;
      const config = slower ? withRates(given, halvedRates(given)) : given;
      const experiment = checkpoint && experimentOf(config);
      const image = wantedImages(config);
      const fits = !image || isOfShape(this.#images, image);
      const otherImages =
        image !== undefined && checkpoint !== undefined && isOfOtherImages(checkpoint.state, this.#images);
      const accepted = beginning.kind !== 'configuration' && beginning.otherImages === true;
      if (image && (!fits || (otherImages && !accepted))) {
        const other = fits && otherImages;
        this.#post({ type: 'wanting', run, image, other, ...(experiment && { experiment }) });
        return;
      }
      const content = image && this.#images ? { images: this.#images } : {};
      const trainer = await Trainer.create(this.#device, config, content);
      if (checkpoint) await restoreCheckpoint(trainer, checkpoint.state, checkpoint.file);
      const subject = await subjectOf(trainer);
      const picture = subject && (await this.#pictureOf(subject));
      if (this.#over) return;
      const place: SavedAs | undefined =
        beginning.kind === 'saved' && !slower ? { name: beginning.name, step: trainer.step } : undefined;
      const saver =
        name === undefined
          ? undefined
          : new Saver(
              { trainer, config, name: experiment?.preset ?? name },
              this.#store,
              (report) => this.#saved(run, report),
              place,
            );
      const judge =
        subject?.kind === 'images'
          ? new Judge(trainer, subject.image, (step, scores) =>
              this.#post({ type: 'scores', run, step, scores }),
            )
          : undefined;
      this.#current = { run, trainer, picture, saver, judge, until: config.steps, loop: undefined };
      const { distribution } = trainer.run.data!;
      this.#post({
        type: 'configured',
        run,
        config,
        picture: pictureKind(subject),
        ...(trainer.run.classes && { classes: trainer.run.classes }),
        ...(experiment && { experiment }),
        otherImages,
        measures: {
          js: distribution !== undefined || trainer.run.data!.points !== undefined,
          modes: distribution?.modes && distribution.modes.length > 1 ? distribution.modes.length : 0,
          images: subject?.kind === 'images',
        },
      });
      if (place) this.#saved(run, { place });
      this.#phase(trainer.step > 0 ? 'paused' : 'ready');
      this.#tellStrategies(run, trainer);
      this.#redraw();
    } catch (error) {
      if (beginning.kind !== 'configuration' && error instanceof UserError)
        this.#fail({ kind: 'file', message: error.message });
      else this.fail(error);
    }
    trace('prepare', start);
  }

  /** Now, and when it changes no more. */
  #tellStrategies(run: number, trainer: Trainer): void {
    const tell = (settled: boolean) =>
      this.#post({ type: 'strategies', run, products: trainer.strategies, settled });
    tell(false);
    void trainer.settled.then(() => {
      if (this.#current?.trainer === trainer) tell(true);
    });
  }

  async #checkpointOf(beginning: Beginning): Promise<(Checkpoint & { file: string }) | undefined> {
    if (beginning.kind === 'configuration') return undefined;
    const { name: file } = beginning;
    if (beginning.kind === 'file') return { ...readCheckpoint(beginning.bytes, file), file };
    return { ...(await (await this.#store()).load(file)), file };
  }

  /** Takes a saved run out of the browser's storage. */
  async forget(name: string): Promise<void> {
    await (await this.#store()).delete(name);
    await this.#tellStored();
  }

  async #tellStored(): Promise<void> {
    try {
      this.#post({ type: 'stored', runs: await storedRuns(await this.#store()) });
    } catch {
      // A browser that keeps nothing has nothing to go on with; it is said when a run is to be saved.
    }
  }

  #saved(run: number, report: SavingReport): void {
    this.#post({ type: 'saved', run, ...report });
    void this.#tellStored();
  }

  /** Trains on: to the end of the run, or beyond it where that is reached. Reports follow the clock. */
  play(): void {
    const current = this.#current;
    if (!current || current.loop) return;
    const { trainer, until } = current;
    const loop = new TrainingLoop(trainer, {
      until: trainer.step < until ? until : Infinity,
      reportEvery: Infinity,
      reportMilliseconds: REPORT_MILLISECONDS,
      evaluateEvery: trainer.config.evaluateEvery,
      onReport: (rows) => this.#report(current, rows),
      atEvaluation: () => current.judge?.score(),
      onEvaluation: (evaluation) => this.#evaluated(current, evaluation),
      onDone: () => this.#finished(current),
      onError: (error) => this.fail(error),
    });
    this.#started(current, loop);
    loop.start();
  }

  /** Trains to the end of the run, and hands over what the command writes down. */
  record(request: RecordingRequest): void {
    const current = this.#current;
    if (!current || current.loop) return;
    const { done, stop } = record(current.trainer, request, {
      onReport: (rows) => this.#report(current, rows),
      onEvaluation: (evaluation, snapshot) => this.#evaluated(current, evaluation, snapshot),
      onSamples: (samples) => this.#post({ type: 'samples', run: current.run, samples }),
      onCheckpoint: (state) => this.#post({ type: 'checkpoint', run: current.run, state }),
    });
    const ended = done.then(
      () => {
        // After a stop, whoever stopped it says what comes next.
        if (current.loop) this.#finished(current);
      },
      (error) => this.fail(error),
    );
    this.#started(current, {
      stop: () => {
        stop();
        return ended;
      },
    });
  }

  /** Resolves when what was submitted is done and reported. */
  async pause(): Promise<void> {
    const current = this.#current;
    const loop = current?.loop;
    if (!current || !loop) return;
    current.loop = undefined;
    await loop.stop();
    if (this.#over) return;
    // Where one stops, one wants to know how good it is.
    const evaluation = current.trainer.evaluate();
    this.#phase('paused');
    this.#redraw();
    void current.saver?.save();
    current.judge?.score();
    this.#evaluated(current, await evaluation);
  }

  /** One update of D, of G, or a whole iteration; pauses first. */
  async step(update: Update): Promise<void> {
    const current = this.#current;
    if (!current) return;
    const { trainer } = current;
    if (current.loop) {
      const loop = current.loop;
      current.loop = undefined;
      await loop.stop();
    }
    try {
      if (update === 'both') trainer.advance(1);
      else if (update === 'generator') trainer.updateGenerator();
      else trainer.updateDiscriminator();
      const [rows, latest] = await Promise.all([trainer.readMetrics(), trainer.readLatest()]);
      this.#report(current, rows);
      this.#post({ type: 'latest', run: current.run, row: latest });
      this.#phase('paused');
      this.#redraw();
      current.saver?.stepped();
    } catch (error) {
      this.fail(error);
    }
  }

  setView(view: View): void {
    this.#view = view;
    this.#pictureCost = Infinity;
    this.#current?.picture?.setView(view);
    this.#redraw();
  }

  /** Answers behind what was submitted so far; the training goes on meanwhile. */
  async answer(id: number, question: Question): Promise<void> {
    try {
      const trainer = this.#current?.trainer;
      if (!trainer) throw new Error('There is no trainer to ask.');
      const answer = question.what === 'picture' ? this.#photograph() : answerOf(trainer, question);
      this.#post({ type: 'reply', id, answer: await answer });
    } catch (error) {
      this.#post({ type: 'reply', id, error: messageOf(error) });
    }
  }

  async #pictureOf(subject: Subject): Promise<Picture> {
    return Picture.create(this.#device.gpu, this.#context, this.#format, subject, this.#view);
  }

  async #release(): Promise<void> {
    const current = this.#current;
    this.#current = undefined;
    await current?.loop?.stop();
    if (!this.#over) await current?.saver?.save();
    current?.saver?.stop();
    current?.judge?.stop();
    current?.picture?.destroy();
    current?.trainer.destroy();
  }

  #report(current: Current, rows: readonly MetricsRow[]): void {
    if (current !== this.#current || rows.length === 0) return;
    const last = rows.at(-1)!;
    const { step } = last;
    const stepsPerSecond = this.#rate.at(step, performance.now());
    const { columns, transfer } = metricsColumns(rows);
    this.#post(
      {
        type: 'metrics',
        run: current.run,
        columns,
        last,
        step,
        ...(current.loop && stepsPerSecond !== undefined && { stepsPerSecond }),
      },
      transfer,
    );
    if (current.loop) current.saver?.trained();
    this.#redraw();
  }

  #evaluated(current: Current, evaluation: Evaluation, snapshot?: Snapshot): void {
    if (current !== this.#current) return;
    this.#post({ type: 'evaluation', run: current.run, evaluation, ...(snapshot && { snapshot }) });
  }

  #started(current: Current, loop: NonNullable<Current['loop']>): void {
    current.loop = loop;
    this.#rate.start(current.trainer.step, performance.now());
    this.#phase('training');
    this.#redraw();
  }

  #finished(current: Current): void {
    current.loop = undefined;
    this.#phase('finished');
    this.#redraw();
    void current.saver?.save();
  }

  #phase(phase: Phase): void {
    if (!this.#current || this.#over) return;
    const { run, trainer } = this.#current;
    const ahead = trainer.discriminatorUpdates - trainer.step * trainer.config.discriminatorSteps;
    this.#post({ type: 'phase', run, phase, step: trainer.step, ahead, memory: trainer.memory });
  }

  /** Says what went wrong and ends what runs. After a lost device or a GPU error nothing goes on here, or is said. */
  fail(error: unknown): void {
    const problem = problemOf(error);
    // What a dying device breaks may be noticed before its loss, which then is what to say.
    if (problem.kind === 'internal') setTimeout(() => this.#fail(problem), LOSS_MILLISECONDS);
    else this.#fail(problem);
  }

  #fail(problem: Problem): void {
    if (this.#over) return;
    this.#over = problem.kind === 'lost' || problem.kind === 'gpu' || problem.kind === 'internal';
    const current = this.#current;
    if (current?.loop) void current.loop.stop();
    if (current) current.loop = undefined;
    // What went wrong is not to take the place of what went well.
    current?.saver?.stop();
    this.#post({ type: 'problem', problem });
  }

  /** Draws at the next frame; a hidden tab has none, and trains on. */
  #redraw(): void {
    this.#stale = true;
    if (this.#drawing) return;
    this.#drawing = true;
    requestAnimationFrame((now) => this.#frame(now));
  }

  #frame(now: number): void {
    const picture = this.#current?.picture;
    if (this.#over || !picture) {
      this.#drawing = false;
      return;
    }
    const training = this.#current?.loop !== undefined;
    if (training && now - this.#lastPicture < this.#interval()) {
      requestAnimationFrame((next) => this.#frame(next));
      return;
    }
    this.#lastPicture = now;
    this.#stale = false;
    const start = performance.now();
    const { canvas } = this.#context;
    const { width, height } = this.#view;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    picture.draw();
    trace('picture', start);
    // A slow adapter gets its next picture when this one is done, so that pictures never queue up.
    void this.#device.gpu.queue.onSubmittedWorkDone().then(() => {
      // The least of many: others wait for kernels to be made ready, or for the training before them.
      const isFirst = this.#pictureCost === Infinity;
      this.#pictureCost = Math.min(this.#pictureCost, performance.now() - start);
      this.#drawing = false;
      if (isFirst || this.#stale || this.#current?.loop) this.#redraw();
    });
  }

  /** The picture as it is now, as a PNG file. */
  #photograph(): Promise<Blob> {
    const picture = this.#current?.picture;
    if (!picture) throw new Error('There is no picture of this run.');
    picture.draw();
    // In the same breath: what is on the canvas is gone with the next frame.
    return (this.#context.canvas as OffscreenCanvas).convertToBlob({ type: 'image/png' });
  }

  #interval(): number {
    const fair = Math.min(this.#pictureCost / PICTURE_SHARE, LONGEST_INTERVAL);
    return Math.max(this.#view.interval, fair);
  }
}

function pictureKind(subject: Subject | undefined): PictureKind {
  if (subject?.kind !== 'points') return subject?.kind ?? 'none';
  return subject.frame.dimensions === 1 ? 'line' : 'plane';
}

/** What a run has to be given images of. */
function wantedImages({ data }: RunConfig): ImageShape | undefined {
  if (data.source !== 'images') return undefined;
  const { channels, height, width } = data as unknown as ImageShape;
  return { channels, height, width };
}

const isOfShape = (set: ImageSet | undefined, { channels, height, width }: ImageShape) =>
  set?.channels === channels && set.height === height && set.width === width;

function answerOf(trainer: Trainer, question: Exclude<Question, { what: 'picture' }>): Promise<unknown> {
  switch (question.what) {
    case 'checkpoint':
      return trainer.readState().then((state) => writeCheckpoint(trainer.config as RunConfig, state));
    case 'tensors':
      return trainer.readTensors();
    case 'snapshot':
      return takeSnapshot(trainer, question);
    case 'evaluate':
      return trainer.evaluate();
    case 'sample':
      return trainer.sample(question.count, question.seed, question);
    case 'real':
      return trainer.real(question.count, question.seed);
    case 'ways':
      return drawWays(trainer, question);
    case 'score':
      return trainer.score(question.points);
  }
}

function problemOf(error: unknown): Problem {
  const message = messageOf(error);
  if (error instanceof UserError || error instanceof RangeError) return { kind: 'configuration', message };
  if (error instanceof TrainingFault)
    return { kind: 'fault', step: error.step, tensor: error.tensor, message };
  return { kind: 'internal', message };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
