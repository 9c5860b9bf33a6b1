// Forward passes beside training, in batches of a fixed size on the same parameters: samples of G, scores of D, data.

import type { Device } from '../gpu/device';
import { Memory } from '../gpu/memory';
import { Plan } from '../gpu/plan';
import type { Readback } from '../gpu/readback';
import { submitPass } from '../gpu/submit';
import type { Slot, Work } from '../gpu/work';
import { layers } from '../layers';
import { sizeOf } from '../layers/layer';
import { seedWords } from '../math/philox';
import { STREAMS, type StreamName } from '../math/streams';
import type { CompiledRun } from './compile';
import { forward, type Tape } from './network';

/** Rows of a batch. Part of what a seed means: sample i of a seed is row i mod this of draw ⌊i / this⌋. */
const INFERENCE_BATCH = 1024;

/** Draws noise and passes it through G. `clock` says which draw. */
export function generateWork(
  run: CompiledRun,
  source: { seed: number; stream: StreamName; clock: Slot; batch: number; output: Slot },
): readonly Work[] {
  const noise: Slot = { name: 'inference noise', length: source.batch * run.noise.size };
  return [
    ...run.noise.draw({ clock: source.clock, output: noise, batch: source.batch, stream: streamOf(source) }),
    ...forward(run.generator, noise, source.batch, { output: source.output, keep: false }).work,
  ];
}

/** Draws real samples. */
export function realWork(
  run: CompiledRun,
  source: { seed: number; stream: StreamName; clock: Slot; batch: number; output: Slot },
): readonly Work[] {
  if (!run.data) throw new Error('A replayed run has no data of its own to draw.');
  const { clock, batch, output } = source;
  return run.data.draw({ clock, batch, output, stream: streamOf(source), tables: run.tables });
}

const streamOf = ({ seed, stream }: { seed: number; stream: StreamName }) => ({
  seed: seedWords(seed),
  stream: STREAMS[stream],
  stride: 1,
  offset: 0,
});

/** D's probability σ(logit) of each of `batch` points. */
export function scoreWork(run: CompiledRun, points: Slot, output: Slot, batch: number): readonly Work[] {
  const judged: Tape = forward(run.discriminator, points, batch, { keep: false });
  const sigmoid = layers.get('sigmoid').create({ type: 'sigmoid' }, [1]);
  return [
    ...judged.work,
    ...sigmoid.forward({
      batch,
      input: judged.output,
      output,
      parameters: {},
      buffers: {},
      saved: {},
      mode: 'evaluate',
    }),
  ];
}

/** The questions one can ask the networks at any time, answered behind what was submitted before. */
export class Inference {
  readonly #device: Device;
  readonly #run: CompiledRun;
  readonly #memory: Memory;
  readonly #readback: Readback;
  readonly #sampleSize: number;
  readonly #clock: Slot = { name: 'inference clock', length: 1 };
  readonly #samples: Slot;
  readonly #points: Slot;
  readonly #noise: Slot;
  readonly #scores: Slot = { name: 'scores', length: INFERENCE_BATCH };
  readonly #ready = new Map<string, ReadyPlan>();

  constructor(device: Device, run: CompiledRun, memory: Memory, readback: Readback) {
    this.#device = device;
    this.#run = run;
    this.#memory = memory;
    this.#readback = readback;
    this.#sampleSize = sizeOf(run.generator.output);
    this.#samples = { name: 'inference samples', length: INFERENCE_BATCH * this.#sampleSize };
    this.#points = { name: 'inference points', length: INFERENCE_BATCH * this.#sampleSize };
    this.#noise = { name: 'inference noise', length: INFERENCE_BATCH * run.noise.size };
    for (const slot of [this.#clock, this.#samples, this.#points, this.#noise, this.#scores])
      memory.allocate(slot);
  }

  /** [count, …sample]: the same numbers for the same seed, weights and adapter. */
  sample(count: number, seed: number): Promise<Float32Array<ArrayBuffer>> {
    const source = {
      seed,
      stream: 'sampleNoise',
      clock: this.#clock,
      batch: INFERENCE_BATCH,
      output: this.#samples,
    } as const;
    return this.#batches(`sample ${seed}`, () => generateWork(this.#run, source), count, this.#samples);
  }

  /** G(z) of given noise [n, noise size]: [n, …sample]. */
  generate(noise: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const { size } = this.#run.noise;
    const count = noise.length / size;
    if (!Number.isInteger(count)) {
      throw new RangeError(`${noise.length} numbers are not whole samples of noise of ${size}.`);
    }
    const work = () =>
      forward(this.#run.generator, this.#noise, INFERENCE_BATCH, { output: this.#samples, keep: false }).work;
    return this.#batches('generate', work, count, this.#samples, (batch) => {
      const length = INFERENCE_BATCH * size;
      this.#memory.write(this.#noise, noise.slice(batch * length, (batch + 1) * length));
    });
  }

  /** [count, …sample] of the data. */
  real(count: number, seed: number): Promise<Float32Array<ArrayBuffer>> {
    const source = {
      seed,
      stream: 'sampleData',
      clock: this.#clock,
      batch: INFERENCE_BATCH,
      output: this.#samples,
    } as const;
    return this.#batches(`real ${seed}`, () => realWork(this.#run, source), count, this.#samples);
  }

  /** D(x) of [n, …sample] points. */
  score(points: Float32Array): Promise<Float32Array<ArrayBuffer>> {
    const count = points.length / this.#sampleSize;
    if (!Number.isInteger(count)) {
      throw new RangeError(`${points.length} numbers are not whole points of ${this.#sampleSize}.`);
    }
    const work = () => scoreWork(this.#run, this.#points, this.#scores, INFERENCE_BATCH);
    return this.#batches('score', work, count, this.#scores, (batch) => {
      const length = INFERENCE_BATCH * this.#sampleSize;
      this.#memory.write(this.#points, points.slice(batch * length, (batch + 1) * length));
    });
  }

  destroy(): void {
    for (const { plan, memory } of this.#ready.values()) {
      plan.destroy();
      memory.destroy();
    }
    this.#ready.clear();
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
    prepare: (batch: number) => void = () => {},
  ): Promise<Float32Array<ArrayBuffer>> {
    const ready = this.#ready.get(key) ?? (await this.#create(key, describe));
    const { gpu } = this.#device;
    const reads: (() => Promise<ArrayBuffer>)[] = [];
    for (let batch = 0; batch * INFERENCE_BATCH < count; batch++) {
      this.#memory.write(this.#clock, new Uint32Array([batch]));
      prepare(batch);
      const read = submitPass(
        gpu,
        ready.plan.label,
        (pass) => ready.plan.encode(pass),
        (encoder) => this.#readback.encode(encoder, [this.#memory.region(output)]),
      );
      reads.push(read);
    }
    const width = output.length / INFERENCE_BATCH;
    const result = new Float32Array(count * width);
    const parts = await Promise.all(reads.map((read) => read()));
    parts.forEach((part, batch) => {
      const start = batch * output.length;
      result.set(new Float32Array(part, 0, Math.min(output.length, result.length - start)), start);
    });
    return result;
  }

  async #create(key: string, describe: () => readonly Work[]): Promise<ReadyPlan> {
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

interface ReadyPlan {
  readonly plan: Plan;
  readonly memory: Memory;
}

const MOST_PLANS = 8;
