// The contract of an optimizer: all parameters of a network at once, its learning rate kept on the GPU.

import * as v from 'valibot';
import type { Slot, Work } from '../gpu/work';
import type { Words } from '../math/choice';

export interface OptimizerSlots {
  /** The network's number of updates, this one included. */
  readonly clock: Slot;
  readonly fault: Slot;
  /** Whole arenas of one layout: parameters, gradients, and each state by its name. */
  readonly parameters: Slot;
  readonly gradients: Slot;
  readonly state: Readonly<Record<string, Slot>>;
  /** Whether this is the second step of an update; not where absent. */
  readonly lazily?: boolean;
}

export interface OptimizerContext {
  readonly network: 'discriminator' | 'generator';
  /** Updates of this network in the whole run, which schedules stretch over. */
  readonly updates: number;
  /** Where the first update, and every so many, has a second step behind it, on penalties alone. */
  readonly lazyInterval?: number;
}

export interface Optimizer {
  /** PyTorch's names of what it keeps for every parameter, zero at the start: `exp_avg`. */
  readonly stateNames: readonly string[];
  update(slots: OptimizerSlots): readonly Work[];
}

export interface OptimizerPlugin<Schema extends OptimizerSchema = OptimizerSchema> {
  readonly type: string;
  /** What it is for, in a sentence, and how it moves a parameter θ with gradient g, in a line. */
  readonly summary: string;
  readonly formula: string;
  readonly schema: Schema;
  create(config: v.InferOutput<Schema>, context: OptimizerContext): Optimizer;
}

// biome-ignore lint/suspicious/noExplicitAny: a schema of any object with a `type`.
export type OptimizerSchema = v.GenericSchema<any, any>;

export function defineOptimizer<Schema extends OptimizerSchema>(
  plugin: OptimizerPlugin<Schema>,
): OptimizerPlugin<Schema> {
  return plugin;
}

const fraction = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const positive = 'a number above 0 would do';

/** Updates over which the learning rate grows from next to nothing. */
const warmup = v.optional(
  v.pipe(
    v.number('a whole number of updates would do'),
    v.check((n) => Number.isInteger(n) && n >= 0 && n < 2 ** 32, 'a whole number of updates would do'),
    v.description('Updates in which the learning rate grows evenly to what the schedule says.'),
  ),
  0,
);
const end = v.optional(
  v.pipe(fraction, v.description('The learning rate at the end, as a share of the one at the start.')),
  0,
);

/** The learning rate over the run: constant, or falling to `end` times what it was at the start. */
const scheduleSchema = v.variant('type', [
  v.pipe(
    v.strictObject({ type: v.literal('constant'), warmup }),
    v.metadata({ summary: 'The learning rate stays as it is.', formula: 'η' } satisfies Words),
  ),
  v.pipe(
    v.strictObject({ type: v.literal('linear'), end, warmup }),
    v.metadata({
      summary: 'The learning rate falls evenly.',
      formula: 'η · (1 − (1 − end) · p),  p the share of the run that is done',
    } satisfies Words),
  ),
  v.pipe(
    v.strictObject({ type: v.literal('cosine'), end, warmup }),
    v.metadata({
      summary: 'The learning rate falls slowly at first and at the end (Loshchilov & Hutter 2017).',
      formula: 'η · (end + (1 − end) · (1 + cos πp)/2),  p the share of the run that is done',
    } satisfies Words),
  ),
]);

/** Schema entries of every optimizer. */
export const commonEntries = {
  learningRate: v.pipe(
    v.number(),
    v.finite(),
    v.minValue(0),
    v.description('η: how far a step goes.'),
    v.examples([1e-3]),
  ),
  schedule: v.optional(v.pipe(scheduleSchema, v.description('How the learning rate changes over the run.')), {
    type: 'constant',
  }),
  weightDecay: v.optional(
    v.pipe(
      v.number(),
      v.finite(),
      v.minValue(0),
      v.description('L2: θ times this is added to the gradient.'),
    ),
    0,
  ),
  clipNorm: v.optional(
    v.nullable(
      v.pipe(
        v.number(positive),
        v.finite(positive),
        v.check((limit) => limit > 0, positive),
        v.description('The network’s gradients together are shortened to this length where they are longer.'),
      ),
    ),
    null,
  ),
};

export interface CommonConfig {
  readonly learningRate: number;
  readonly weightDecay: number;
  readonly schedule: v.InferOutput<typeof scheduleSchema>;
}

/**
 * The configuration of an optimizer that makes k + 1 steps in k updates, so that it goes as far in k updates as with k steps:
 * learning rate times c = k/(k + 1), β₁ and β₂ to the power c (Karras et al. 2020, appendix B).
 */
export function slowedForLazySteps<Config extends { readonly learningRate: number }>(
  config: Config & { readonly beta1?: unknown; readonly beta2?: unknown },
  interval: number,
): Config {
  const c = interval / (interval + 1);
  const { beta1, beta2 } = config;
  return {
    ...config,
    learningRate: c * config.learningRate,
    ...(typeof beta1 === 'number' && { beta1: beta1 ** c }),
    ...(typeof beta2 === 'number' && { beta2: beta2 ** c }),
  };
}

const SCHEDULES = { constant: 0, linear: 1, cosine: 2 } as const;
const NETWORKS = { discriminator: 0, generator: 1 } as const;

/** The fields that `shaders/lib/optimizer.wgsl` reads of an optimizer's settings. */
export function commonSettings(
  config: CommonConfig,
  { network, updates }: OptimizerContext,
  parameters: Slot,
) {
  const { schedule } = config;
  return {
    count: Math.ceil(parameters.length / 4),
    network: NETWORKS[network],
    schedule: SCHEDULES[schedule.type],
    scheduleUpdates: Math.max(1, updates),
    scheduleEnd: schedule.type === 'constant' ? 1 : schedule.end,
    warmup: schedule.warmup,
    learningRate: config.learningRate,
    weightDecay: config.weightDecay,
  };
}

/**
 * What the learning rate is multiplied by in update t = 1, 2, … of so many: the float64 twin of `scheduledLearningRate` in
 * `shaders/lib/optimizer.wgsl`.
 */
export function scheduleFactor(schedule: CommonConfig['schedule'], t: number, updates: number): number {
  const warm = t < schedule.warmup ? t / schedule.warmup : 1;
  if (schedule.type === 'constant') return warm;
  const progress = Math.min((t - 1) / updates, 1);
  const remaining = schedule.type === 'linear' ? 1 - progress : (1 + Math.cos(Math.PI * progress)) / 2;
  return warm * (schedule.end + (1 - schedule.end) * remaining);
}
