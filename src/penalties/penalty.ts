// The contract of a penalty on D's gradient by its input: where it is taken, and what it makes of it.

import * as v from 'valibot';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { wholeFrom } from '../math/ranges';
import type { Kernel } from '../wgsl/kernel';

type Shape = { batch: 'u32'; size: 'u32'; start: 'u32'; parts: 'u32'; weight: 'f32' };

/** The entry points of `shaders/lib/penalty.wgsl` as a penalty's own file instantiates them. */
export interface PenaltyKernels {
  readonly sumSquares: Kernel<{ gradient: 'read'; squares: 'readWrite'; shape: Shape }>;
  readonly penalize: Kernel<{
    gradient: 'read';
    squareSums: 'read';
    terms: 'readWrite';
    direction: 'readWrite';
    shape: Shape;
  }>;
}

/** The points that D's gradient is taken at: the update's real samples, its generated ones, or one between each two. */
export type PenaltyPoints = 'real' | 'generated' | 'between';

export interface PenaltySlots {
  readonly batch: number;
  /** Numbers of a sample. */
  readonly size: number;
  /** The first of its samples in slots that hold others' too. */
  readonly start: number;
  /** [start + batch, size]: ∂D/∂x. */
  readonly gradient: Slot;
  /** [start + batch]: what each sample adds to the mean. */
  readonly terms: Slot;
  /** [start + batch, size]: along which the derivative of D, differentiated by D's parameters, is the penalty's gradient. */
  readonly direction: Slot;
}

export interface Penalty {
  readonly points: PenaltyPoints;
  /**
   * 1: part of D's loss in every update. Above: lazy (Karras et al. 2020): in the first update and every `interval`-th from
   * there, times `interval`, in a step of its own behind D's.
   */
  readonly interval: number;
  directions(slots: PenaltySlots): readonly Work[];
}

export interface PenaltyPlugin<Schema extends PenaltySchema = PenaltySchema> {
  readonly type: string;
  /** What it is for, in a sentence, and what is added to D's loss, in a line. */
  readonly summary: string;
  readonly formula: string;
  /** What is proved of it. */
  readonly theory: string;
  readonly schema: Schema;
  create(config: v.InferOutput<Schema>): Penalty;
  /** One sample's term in float64. */
  reference(squaredNorm: number, weight: number): number;
}

// biome-ignore lint/suspicious/noExplicitAny: a schema of any object with a `type`.
export type PenaltySchema = v.GenericSchema<any, any>;

interface PenaltyDefinition<Name extends string> {
  readonly type: string;
  readonly summary: string;
  readonly formula: string;
  readonly theory: string;
  /** The weight's name in a configuration, what it is, and its default. */
  readonly weight: { readonly name: Name; readonly default: number };
  readonly points: PenaltyPoints;
  readonly kernels: PenaltyKernels;
  readonly reference: PenaltyPlugin['reference'];
}

const MOST_UPDATES = 1_000_000;

/** Up to so many numbers one invocation adds up alone. */
const NUMBERS_EACH = 32;

export function definePenalty<Name extends string>({
  type,
  summary,
  formula,
  theory,
  weight,
  points,
  kernels,
  reference,
}: PenaltyDefinition<Name>): PenaltyPlugin {
  const schema = v.strictObject({
    type: v.literal(type),
    [weight.name]: v.optional(
      v.pipe(
        v.number('a number of at least 0 would do'),
        v.finite('a number of at least 0 would do'),
        v.minValue(0, 'a number of at least 0 would do'),
        v.description('How much the penalty weighs.'),
      ),
      weight.default,
    ),
    interval: v.optional(
      v.pipe(
        wholeFrom(1, MOST_UPDATES),
        v.description(
          'Updates of D from one penalty to the next, which then weighs as many times as much in a step of its own.',
        ),
      ),
      1,
    ),
  }) as PenaltySchema;
  return {
    type,
    summary,
    formula,
    theory,
    schema,
    reference,
    create: (config) => ({
      points,
      interval: config.interval,
      directions: ({ batch, size, start, gradient, terms, direction }) => {
        const { sumSquares, penalize } = kernels;
        const parts = Math.ceil(Math.sqrt(size / NUMBERS_EACH));
        const shape = { batch, size, start, parts, weight: config.interval * config[weight.name] };
        const squares: Slot = { name: `${type} squares`, length: batch * parts };
        return [
          work(
            sumSquares,
            { gradient, squares, shape },
            linearGrid(batch * parts, sumSquares),
            2 * batch * size,
          ),
          work(
            penalize,
            { gradient, squareSums: squares, terms, direction, shape },
            linearGrid(batch * size, penalize),
            2 * batch * size,
          ),
        ];
      },
    }),
  };
}
