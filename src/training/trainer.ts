// A run on a device: its buffers, its two frozen plans, and nothing in its loop that waits for the GPU.

import type { DataContent } from '../data/source';
import type { Device } from '../gpu/device';
import { Memory } from '../gpu/memory';
import { Plan } from '../gpu/plan';
import { Readback } from '../gpu/readback';
import { submitPass } from '../gpu/submit';
import { PassTimer } from '../gpu/timestamps';
import type { Slot, Work } from '../gpu/work';
import { sizeOf } from '../layers/layer';
import { toChannelsFirst, toChannelsLast } from '../math/axes';
import { type CompiledRun, compileRun } from './compile';
import type { TrainerConfig } from './config';
import { type Evaluation, EvaluationPlan } from './evaluate';
import { FAULT_WORDS, NO_FAULT, readFault, TrainingFault } from './fault';
import { Inference, type SampleChoice } from './inference';
import { initialTensors } from './initialize';
import { likelyLabels } from './labels';
import { HISTORY_ROWS, historyPieces, type MetricsRow, parseRows } from './metrics';
import { allocateRun, type MemoryReport, reportMemory } from './run-memory';
import { readGroups, type TensorGroup, writeGroups } from './store';
import type { Tensor, Tensors, TrainerState } from './tensor';
import { keptGroups, type TrainedNetwork } from './trained-network';
import { TrainerView, type ViewOptions } from './view';

interface Plans {
  readonly drawForDiscriminator: Plan;
  readonly updateDiscriminator: Plan;
  readonly lazyUpdateDiscriminator?: Plan;
  readonly drawForGenerator: Plan;
  readonly updateGenerator: Plan;
  readonly measure: Plan;
}

/**
 * Trains G against D. One iteration is `discriminatorSteps` updates of D, then one of G. Methods that return nothing
 * encode and submit, and never wait; those that return a promise are answered by the GPU behind what was submitted
 * before them, while training may go on. Samples and tensors that come in or go out lie as PyTorch's do: images are
 * [n, channels, height, width].
 */
export class Trainer {
  readonly config: TrainerConfig;
  readonly device: Device;
  readonly #run: CompiledRun;
  readonly #memory: Memory;
  readonly #activationBytes: number;
  readonly #plans: Plans;
  readonly #readback: Readback;
  readonly #inference: Inference;
  readonly #evaluation: EvaluationPlan | undefined;
  #discriminatorUpdates = 0;
  #generatorUpdates = 0;
  #rowsRead = 0;

  /**
   * Compiles every pipeline and draws the initial weights from the seed. `content` holds the pixels of a configuration
   * whose data are images.
   * @throws RangeError where a buffer would be larger than the adapter binds; Error where a shader does not compile.
   */
  static async create(device: Device, config: TrainerConfig, content?: DataContent): Promise<Trainer> {
    const run = compileRun(config, content);
    const memory = new Memory(device.gpu);
    try {
      const activations = allocateRun(run, memory);
      const plan = (label: keyof Plans, work: readonly Work[]) => Plan.create(device, memory, label, work);
      const lazy = run.lazyUpdateDiscriminator;
      const [
        drawForDiscriminator,
        updateDiscriminator,
        lazily,
        drawForGenerator,
        updateGenerator,
        measure,
        evaluation,
      ] = await Promise.all([
        plan('drawForDiscriminator', run.drawForDiscriminator),
        plan('updateDiscriminator', run.updateDiscriminator),
        lazy && plan('lazyUpdateDiscriminator', lazy.work),
        plan('drawForGenerator', run.drawForGenerator),
        plan('updateGenerator', run.updateGenerator),
        plan('measure', run.measure),
        run.data ? EvaluationPlan.create(device, run, memory, config) : undefined,
      ]);
      const plans = {
        drawForDiscriminator,
        updateDiscriminator,
        ...(lazily && { lazyUpdateDiscriminator: lazily }),
        drawForGenerator,
        updateGenerator,
        measure,
      };
      return new Trainer(device, config, run, memory, activations, plans, evaluation);
    } catch (error) {
      memory.destroy();
      throw error;
    }
  }

  private constructor(
    device: Device,
    config: TrainerConfig,
    run: CompiledRun,
    memory: Memory,
    activationBytes: number,
    plans: Plans,
    evaluation: EvaluationPlan | undefined,
  ) {
    this.device = device;
    this.config = config;
    this.#run = run;
    this.#memory = memory;
    this.#activationBytes = activationBytes;
    this.#plans = plans;
    this.#readback = new Readback(device.gpu, 'trainer');
    this.#evaluation = evaluation;
    this.#inference = new Inference(device, run, memory, this.#readback);
    memory.write(run.fault, NO_FAULT);
    for (const [name, table] of Object.entries(run.data?.tables ?? {}))
      memory.write(run.tables[name]!, table);
    const initial = initialTensors([run.generator, run.discriminator], config.seed);
    this.writeTensors(initial);
    const { augmentation } = run;
    if (augmentation) {
      const [state] = augmentation.group.arena.slots;
      this.writeTensors(new Map([[state!.name, { shape: [1], data: augmentation.initial }]]));
    }
    // The average begins as what it averages.
    const averaged = run.average?.groups.flatMap(({ arena }) => arena.slots.map(({ name }) => name)) ?? [];
    this.writeTensors(new Map(averaged.map((name) => [name, initial.get(name.replace('average.', ''))!])));
  }

  /** Iterations submitted so far: updates of G. */
  get step(): number {
    return this.#generatorUpdates;
  }

  /** Updates of D submitted so far. */
  get discriminatorUpdates(): number {
    return this.#discriminatorUpdates;
  }

  /** What the run consists of: networks, data source, slots. */
  get run(): CompiledRun {
    return this.#run;
  }

  /** How the products of an iteration run now: strategies, with how many run so. */
  get strategies(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const plan of Object.values(this.#plans) as Plan[])
      for (const [label, count] of plan.strategies) counts.set(label, (counts.get(label) ?? 0) + count);
    return counts;
  }

  /** Resolves when no product waits for a quicker strategy any more. */
  get settled(): Promise<void> {
    return Promise.all((Object.values(this.#plans) as Plan[]).map((plan) => plan.settled)).then(() => {});
  }

  /** Bytes of the GPU's memory that the run holds, by what they hold. Views that were made of it are not in it. */
  get memory(): MemoryReport {
    return reportMemory(this.#run, this.#memory, {
      activations: this.#activationBytes,
      total: this.#memory.bytes + this.#inference.bytes + (this.#evaluation?.bytes ?? 0),
    });
  }

  /** Whole iterations, in one submit. */
  advance(iterations: number): void {
    this.#submit('iterations', (pass) => {
      for (let i = 0; i < iterations; i++) {
        for (let k = 0; k < this.config.discriminatorSteps; k++) this.#encodeDiscriminatorUpdate(pass);
        this.#encodeGeneratorUpdate(pass);
      }
    });
  }

  /**
   * One iteration with a pass for each of its parts, and their GPU time in milliseconds: where a step's time goes.
   * Empty where the adapter has no `timestamp-query`.
   */
  async timeIteration(): Promise<Readonly<Record<string, number>>> {
    const timer = new PassTimer(this.device, 2 * (this.config.discriminatorSteps + 1));
    const encoder = this.device.gpu.createCommandEncoder({ label: 'timed iteration' });
    const encode = (plan: Plan) => {
      const pass = encoder.beginComputePass(timer.pass(plan.label));
      plan.encode(pass);
      pass.end();
    };
    for (let k = 0; k < this.config.discriminatorSteps; k++) {
      encode(this.#plans.drawForDiscriminator);
      encode(this.#nextDiscriminatorUpdate);
      this.#discriminatorUpdates++;
    }
    encode(this.#plans.drawForGenerator);
    encode(this.#plans.updateGenerator);
    this.#generatorUpdates++;
    const read = timer.resolve(encoder);
    this.device.gpu.queue.submit([encoder.finish()]);
    const phases: Record<string, number> = {};
    for (const { label, milliseconds } of await read()) phases[label] = (phases[label] ?? 0) + milliseconds;
    timer.destroy();
    return phases;
  }

  /** Updates of D alone, on drawn batches, in one submit. */
  updateDiscriminator(updates = 1): void {
    this.#submit('discriminator updates', (pass) => {
      for (let i = 0; i < updates; i++) this.#encodeDiscriminatorUpdate(pass);
    });
  }

  /** One update of G alone, on a drawn batch. */
  updateGenerator(): void {
    this.#submit('generator update', (pass) => this.#encodeGeneratorUpdate(pass));
  }

  /**
   * One update of D on a given real batch [batch, …sample] and noise [batch, noise size], and, where a penalty looks between real
   * and generated samples, on how much of the real one is in each point, [batch].
   */
  updateDiscriminatorWith(real: Float32Array, noise: Float32Array, epsilon?: Float32Array): void {
    const shape = this.#run.generator.output;
    const length = this.config.batchSize * sizeOf(shape);
    this.#writeBatch(this.#run.real, toChannelsLast(real, shape), length);
    this.#writeBatch(this.#run.discriminatorNoise, noise, this.#run.discriminatorNoise.length);
    if (this.#run.epsilon)
      this.#writeBatch(this.#run.epsilon, epsilon ?? new Float32Array(), this.#run.epsilon.length);
    this.#submit('given discriminator update', (pass) => this.#nextDiscriminatorUpdate.encode(pass));
    this.#discriminatorUpdates++;
  }

  /** One update of G on given noise [batch, noise size], and, for a loss of pairs, real samples [batch, …sample]. */
  updateGeneratorWith(noise: Float32Array, real?: Float32Array): void {
    const { generator, generatorNoise, generatorReal } = this.#run;
    this.#writeBatch(generatorNoise, noise, generatorNoise.length);
    if (generatorReal) {
      const given = toChannelsLast(real ?? new Float32Array(), generator.output);
      this.#writeBatch(generatorReal, given, generatorReal.length);
    }
    this.#submit('given generator update', (pass) => this.#plans.updateGenerator.encode(pass));
    this.#generatorUpdates++;
  }

  /**
   * The metrics of all iterations submitted since the last call, oldest first; of more than 4,096 only the last are left.
   * @throws TrainingFault where a loss, a gradient or a weight was no longer finite.
   */
  async readMetrics(): Promise<MetricsRow[]> {
    const [from, to] = [this.#rowsRead, this.#generatorUpdates];
    this.#rowsRead = to;
    const { rows, fault } = await this.#readRows(from, to);
    this.#throwFault(fault, rows);
    return rows;
  }

  /** The metrics of the last updates, also of an iteration that is only half done. */
  async readLatest(): Promise<MetricsRow> {
    // Until G's update is made, D's metrics stand in the row of the iteration to come, where G's loss is an old one.
    const halfDone = this.#discriminatorUpdates > this.#generatorUpdates * this.config.discriminatorSteps;
    const to = this.#generatorUpdates + (halfDone ? 1 : 0);
    const { rows, fault } = await this.#readRows(Math.max(0, to - 1), Math.max(1, to));
    this.#throwFault(fault);
    return rows[0]!;
  }

  /** [count, …sample]: samples of G, averaged where there is an average, as it is now; the same noise for the same seed. */
  sample(count: number, seed: number, choice: SampleChoice = {}): Promise<Float32Array<ArrayBuffer>> {
    return this.#toChannelsFirst(this.#inference.sample(count, seed, choice));
  }

  /** [count, noise size]: what `sample` draws for the same seed. */
  noise(count: number, seed: number): Promise<Float32Array<ArrayBuffer>> {
    return this.#inference.noise(count, seed);
  }

  /** [n, …sample]: G(z) of given noise [n, noise size]. */
  generate(noise: Float32Array, choice: SampleChoice = {}): Promise<Float32Array<ArrayBuffer>> {
    return this.#toChannelsFirst(this.#inference.generate(noise, choice));
  }

  /** [count, …sample]: samples of the data. */
  real(count: number, seed: number): Promise<Float32Array<ArrayBuffer>> {
    return this.#toChannelsFirst(this.#inference.real(count, seed));
  }

  /**
   * D(x) = σ(logit), of points [n, …sample]. A conditional D is told their classes: `labels`, or else those that they most likely are of.
   * @throws RangeError where neither is known
   */
  async score(points: Float32Array, labels = this.#likelyLabels(points)): Promise<Float32Array<ArrayBuffer>> {
    return this.#inference.score(toChannelsLast(points, this.#run.generator.output), labels);
  }

  /** The logit of D(x), which some losses give another meaning than a probability's; otherwise as `score`. */
  async logits(
    points: Float32Array,
    labels = this.#likelyLabels(points),
  ): Promise<Float32Array<ArrayBuffer>> {
    return this.#inference.logits(toChannelsLast(points, this.#run.generator.output), labels);
  }

  /** How good G is now, on fresh samples. @throws Error for a replayed run, which has no data to compare with. */
  async evaluate(): Promise<Evaluation> {
    if (!this.#evaluation) throw new Error('A replayed run has no data to evaluate against.');
    const { augmentation } = this.#run;
    // Submitted behind each other, so that both are of the same moment.
    const evaluating = this.#evaluation.run(this.step, this.#readback);
    if (!augmentation?.adapts) return evaluating;
    const state = this.#read([this.#memory.region(augmentation.group.arena.whole)]);
    const [augmentProbability] = new Float32Array(await state);
    return { ...(await evaluating), augmentProbability: augmentProbability! };
  }

  /** Buffers to draw from without reading back: samples and D's field. */
  createView(options: ViewOptions): Promise<TrainerView> {
    return TrainerView.create(this.device, this.#run, this.#memory, options);
  }

  /** All parameters and running statistics, by PyTorch's names. */
  readTensors(): Promise<Map<string, Tensor>> {
    return this.#readGroups(this.#groups(keptGroups));
  }

  /** The gradients of the last update of each network, of what is minimised: `grad.generator.0.weight`. */
  readGradients(): Promise<Map<string, Tensor>> {
    return this.#readGroups(this.#groups(({ gradients, tensors }) => [{ arena: gradients, specs: tensors }]));
  }

  /** Parameters, running statistics, the optimizers' state, the averaged generator, and the updates so far. */
  async readState(): Promise<TrainerState> {
    const updates = { discriminator: this.#discriminatorUpdates, generator: this.#generatorUpdates };
    const data = this.#run.data?.fingerprint?.();
    const tensors = await this.#readGroups(this.#stateGroups);
    return { tensors, updates, ...(data !== undefined && { data }) };
  }

  /**
   * Puts tensors of `readTensors` or `readState` back; those not given stay.
   * @throws RangeError for a name that this run does not have or a length that differs; nothing is written then.
   */
  writeTensors(tensors: Tensors): void {
    writeGroups(this.#memory, this.#stateGroups, tensors);
  }

  /** Puts back what `readState` read: the run goes on from there, also behind a fault. */
  writeState({ tensors, updates }: TrainerState): void {
    this.writeTensors(tensors);
    this.#memory.write(this.#run.fault, NO_FAULT);
    this.#memory.write(this.#run.discriminator.clock, new Uint32Array([updates.discriminator]));
    this.#memory.write(this.#run.generator.clock, new Uint32Array([updates.generator]));
    this.#discriminatorUpdates = updates.discriminator;
    this.#generatorUpdates = updates.generator;
    this.#rowsRead = updates.generator;
  }

  /** Frees the run's memory; the device stays. */
  destroy(): void {
    for (const plan of Object.values(this.#plans) as Plan[]) plan.destroy();
    this.#inference.destroy();
    this.#evaluation?.destroy();
    this.#readback.destroy();
    this.#memory.destroy();
  }

  get #nextDiscriminatorUpdate(): Plan {
    const { updateDiscriminator, lazyUpdateDiscriminator } = this.#plans;
    return lazyUpdateDiscriminator && this.#isLazy(this.#discriminatorUpdates)
      ? lazyUpdateDiscriminator
      : updateDiscriminator;
  }

  /** Whether D's update behind so many others ends in a step on lazy penalties. */
  #isLazy(updates: number): boolean {
    const interval = this.#run.lazyUpdateDiscriminator?.interval;
    return interval !== undefined && updates % interval === 0;
  }

  #likelyLabels(points: Float32Array): Uint32Array | undefined {
    const { classes, data } = this.#run;
    return classes && data ? likelyLabels(data, points) : undefined;
  }

  #encodeDiscriminatorUpdate(pass: GPUComputePassEncoder): void {
    this.#plans.drawForDiscriminator.encode(pass);
    this.#nextDiscriminatorUpdate.encode(pass);
    this.#discriminatorUpdates++;
  }

  #encodeGeneratorUpdate(pass: GPUComputePassEncoder): void {
    this.#plans.drawForGenerator.encode(pass);
    this.#plans.updateGenerator.encode(pass);
    this.#generatorUpdates++;
  }

  #submit(label: string, encode: (pass: GPUComputePassEncoder) => void): void {
    submitPass(this.device.gpu, label, encode);
  }

  #writeBatch(slot: Slot, data: Float32Array, length: number): void {
    if (data.length !== length)
      throw new RangeError(`A batch of ${data.length} numbers for "${slot.name}"; ${length} would do.`);
    this.#memory.write(slot, data);
  }

  /** Rows of iterations `from` + 1 … `to`, the last one with the norms of the gradients that lie there, and the fault's words. */
  async #readRows(from: number, to: number): Promise<{ rows: MetricsRow[]; fault: ArrayBuffer }> {
    const { history, fault, discriminator, generator } = this.#run;
    const { gradientNorm } = discriminator;
    const pieces = [
      ...historyPieces(this.#memory.region(history), from, to),
      ...[gradientNorm, generator.gradientNorm].map((slot) => ({ ...this.#memory.region(slot), size: 4 })),
      this.#memory.region(fault),
    ];
    const isLazy = this.#isLazy(this.#discriminatorUpdates - 1);
    const read = submitPass(
      this.device.gpu,
      'metrics',
      (pass) => this.#plans.measure.encode(pass),
      (encoder) => this.#readback.encode(encoder, pieces),
    );
    const bytes = await read();
    const rows = parseRows(bytes, Math.min(to - from, HISTORY_ROWS));
    const end = bytes.byteLength - 4 * FAULT_WORDS;
    const [ofDiscriminator, ofGenerator] = new Float32Array(bytes, end - 8, 2);
    const norms = {
      ...(!isLazy && { discriminatorGradientNorm: ofDiscriminator! }),
      generatorGradientNorm: ofGenerator!,
    };
    return {
      rows: rows.map((row, i) => (i === rows.length - 1 ? { ...row, ...norms } : row)),
      fault: bytes.slice(end),
    };
  }

  async #read(pieces: Parameters<Readback['encode']>[1]): Promise<ArrayBuffer> {
    const encoder = this.device.gpu.createCommandEncoder({ label: 'read' });
    const read = this.#readback.encode(encoder, pieces);
    this.device.gpu.queue.submit([encoder.finish()]);
    return read();
  }

  #throwFault(words: ArrayBuffer, rows: readonly MetricsRow[] = []): void {
    const { generator, discriminator } = this.#run;
    const fault = readFault(new Uint32Array(words), this.config.discriminatorSteps, {
      generator,
      discriminator,
    });
    if (!fault) return;
    const { step, tensor } = fault;
    const before = rows.filter((row) => row.step < step);
    throw new TrainingFault(step, tensor, before);
  }

  async #toChannelsFirst(samples: Promise<Float32Array<ArrayBuffer>>): Promise<Float32Array<ArrayBuffer>> {
    return toChannelsFirst(await samples, this.#run.generator.output);
  }

  #groups(groupsOf: (network: TrainedNetwork) => readonly TensorGroup[]): TensorGroup[] {
    return [this.#run.generator, this.#run.discriminator].flatMap(groupsOf);
  }

  get #stateGroups(): TensorGroup[] {
    const { average, augmentation } = this.#run;
    return [
      ...this.#groups(stateGroups),
      ...(average?.groups ?? []),
      ...(augmentation ? [augmentation.group] : []),
    ];
  }

  #readGroups(groups: readonly TensorGroup[]): Promise<Map<string, Tensor>> {
    return readGroups(this.#memory, groups, (regions) => this.#read(regions));
  }
}

/** Everything of a network that decides what it does next. */
const stateGroups = (network: TrainedNetwork): TensorGroup[] => [
  ...keptGroups(network),
  ...Object.values(network.state).map((arena) => ({ arena, specs: network.tensors })),
];
