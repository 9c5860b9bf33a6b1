// webgan itself, through the Trainer that the command and the page use.

import { version } from '../package.json';
import type { ImageSet } from '../src/data/image-set';
import { openDevice } from '../src/gpu/device';
import { parseConfig } from '../src/training/config';
import { Trainer } from '../src/training/trainer';
import type { Contestant, Run, Wait } from './contestant';
import { makePictures } from './pictures';
import { type Batch, type Problem, sampleShape, type Weights } from './problem';
import { PROBLEMS } from './problems';

/** A problem as a run configuration. */
export function runConfiguration(problem: Problem) {
  const { learningRate, beta1, beta2, epsilon, data } = problem;
  const adam = { type: 'adam', learningRate, beta1, beta2, epsilon };
  const [channels, height, width] = sampleShape(problem);
  return parseConfig({
    data:
      data.kind === 'ring'
        ? {
            source: 'ring',
            modes: data.modes,
            radius: data.radius,
            standardDeviation: data.standardDeviation,
          }
        : { source: 'images', channels, height, width },
    noise: { type: 'normal', size: problem.noiseSize },
    generator: problem.generator,
    discriminator: problem.discriminator,
    loss: 'nonSaturating',
    optimizer: { generator: adam, discriminator: adam },
    batchSize: problem.batchSize,
    discriminatorSteps: 1,
    steps: 1_000_000,
    seed: 1,
  });
}

/** What the data source of a problem needs beside the configuration. */
export function runContent({ data }: Problem): { readonly images?: ImageSet } {
  if (data.kind === 'ring') return {};
  const { count, side } = data;
  const pieces = [makePictures(data)];
  return { images: { name: 'bench', count, channels: 1, height: side, width: side, pieces } };
}

class WebganRun implements Run {
  readonly #trainer: Trainer;
  readonly #wait: Wait;
  #iterationsPerSubmit = 1;

  constructor(trainer: Trainer, wait: Wait) {
    this.#trainer = trainer;
    this.#wait = wait;
  }

  async stepOn(batch: Batch): Promise<void> {
    this.#trainer.updateDiscriminatorWith(batch.real, batch.discriminatorNoise);
    this.#trainer.updateGeneratorWith(batch.generatorNoise);
  }

  async advance(iterations: number): Promise<void> {
    const start = performance.now();
    for (let left = iterations; left > 0; left -= this.#iterationsPerSubmit) {
      this.#trainer.advance(Math.min(left, this.#iterationsPerSubmit));
    }
    await this.#wait(this.#trainer.device.gpu.queue.onSubmittedWorkDone());
    const iteration = (performance.now() - start) / iterations;
    this.#iterationsPerSubmit = Math.min(MOST_ITERATIONS, Math.max(1, Math.floor(SUBMIT / iteration)));
  }

  async weights(): Promise<Weights> {
    return this.#wait(this.#trainer.readTensors());
  }

  async dispose(): Promise<void> {
    this.#trainer.destroy();
    this.#trainer.device.destroy();
  }
}

/** About as long, in milliseconds, as the training loop, too, makes a submit. */
const SUBMIT = 40;
const MOST_ITERATIONS = 50;

/** webgan on the adapter that `navigator.gpu` gives. */
export function webgan(wait: Wait): Contestant {
  return {
    key: 'webgan',
    library: 'webgan',
    version,
    backend: 'WebGPU',
    problems: PROBLEMS.map(({ key }) => key),
    async start(problem, weights) {
      const device = await openDevice(navigator.gpu);
      const trainer = await Trainer.create(device, runConfiguration(problem), runContent(problem));
      // Training starts on plain products: what is compared and timed are those that it ends on.
      await wait(trainer.settled);
      trainer.writeTensors(new Map(weights));
      return new WebganRun(trainer, wait);
    },
  };
}
