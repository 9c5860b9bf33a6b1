// Forward passes beside training, in batches of a fixed size on the same parameters: samples of G, scores of D, data.

import type { Device } from '../gpu/device';
import { Memory } from '../gpu/memory';
import { Plan } from '../gpu/plan';
import type { Readback } from '../gpu/readback';
import { submitPass } from '../gpu/submit';
import type { Slot, Work } from '../gpu/work';
import { layers } from '../layers';
import { EVALUATE } from '../layers/chain';
import { sizeOf } from '../layers/layer';
import { copyWork } from '../layers/slots';
import { logitsIn } from '../losses/auxiliaryClassifier';
import { seedWords } from '../math/philox';
import { STREAMS, type StreamName } from '../math/streams';
import type { CompiledRun } from './compile';
import { randomLabels } from './labels';
import { forward, type Network } from './network';

/** Rows of a batch of points. Part of what a seed means: sample i of a seed is row i mod this of draw ⌊i / this⌋. */
const POINT_BATCH = 1024;
/** Rows of a batch of images, likewise. */
const IMAGE_BATCH = 64;
/** What the widest two neighbours of a network may take up in a batch of images: those are alive at the same time. */
const MOST_BYTES = 32 * 2 ** 20;

/** Rows of a batch where no gradient is wanted: as many as keep memory small. */
export function inferenceBatch({ generator, discriminator }: CompiledRun): number {
  if (generator.output.length !== 3) return POINT_BATCH;
  const widest = [generator, discriminator].map(({ input, layers }) => {
    const sizes = [input, ...layers.map(({ output }) => output)].map(sizeOf);
    return Math.max(...sizes.map((size, i) => size + (sizes[i + 1] ?? 0)));
  });
  const rows = Math.floor(MOST_BYTES / (4 * Math.max(...widest)));
  return rows >= IMAGE_BATCH ? IMAGE_BATCH : 2 ** Math.floor(Math.log2(Math.max(1, rows)));
}

/** What a draw is made from: `clock` says which one. */
export interface DrawSource {
  readonly seed: number;
  readonly stream: StreamName;
  readonly clock: Slot;
  readonly batch: number;
  readonly output: Slot;
}

/** Which of the generators, where there are two. */
export interface GeneratorChoice {
  /** The averaged generator (where the configuration asks for one), or the one that is trained; the former unless said. */
  readonly averaged?: boolean;
}

/** Which samples of a conditional run, and of which of its generators. */
export interface SampleChoice extends GeneratorChoice {
  /** The class of each sample; drawn, all equally likely, where absent. */
  readonly labels?: Uint32Array;
  /** Sample i has the noise of sample i mod this: rows of a grid are then alike in all but their class. */
  readonly columns?: number;
}

export const generatorOf = (
  { generator, average }: CompiledRun,
  { averaged = true }: GeneratorChoice = {},
): Network => (averaged && average ? average.network : generator);

/** Draws noise, and classes where they are not `given`, and passes them through G. */
export function generateWork(
  run: CompiledRun,
  source: DrawSource & { readonly stream: NoiseStream },
  choice: GeneratorChoice = {},
  given?: Slot,
): readonly Work[] {
  const { clock, batch, output } = source;
  const noise: Slot = { name: 'inference noise', length: batch * run.noise.size };
  const labels = given ?? (run.classes ? { name: 'inference labels', length: batch } : undefined);
  return [
    ...run.noise.draw({ clock, output: noise, batch, stream: streamOf(source) }),
    ...(run.classes && labels && !given ? [labelsWork(run.classes, source, labels)] : []),
    ...forward(generatorOf(run, choice), noise, batch, { ...EVALUATE, labels }, { output, keep: false }).work,
  ];
}

const LABELS = { sampleNoise: 'sampleLabels', evaluationNoise: 'evaluationLabels' } as const;
type NoiseStream = keyof typeof LABELS;

/** The classes that `generateWork` draws from a source. */
export const labelsWork = (
  classes: number,
  { seed, stream, clock, batch }: Omit<DrawSource, 'stream'> & { readonly stream: NoiseStream },
  output: Slot,
): Work =>
  randomLabels(classes, { clock, batch, output, stream: streamOf({ seed, stream: LABELS[stream] }) });

/** Draws real samples. */
export function realWork(run: CompiledRun, source: DrawSource): readonly Work[] {
  if (!run.data) throw new Error('A replayed run has no data of its own to draw.');
  const { clock, batch, output } = source;
  return run.data.draw({ clock, batch, output, stream: streamOf(source), tables: run.tables });
}

/** The classes of what `realWork` draws from the same source, into the start of `output`. */
export function realLabelsWork(run: CompiledRun, source: DrawSource): readonly Work[] {
  const { clock, batch, output } = source;
  return run.data!.drawLabels!({ clock, batch, output, stream: streamOf(source), tables: run.tables });
}

const streamOf = ({ seed, stream }: { seed: number; stream: StreamName }) => ({
  seed: seedWords(seed),
  stream: STREAMS[stream],
  stride: 1,
  offset: 0,
});

/** D's logits of `batch` points, whose classes a conditional D is told. */
function judge(run: CompiledRun, points: Slot, batch: number, labels?: Slot) {
  const judged = forward(run.discriminator, points, batch, { ...EVALUATE, labels }, { keep: false });
  const { logits, work } = logitsIn(judged.output, run.classLogits);
  return { logits, work: [...judged.work, ...work] };
}

/** The same, to `output`. */
function logitWork(
  run: CompiledRun,
  points: Slot,
  output: Slot,
  batch: number,
  labels?: Slot,
): readonly Work[] {
  const { logits, work } = judge(run, points, batch, labels);
  return [...work, copyWork(logits, output, batch)];
}

/** D's probability σ(logit) of each of `batch` points, whose classes a conditional D is told. */
export function scoreWork(
  run: CompiledRun,
  points: Slot,
  output: Slot,
  batch: number,
  labels?: Slot,
): readonly Work[] {
  const { logits, work } = judge(run, points, batch, labels);
  const sigmoid = layers.get('sigmoid').create({ type: 'sigmoid' }, [1]);
  return [
    ...work,
    ...sigmoid.forward({
      batch,
      input: logits,
      output,
      parameters: {},
      buffers: {},
      saved: {},
      mode: 'evaluate',
    }),
  ];
}

/**
 * The questions one can ask the networks at any time, answered behind what was submitted before. Samples lie as on the
 * GPU, images channels last. Memory is taken when something is first asked.
 */
export class Inference {
  readonly #device: Device;
  readonly #run: CompiledRun;
  readonly #memory: Memory;
  readonly #readback: Readback;
  readonly #batch: number;
  readonly #clock: Slot = { name: 'inference clock', length: 1 };
  readonly #samples: Slot;
  readonly #noise: Slot;
  readonly #scores: Slot;
  /** Of a conditional run. */
  readonly #labels: Slot | undefined;
  /** Noise that samples are told to share, by seed and number: read once. */
  readonly #shared = new Map<string, Float32Array>();
  readonly #ready = new Map<string, ReadyPlan>();

  constructor(device: Device, run: CompiledRun, parent: Memory, readback: Readback) {
    this.#device = device;
    this.#run = run;
    this.#memory = new Memory(device.gpu, parent);
    this.#readback = readback;
    this.#batch = inferenceBatch(run);
    this.#samples = { name: 'inference samples', length: this.#batch * sizeOf(run.generator.output) };
    this.#noise = { name: 'inference noise', length: this.#batch * run.noise.size };
    this.#scores = { name: 'scores', length: this.#batch };
    this.#labels = run.classes ? { name: 'given labels', length: this.#batch } : undefined;
  }

  /** Bytes of the GPU's memory that questions have taken so far. */
  get bytes(): number {
    return [...this.#ready.values()].reduce((sum, { memory }) => sum + memory.bytes, this.#memory.bytes);
  }

  /** [count, …sample]: the same numbers for the same seed, weights and adapter. */
  async sample(count: number, seed: number, choice: SampleChoice = {}): Promise<Float32Array<ArrayBuffer>> {
    const { columns } = choice;
    if (columns !== undefined) {
      const key = `${seed} ${columns}`;
      // Once it is here, what is asked is submitted before this returns.
      const noise = this.#shared.get(key) ?? (await this.noise(columns, seed));
      this.#shared.set(key, noise);
      const { size } = this.#run.noise;
      const repeated = new Float32Array(count * size).map((_, i) => noise[i % (columns * size)]!);
      return this.generate(repeated, choice);
    }
    const given = this.#given(count, choice.labels);
    const source = { ...this.#source(seed, 'sampleNoise'), stream: 'sampleNoise' } as const;
    const work = () => generateWork(this.#run, source, choice, given[0]?.slot);
    const key = `sample ${seed}${suffixOf(choice)}${given.length > 0 ? ' of given classes' : ''}`;
    return this.#batches(key, work, count, this.#samples, given);
  }

  /** [count, noise size]: the noise of `sample` for the same seed. */
  noise(count: number, seed: number): Promise<Float32Array<ArrayBuffer>> {
    const draw = { ...this.#source(seed, 'sampleNoise'), output: this.#noise };
    const work = () => this.#run.noise.draw({ ...draw, stream: streamOf(draw) });
    return this.#batches(`noise ${seed}`, work, count, this.#noise);
  }

  /** G(z) of given noise [n, noise size]: [n, …sample]. */
  generate(noise: Float32Array, choice: SampleChoice = {}): Promise<Float32Array<ArrayBuffer>> {
    const { size } = this.#run.noise;
    const count = noise.length / size;
    if (!Number.isInteger(count)) {
      throw new RangeError(`${noise.length} numbers are not whole samples of noise of ${size}.`);
    }
    if (this.#labels && !choice.labels) throw new RangeError('Noise for a conditional run without labels.');
    const pass = { ...EVALUATE, labels: this.#labels };
    const work = () =>
      forward(generatorOf(this.#run, choice), this.#noise, this.#batch, pass, {
        output: this.#samples,
        keep: false,
      }).work;
    const given = [{ slot: this.#noise, data: noise }, ...this.#given(count, choice.labels)];
    return this.#batches(`generate${suffixOf(choice)}`, work, count, this.#samples, given);
  }

  /** [count, …sample] of the data. */
  real(count: number, seed: number): Promise<Float32Array<ArrayBuffer>> {
    const work = () => realWork(this.#run, this.#source(seed, 'sampleData'));
    return this.#batches(`real ${seed}`, work, count, this.#samples);
  }

  /** D(x) of [n, …sample] points, and of their classes, [n], where D is told them. */
  score(points: Float32Array, labels?: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    return this.#judge('score', scoreWork, points, labels);
  }

  /** The logit of D(x), likewise. */
  logits(points: Float32Array, labels?: Uint32Array): Promise<Float32Array<ArrayBuffer>> {
    return this.#judge('logits', logitWork, points, labels);
  }

  #judge(
    key: string,
    describe: typeof scoreWork,
    points: Float32Array,
    labels?: Uint32Array,
  ): Promise<Float32Array<ArrayBuffer>> {
    const size = sizeOf(this.#run.generator.output);
    const count = points.length / size;
    if (!Number.isInteger(count)) {
      throw new RangeError(`${points.length} numbers are not whole points of ${size}.`);
    }
    if (this.#labels && !labels)
      throw new RangeError('Points to score for a conditional run without labels.');
    const work = () => describe(this.#run, this.#samples, this.#scores, this.#batch, this.#labels);
    const given = [{ slot: this.#samples, data: points }, ...this.#given(count, labels)];
    return this.#batches(key, work, count, this.#scores, given);
  }

  #source(seed: number, stream: StreamName): DrawSource {
    return { seed, stream, clock: this.#clock, batch: this.#batch, output: this.#samples };
  }

  /** The labels of `count` samples, where there are some. */
  #given(count: number, labels: Uint32Array | undefined): Given[] {
    if (!labels) return [];
    const { classes } = this.#run;
    if (!this.#labels || !classes) throw new RangeError('Labels for a run that is not conditional.');
    if (labels.length !== count || labels.some((label) => label >= classes))
      throw new RangeError(`${labels.length} labels for ${count} samples of ${classes} classes.`);
    return [{ slot: this.#labels, data: labels }];
  }

  destroy(): void {
    for (const { plan, memory } of this.#ready.values()) {
      plan.destroy();
      memory.destroy();
    }
    this.#ready.clear();
    this.#memory.destroy();
  }

  /**
   * Runs the work for as many batches as `count` rows take, and returns that many rows of `output`. What has been asked
   * once is compiled: asked again, it is submitted before this returns.
   */
  async #batches(
    key: string,
    describe: () => readonly Work[],
    count: number,
    output: Slot,
    given: readonly Given[] = [],
  ): Promise<Float32Array<ArrayBuffer>> {
    const ready = this.#ready.get(key) ?? (await this.#create(key, describe));
    const { gpu } = this.#device;
    const reads: (() => Promise<ArrayBuffer>)[] = [];
    for (let batch = 0; batch * this.#batch < count; batch++) {
      this.#memory.write(this.#clock, new Uint32Array([batch]));
      for (const { slot, data } of given)
        this.#memory.write(slot, data.subarray(batch * slot.length, (batch + 1) * slot.length));
      const read = submitPass(
        gpu,
        ready.plan.label,
        (pass) => ready.plan.encode(pass),
        (encoder) => this.#readback.encode(encoder, [this.#memory.region(output)]),
      );
      reads.push(read);
    }
    const width = output.length / this.#batch;
    const result = new Float32Array(count * width);
    const parts = await Promise.all(reads.map((read) => read()));
    parts.forEach((part, batch) => {
      const start = batch * output.length;
      result.set(new Float32Array(part, 0, Math.min(output.length, result.length - start)), start);
    });
    return result;
  }

  async #create(key: string, describe: () => readonly Work[]): Promise<ReadyPlan> {
    for (const slot of [this.#clock, this.#samples, this.#noise, this.#scores, this.#labels]) {
      if (slot && !this.#memory.has(slot)) this.#memory.allocate(slot);
    }
    const memory = new Memory(this.#device.gpu, this.#memory);
    const list = describe();
    memory.allocateTransient(`inference ${key}`, [list]);
    const plan = await Plan.create(this.#device, memory, `inference ${key}`, list);
    const ready = { plan, memory };
    // Seeds come and go: the oldest plan makes room. Submitted work keeps what it uses.
    for (const [oldest, { plan: old, memory: itsMemory }] of this.#ready) {
      if (this.#ready.size < MOST_PLANS) break;
      this.#ready.delete(oldest);
      old.destroy();
      itsMemory.destroy();
    }
    this.#ready.set(key, ready);
    return ready;
  }
}

const suffixOf = ({ averaged = true }: GeneratorChoice) => (averaged ? '' : ' raw');

/** Numbers of all samples, for a slot that holds a batch of them. */
interface Given {
  readonly slot: Slot;
  readonly data: Float32Array | Uint32Array;
}

interface ReadyPlan {
  readonly plan: Plan;
  readonly memory: Memory;
}

const MOST_PLANS = 8;
