// What a picture of a run shows, kept on the GPU: samples of G and of the data from fixed noise, and D's field on a grid.

import type { Device } from '../gpu/device';
import { Memory, type Region } from '../gpu/memory';
import { Plan } from '../gpu/plan';
import { submitPass } from '../gpu/submit';
import type { Slot, Work } from '../gpu/work';
import { EVALUATE } from '../layers/chain';
import { sizeOf } from '../layers/layer';
import type { CompiledRun } from './compile';
import { generateWork, generatorOf, realWork, scoreWork } from './inference';
import { forward } from './network';

export interface ViewOptions {
  /** How many samples of each kind. */
  readonly samples: number;
  /** Of the fixed noise and data draw. */
  readonly seed: number;
  /** Points [n, …sample] at which D is scored, e.g. the cell centres of a grid. */
  readonly field?: Float32Array;
  /** Where the run is conditional: the noise of its samples, and which classes they are of to begin with. */
  readonly condition?: ViewCondition;
}

/** What the samples of a conditional run are made from. */
export interface ViewCondition {
  /** [samples, noise size]. */
  readonly noise: Float32Array;
  /** [samples]. */
  readonly labels: Uint32Array;
  /** [n]: the classes that D is to take the field's points for. */
  readonly field?: Uint32Array;
}

interface GivenSlots {
  readonly noise: Slot;
  readonly labels: Slot;
  readonly field: Slot | undefined;
}

export class TrainerView {
  readonly #device: Device;
  readonly #memory: Memory;
  readonly #plan: Plan;
  readonly #given: GivenSlots | undefined;
  /** [samples, …sample] each; `real` is drawn once. */
  readonly real: Region;
  readonly generated: Region;
  /** D(x) at the field's points, where there are some. */
  readonly scores: Region | undefined;

  static async create(
    device: Device,
    run: CompiledRun,
    parent: Memory,
    options: ViewOptions,
  ): Promise<TrainerView> {
    const memory = new Memory(device.gpu, parent);
    const sampleSize = sizeOf(run.generator.output);
    const slot = (name: string, length: number): Slot => {
      const made = { name: `view ${name}`, length };
      memory.allocate(made);
      return made;
    };
    const clock = slot('clock', 1);
    const real = slot('real', options.samples * sampleSize);
    const generated = slot('generated', options.samples * sampleSize);
    const field = options.field && {
      points: slot('field points', options.field.length),
      scores: slot('scores', options.field.length / sampleSize),
    };
    if (field) memory.write(field.points, options.field!);
    const source = { seed: options.seed, clock, batch: options.samples };
    const once = run.data ? realWork(run, { ...source, stream: 'sampleData', output: real }) : [];
    const given = options.condition && {
      noise: slot('noise', options.samples * run.noise.size),
      labels: slot('labels', options.samples),
      field: field && slot('field labels', field.scores.length),
    };
    const everyTime = [
      ...(given
        ? forward(
            generatorOf(run),
            given.noise,
            options.samples,
            { ...EVALUATE, labels: given.labels },
            {
              output: generated,
              keep: false,
            },
          ).work
        : generateWork(run, { ...source, stream: 'sampleNoise', output: generated })),
      ...(field ? scoreWork(run, field.points, field.scores, field.scores.length, given?.field) : []),
    ];
    memory.allocateTransient('view', [once, everyTime]);
    const drawReal = await Plan.create(device, memory, 'view real', once);
    const plan = await Plan.create(device, memory, 'view', everyTime);
    submit(device, drawReal);
    const regions = {
      real: memory.region(real),
      generated: memory.region(generated),
      scores: field && memory.region(field.scores),
    };
    const view = new TrainerView(device, memory, plan, regions, given);
    if (options.condition) view.choose(options.condition);
    return view;
  }

  private constructor(
    device: Device,
    memory: Memory,
    plan: Plan,
    regions: { real: Region; generated: Region; scores: Region | undefined },
    given: GivenSlots | undefined,
  ) {
    this.#given = given;
    this.#device = device;
    this.#memory = memory;
    this.#plan = plan;
    this.real = regions.real;
    this.generated = regions.generated;
    this.scores = regions.scores;
  }

  get work(): readonly Work[] {
    return this.#plan.work;
  }

  /** Other noise and classes for the samples of a conditional run; seen with the next `update`. */
  choose({ noise, labels, field }: ViewCondition): void {
    if (!this.#given) return;
    this.#memory.write(this.#given.noise, noise);
    this.#memory.write(this.#given.labels, labels);
    if (field && this.#given.field) this.#memory.write(this.#given.field, field);
  }

  /** Brings samples and scores up to what was submitted before; does not wait. */
  update(): void {
    submit(this.#device, this.#plan);
  }

  destroy(): void {
    this.#plan.destroy();
    this.#memory.destroy();
  }
}

function submit(device: Device, plan: Plan): void {
  submitPass(device.gpu, plan.label, (pass) => plan.encode(pass));
}
