// One evaluation of a running game: G's samples and as many true ones, counted and judged on the GPU.

import { findDistances } from '../../shaders/pairDistances.wgsl';
import type { Device } from '../gpu/device';
import { Memory } from '../gpu/memory';
import { Plan } from '../gpu/plan';
import type { Readback } from '../gpu/readback';
import { submitPass } from '../gpu/submit';
import { linearGrid, type Slot, work } from '../gpu/work';
import { EVALUATE } from '../layers/chain';
import { sizeOf } from '../layers/layer';
import { copyWork } from '../layers/slots';
import { losses } from '../losses';
import { logitsIn } from '../losses/auxiliaryClassifier';
import type { CompiledRun } from './compile';
import type { TrainerConfig } from './config';
import { createEvaluator, type Evaluator, lowerBound, type Scores } from './evaluation';
import { NO_FAULT } from './fault';
import { generateWork, inferenceBatch, labelsWork, realLabelsWork, realWork } from './inference';
import { HISTORY_WORDS, historyPieces, type MetricsRow, parseRows, recordUpdate } from './metrics';
import { forward } from './network';

/** The scores of G's samples, and V(D, G) on the same samples with what it says about JS. */
export interface Evaluation extends Partial<Scores> {
  /** Iterations that had been submitted. */
  readonly step: number;
  readonly value: number;
  /** (V + 2 log 2)/2, at most JS on expectations. */
  readonly lowerBound: number;
  /** Mean of D(x), and of D(G(z)). */
  readonly realScore: number;
  readonly fakeScore: number;
  /** How likely each operation is that images are augmented with, where it adapts. */
  readonly augmentProbability?: number;
  /** Mean Euclidean distance of one generated sample from another, and of one real sample from another. */
  readonly spread: number;
  readonly spreadReal: number;
}

/** Samples where no measure asks for a number of its own: at least so many, in whole batches. */
const SAMPLES = 1024;

interface EvaluationSlots {
  readonly counts: { readonly generated: Slot; readonly real: Slot };
  /** [batches, batch] each. */
  readonly distances: { readonly generated: Slot; readonly real: Slot };
  /** Means of each batch, a row each. */
  readonly history: Slot;
  /** Which draw of the random numbers, and which row. */
  readonly clocks: { readonly draw: Slot; readonly row: Slot };
  readonly batches: number;
}

export class EvaluationPlan {
  readonly #device: Device;
  readonly #memory: Memory;
  readonly #plan: Plan;
  readonly #evaluator: Evaluator | undefined;
  readonly #counts: EvaluationSlots['counts'];
  readonly #distances: EvaluationSlots['distances'];
  readonly #history: Slot;
  readonly #clocks: { readonly draw: Slot; readonly row: Slot };
  readonly #batches: number;

  static async create(
    device: Device,
    run: CompiledRun,
    parent: Memory,
    config: TrainerConfig,
  ): Promise<EvaluationPlan> {
    if (!run.data) throw new Error('A replayed run has no data to evaluate against.');
    const evaluator = createEvaluator(run.data);
    // An evaluator counts all of its samples at once. The means of V are taken batch by batch.
    const batch = evaluator?.sampleCount ?? inferenceBatch(run);
    const batches = evaluator ? 1 : Math.ceil(SAMPLES / batch);
    const memory = new Memory(device.gpu, parent);
    const allocate = (name: string, length: number): Slot => {
      const slot = { name: `evaluation ${name}`, length };
      memory.allocate(slot);
      return slot;
    };
    const sampleLength = batch * sizeOf(run.generator.output);
    const slot = (name: string, length: number): Slot => ({ name: `evaluation ${name}`, length });
    const [generated, real] = [slot('generated', sampleLength), slot('real', sampleLength)];
    const judgedSamples = slot('judged', 2 * sampleLength);
    const terms = slot('terms', 4 * batch);
    const logitsGrad = slot('logitsGrad', 2 * batch);
    const counts = {
      generated: allocate('generated counts', evaluator?.countsLength ?? 1),
      real: allocate('real counts', evaluator?.countsLength ?? 1),
    };
    const distances = {
      generated: allocate('generated distances', batches * batch),
      real: allocate('real distances', batches * batch),
    };
    const history = allocate('means', HISTORY_WORDS);
    const clocks = { draw: allocate('draw', 1), row: allocate('row', 1) };
    // The means are taken as those of an update are, into a row a batch; what counts updates there counts nothing here.
    const record = {
      terms,
      history,
      fault: allocate('fault', NO_FAULT.length),
      discriminatorClock: allocate('discriminator clock', 1),
      generatorClock: clocks.row,
    };
    const tables = Object.fromEntries(
      Object.entries(evaluator?.tables ?? {}).map(([name, table]) => [
        name,
        allocate(`table ${name}`, table.length),
      ]),
    );
    for (const [name, table] of Object.entries(evaluator?.tables ?? {})) memory.write(tables[name]!, table);
    const source = { seed: config.seed, clock: clocks.draw, batch };
    const labels = run.classes
      ? { judged: slot('labels', 2 * batch), generated: slot('asked', batch) }
      : undefined;
    const pass = { ...EVALUATE, labels: labels?.judged };
    const judged = forward(run.discriminator, judgedSamples, 2 * batch, pass, { keep: false });
    const { logits, work: taking } = logitsIn(judged.output, run.classLogits);
    const [ofGenerated, ofReal] = [
      { ...source, stream: 'evaluationNoise', output: generated },
      { ...source, stream: 'evaluationData', output: real },
    ] as const;
    const list = [
      ...(labels ? [labelsWork(run.classes!, ofGenerated, labels.generated)] : []),
      ...generateWork(run, ofGenerated, {}, labels?.generated),
      ...realWork(run, ofReal),
      ...(labels
        ? [
            ...realLabelsWork(run, { ...ofReal, output: labels.judged }),
            copyWork(labels.generated, labels.judged, batch, { to: batch }),
          ]
        : []),
      ...(evaluator?.works({ samples: generated, counts: counts.generated, tables }) ?? []),
      ...(evaluator?.works({ samples: real, counts: counts.real, tables }) ?? []),
      ...(['generated', 'real'] as const).map((kind) =>
        work(
          findDistances,
          {
            samples: kind === 'real' ? real : generated,
            row: clocks.row,
            distances: distances[kind],
            shape: { batch, size: sampleLength / batch },
          },
          linearGrid(batch, findDistances),
        ),
      ),
      copyWork(real, judgedSamples, sampleLength),
      copyWork(generated, judgedSamples, sampleLength, { to: sampleLength }),
      ...judged.work,
      ...taking,
      ...losses.get(config.loss).discriminator({ batch, logits, logitsGrad, terms }),
      recordUpdate('discriminator', record, batch),
    ];
    memory.allocateTransient('evaluation', [list]);
    const plan = await Plan.create(device, memory, 'evaluation', list);
    return new EvaluationPlan(device, memory, plan, evaluator, {
      counts,
      distances,
      history,
      clocks,
      batches,
    });
  }

  private constructor(
    device: Device,
    memory: Memory,
    plan: Plan,
    evaluator: Evaluator | undefined,
    { counts, distances, history, clocks, batches }: EvaluationSlots,
  ) {
    this.#device = device;
    this.#memory = memory;
    this.#plan = plan;
    this.#evaluator = evaluator;
    this.#counts = counts;
    this.#distances = distances;
    this.#history = history;
    this.#clocks = clocks;
    this.#batches = batches;
  }

  /** Bytes of the GPU's memory that evaluations take. */
  get bytes(): number {
    return this.#memory.bytes;
  }

  /** Submits at once; the promise is answered when the GPU has got there. */
  run(step: number, readback: Readback): Promise<Evaluation> {
    const regions = ({ generated, real }: EvaluationSlots['counts']) => [
      this.#memory.region(generated),
      this.#memory.region(real),
    ];
    const [counts, distances] = [regions(this.#counts), regions(this.#distances)];
    const means = historyPieces(this.#memory.region(this.#history), 0, this.#batches);
    let read: () => Promise<ArrayBuffer> = () => Promise.resolve(new ArrayBuffer(0));
    // A submit each: many images at once would keep the GPU from everything else.
    for (let batch = 0; batch < this.#batches; batch++) {
      this.#memory.write(this.#clocks.draw, new Uint32Array([step * this.#batches + batch]));
      this.#memory.write(this.#clocks.row, new Uint32Array([batch]));
      submitPass(
        this.#device.gpu,
        'evaluation',
        (pass) => this.#plan.encode(pass),
        (encoder) => {
          if (batch === this.#batches - 1)
            read = readback.encode(encoder, [...means, ...distances, ...counts]);
        },
      );
    }
    return read().then((bytes): Evaluation => {
      const rows = parseRows(bytes, this.#batches);
      const mean = (of: (row: MetricsRow) => number) =>
        rows.reduce((sum, row) => sum + of(row), 0) / rows.length;
      const value = mean((row) => row.value);
      const [realScore, fakeScore] = [mean((row) => row.realScore), mean((row) => row.fakeScore)];
      let at = means.reduce((sum, { size }) => sum + size, 0);
      const [generatedSpread, realSpread, generated, real] = [...distances, ...counts].map(({ size }) => {
        at += size;
        return at - size;
      });
      const words = (start: number) => new Uint32Array(bytes, start, this.#counts.real.length);
      const scores = this.#evaluator?.interpret(words(generated!), words(real!));
      const meanOf = (start: number) => {
        const { length } = this.#distances.real;
        return new Float32Array(bytes, start, length).reduce((sum, x) => sum + x, 0) / length;
      };
      const [spread, spreadReal] = [meanOf(generatedSpread!), meanOf(realSpread!)];
      return {
        step,
        value,
        lowerBound: lowerBound(value),
        realScore,
        fakeScore,
        spread,
        spreadReal,
        ...scores,
      };
    });
  }

  destroy(): void {
    this.#plan.destroy();
    this.#memory.destroy();
  }
}
