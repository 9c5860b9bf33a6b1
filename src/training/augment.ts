// What D sees of images: differentiable augmentation, of a fixed or of an adaptive strength. Its mathematics is in shaders/augment.wgsl.

import * as v from 'valibot';
import { adaptAugmentation } from '../../shaders/adaptAugmentation.wgsl';
import {
  augmentBack,
  augmentImages,
  drawAugmentations,
  sumGradients,
  sumImages,
} from '../../shaders/augment.wgsl';
import type { StreamSettings } from '../gpu/draw';
import { type Arena, layOutArena } from '../gpu/memory';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import type { Shape } from '../layers/layer';
import { nameOf } from '../math/choice';
import { specialize } from '../wgsl/specialize';
import type { TensorGroup } from './store';

const share = 'a number from 0 to 1 would do';
const fraction = v.pipe(
  v.number(share),
  v.check((p) => p >= 0 && p <= 1, share),
);

/** What can be done to an image, and in words. */
const OPERATIONS = {
  brightness: { summary: 'Makes an image lighter or darker.', formula: 'x + b,  b ∈ [−½, ½)' },
  saturation: {
    summary: 'Makes its colours weaker or stronger; grey images stay as they are.',
    formula: 's·x + (1 − s)·x̄,  s ∈ [0, 2),  x̄ the mean of a pixel’s channels',
  },
  contrast: {
    summary: 'Makes it flatter or sharper.',
    formula: 'k·x + (1 − k)·x̿,  k ∈ [½, 3⁄2),  x̿ the image’s mean',
  },
  translation: {
    summary: 'Moves it by up to an eighth of its sides; 0 moves in.',
    formula: 'x(q − move)',
  },
  cutout: {
    summary: 'Puts 0 into a square of half its side, wherever the middle of that falls.',
    formula: '0 where |q − c| is within a quarter of the side, else x',
  },
} as const;
type Operation = keyof typeof OPERATIONS;
const operations = {
  names: Object.keys(OPERATIONS),
  get: (name: string) => OPERATIONS[name as Operation],
};

export const augmentSchema = v.strictObject({
  operations: v.optional(
    v.pipe(
      v.array(
        nameOf('operations', 'an operation', () => operations),
        `a list of ${operations.names.join(', ')} would do`,
      ),
      v.minLength(1, 'a list of at least one operation would do'),
      v.description('What is done to images before D sees them, real and generated ones alike.'),
    ),
    [...operations.names],
  ),
  probability: v.optional(
    v.pipe(
      fraction,
      v.description(
        'How likely each operation is for a sample: 1 where it is not given; where it adapts, at the start, 0.',
      ),
      v.examples([1]),
    ),
  ),
  adaptive: v.optional(
    v.pipe(
      v.nullable(
        v.strictObject({
          target: v.optional(
            v.pipe(
              v.number('a number from −1 to 1 would do'),
              v.check((r) => r >= -1 && r <= 1, 'a number from −1 to 1 would do'),
              v.description('The mean sign of D’s logits on real samples that is aimed at.'),
            ),
            0.6,
          ),
          images: v.optional(
            v.pipe(
              v.number('a number of images above 0 would do'),
              v.check((n) => n > 0 && n <= 1e12, 'a number of images above 0 would do'),
              v.description('Real images that the probability takes from 0 to 1 at the quickest.'),
            ),
            500_000,
          ),
          limit: v.optional(v.pipe(fraction, v.description('The largest probability.')), 0.8),
        }),
      ),
      v.description(
        'Whether the probability follows how much D overfits (Karras et al. 2020): up while it is too sure of real samples, else down.',
      ),
    ),
    null,
  ),
});

/** Field of a configuration and sentence, where the probability cannot follow D. */
export function augmentProblem(
  { adaptive, probability }: AugmentConfig,
  loss: { readonly type: string; readonly signTells: boolean },
): { field: string; sentence: string } | undefined {
  if (!adaptive) return undefined;
  if (!loss.signTells) {
    return {
      field: 'augment.adaptive',
      sentence: `given with the loss ${loss.type}, in which the sign of a logit says nothing of how sure D is; null, for a fixed probability, would do`,
    };
  }
  if (probability !== undefined && probability > adaptive.limit) {
    return {
      field: 'augment.probability',
      sentence: `${probability} given with a limit of ${adaptive.limit}; at most that would do`,
    };
  }
  return undefined;
}

export type AugmentConfig = v.InferOutput<typeof augmentSchema>;

/** Samples as D sees them, and the way back. */
export interface Augmented {
  readonly output: Slot;
  readonly work: readonly Work[];
  /** ∂/∂output → ∂/∂samples, in a slot of that length. */
  back(outputGrad: Slot): { readonly inputGrad: Slot; readonly work: readonly Work[] };
}

/** What each sample's numbers are drawn from. */
interface Draw {
  readonly clock: Slot;
  readonly stream: StreamSettings;
}

export class Augmentation {
  /** p: part of a run's state. */
  readonly group: TensorGroup;
  readonly #config: AugmentConfig;
  readonly #shape: Shape;
  readonly #state: Slot;

  /** For images of a shape [channels, height, width]. */
  constructor(config: AugmentConfig, shape: Shape) {
    this.#config = config;
    this.#shape = shape;
    this.#state = { name: 'augmentation.probability', length: 1 };
    const arena: Arena = layOutArena('augmentation state', [this.#state]);
    const initializer = { type: 'constant', value: 0 } as const;
    this.group = { arena, specs: [{ name: this.#state.name, shape: [1], initializer }] };
  }

  get adapts(): boolean {
    return this.#config.adaptive !== null;
  }

  /** p at the start. */
  get initial(): Float32Array<ArrayBuffer> {
    const { probability = this.adapts ? 0 : 1 } = this.#config;
    return Float32Array.of(probability);
  }

  /** What D sees of `count` samples, [count, …sample]. */
  see(samples: Slot, count: number, { clock, stream }: Draw): Augmented {
    const [channels, height, width] = this.#shape as readonly [number, number, number];
    const has = (operation: Operation) => (this.#config.operations.includes(operation) ? 1 : 0);
    const sizes = { HEIGHT: height, WIDTH: width, CHANNELS: channels };
    const slot = (name: string, length: number): Slot => ({ name: `${samples.name} ${name}`, length });
    const length = count * channels * height * width;
    const augmentations = slot('augmentations', 8 * count);
    const parts = slot('sums', count * sumImages.constants.PARTS);
    const output = slot('as D sees them', length);
    const shape = { batch: count };
    const draw = specialize(drawAugmentations, {
      ...sizes,
      BRIGHTNESS: has('brightness'),
      SATURATION: has('saturation'),
      CONTRAST: has('contrast'),
      TRANSLATION: has('translation'),
      CUTOUT: has('cutout'),
    });
    const [sum, augment] = [specialize(sumImages, sizes), specialize(augmentImages, sizes)];
    return {
      output,
      work: [
        work(
          draw,
          { clock, random: { ...stream, count }, state: this.#state, drawn: augmentations },
          linearGrid(count, draw),
        ),
        work(sum, { input: samples, parts, shape }, linearGrid(parts.length, sum), length),
        work(
          augment,
          { augmentations, input: samples, sums: parts, output, shape },
          linearGrid(count * height * width, augment),
          4 * length,
        ),
      ],
      back: (outputGrad) => {
        const inputGrad = slot('gradient', length);
        const gradParts = slot('gradient sums', parts.length);
        const [sumBack, back] = [specialize(sumGradients, sizes), specialize(augmentBack, sizes)];
        return {
          inputGrad,
          work: [
            work(
              sumBack,
              { augmentations, outputGrad, parts: gradParts, shape },
              linearGrid(parts.length, sumBack),
              length,
            ),
            work(
              back,
              { augmentations, outputGrad, sums: gradParts, inputGrad, shape },
              linearGrid(count * height * width, back),
              4 * length,
            ),
          ],
        };
      },
    };
  }

  /** Behind a judgement of D: moves p by its logits [batch, outputs] on real samples, where it adapts. */
  adapt(
    logits: Slot,
    { batch, outputs, clock, fault }: { batch: number; outputs: number; clock: Slot; fault: Slot },
  ): Work[] {
    const { adaptive } = this.#config;
    if (!adaptive) return [];
    const { target: goal, images, limit } = adaptive;
    const shape = { batch, outputs, goal, step: batch / images, limit };
    return [work(adaptAugmentation, { logits, state: this.#state, clock, fault, shape }, [1, 1, 1], batch)];
  }
}
