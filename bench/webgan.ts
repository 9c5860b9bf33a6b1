// webgan itself, through the Trainer that the command and the page use.

import { version } from '../package.json';
import { openDevice } from '../src/gpu/device';
import { parseConfig } from '../src/training/config';
import { Trainer } from '../src/training/trainer';
import type { Contestant, Run, Wait } from './contestant';
import { type Batch, PROBLEM, type Weights } from './problem';

/** The problem as a run configuration. */
export function runConfiguration() {
  const dense = (widths: readonly number[], activation: object) =>
    widths.slice(1).flatMap((units, layer) => {
      const layers: object[] = [{ type: 'dense', units }];
      return layer === 0 ? layers : [activation, ...layers];
    });
  const adam = {
    type: 'adam',
    learningRate: PROBLEM.learningRate,
    beta1: PROBLEM.beta1,
    beta2: PROBLEM.beta2,
    epsilon: PROBLEM.epsilon,
  };
  return parseConfig({
    data: {
      source: 'ring',
      modes: PROBLEM.modes,
      radius: PROBLEM.radius,
      standardDeviation: PROBLEM.standardDeviation,
    },
    noise: { type: 'normal', size: PROBLEM.noiseSize },
    generator: dense(PROBLEM.generatorWidths, { type: 'relu' }),
    discriminator: dense(PROBLEM.discriminatorWidths, { type: 'leakyRelu', slope: PROBLEM.slope }),
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: PROBLEM.batchSize,
    discriminatorSteps: 1,
    steps: 1_000_000,
    seed: 1,
  });
}

class WebganRun implements Run {
  readonly #trainer: Trainer;
  readonly #queue: GPUQueue;
  readonly #wait: Wait;

  constructor(trainer: Trainer, queue: GPUQueue, wait: Wait) {
    this.#trainer = trainer;
    this.#queue = queue;
    this.#wait = wait;
  }

  async stepOn(batch: Batch): Promise<void> {
    this.#trainer.updateDiscriminatorWith(batch.real, batch.discriminatorNoise);
    this.#trainer.updateGeneratorWith(batch.generatorNoise);
  }

  async advance(iterations: number): Promise<void> {
    for (let left = iterations; left > 0; left -= ITERATIONS_PER_SUBMIT) {
      this.#trainer.advance(Math.min(left, ITERATIONS_PER_SUBMIT));
    }
    await this.#wait(this.#queue.onSubmittedWorkDone());
  }

  async weights(): Promise<Weights> {
    return this.#wait(this.#trainer.readTensors());
  }

  async dispose(): Promise<void> {
    this.#trainer.destroy();
  }
}

/** As many as the training loop, too, puts into one submit of a step this small on a slow adapter. */
const ITERATIONS_PER_SUBMIT = 50;

/** webgan on the adapter that `navigator.gpu` gives. */
export function webgan(wait: Wait): Contestant {
  return {
    key: 'webgan',
    library: 'webgan',
    version,
    backend: 'WebGPU',
    async start(weights) {
      const device = await openDevice(navigator.gpu);
      const trainer = await Trainer.create(device, runConfiguration());
      trainer.writeTensors(new Map(weights));
      return new WebganRun(trainer, device.gpu.queue, wait);
    },
  };
}
