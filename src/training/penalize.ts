// Penalties on D's gradient by its input, as part of D's update.

import { fill } from '../../shaders/fill.wgsl';
import { mixSamples } from '../../shaders/mixSamples.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import type { Tape } from '../layers/chain';
import { sizeOf } from '../layers/layer';
import { copyWork } from '../layers/slots';
import { penalties } from '../penalties';
import type { Penalty } from '../penalties/penalty';
import { type Game, trainingPass } from './game';
import { backward, forward } from './network';
import { addDerivativeGrads } from './second-order';
import type { TrainedNetwork } from './trained-network';

/** What an update of D has judged, as one batch. */
export interface Judged {
  /** [2 · batch, …sample] as D saw them, real ones first. */
  readonly samples: Slot;
  /** D's pass over them, where it is still good: D has not moved since. */
  readonly tape?: Tape;
}

/** The configuration's penalties: those of every update, and those that come every so often. */
export function penaltiesOf({ config }: Pick<Game, 'config'>): { always: Penalty[]; lazy: Penalty[] } {
  const all = config.regularizers.map((regularizer) => penalties.get(regularizer.type).create(regularizer));
  return {
    always: all.filter(({ interval }) => interval === 1),
    lazy: all.filter(({ interval }) => interval > 1),
  };
}

/** Whether an update draws points between real and generated samples. */
export const mixes = ({ config }: Pick<Game, 'config'>): boolean => {
  const { always, lazy } = penaltiesOf({ config });
  return [...always, ...lazy].some(({ points }) => points === 'between');
};

/** Adds the penalties' gradients to D's. */
export function addPenalties(game: Game, list: readonly Penalty[], judged: Judged): Work[] {
  const { labels } = game;
  const { batchSize: batch } = game.config;
  const [first, second] = [...list].sort((a, b) => (a.points === 'real' ? -1 : b.points === 'real' ? 1 : 0));
  if (list.length === 2 && first!.points === 'real' && second!.points === 'generated') {
    // Both halves of what D has judged, in one pass.
    return addInOnePass(game, judged.samples, labels?.judged, [first!, second!], judged.tape);
  }
  const generated: Slot = { name: 'generated samples as judged', length: batch * game.sampleSize };
  const behind = copyWork(judged.samples, generated, generated.length, { from: generated.length });
  return list.flatMap((penalty) => {
    const { points } = penalty;
    if (points === 'real') return addInOnePass(game, judged.samples, labels?.judged, [penalty]);
    if (points === 'generated')
      return [behind, ...addInOnePass(game, generated, labels?.discriminator, [penalty])];
    const mixed: Slot = { name: 'mixed samples', length: batch * game.sampleSize };
    const bindings = { real: judged.samples, generated, epsilon: game.epsilon, mixed };
    const shape = { batch, size: game.sampleSize };
    return [
      behind,
      work(mixSamples, { ...bindings, shape }, linearGrid(mixed.length, mixSamples)),
      // Of the class of the real sample that they are partly of.
      ...addInOnePass(game, mixed, labels?.judged, [penalty]),
    ];
  });
}

/** One pass over `samples`, [penalties · batch, …sample]: every penalty has its own batch of them. */
function addInOnePass(
  game: Game,
  samples: Slot,
  labels: Slot | undefined,
  list: readonly Penalty[],
  known?: Tape,
): Work[] {
  const { discriminator, sampleSize: size } = game;
  const { batchSize: batch } = game.config;
  const count = list.length * batch;
  const pass = trainingPass(game, discriminator, 'penalty', labels);
  const judged = forward(discriminator, samples, count, pass);
  const tape = known ?? judged;
  const outputs = sizeOf(discriminator.output);
  const seed: Slot = { name: 'logits by themselves', length: count * outputs };
  const slope = backward(discriminator, tape, seed, { input: true, parameters: false, curvature: true });
  const direction: Slot = { name: 'penalized direction', length: count * size };
  const terms: Slot = { name: 'penalty terms', length: count };
  return [
    ...(known ? [] : judged.work),
    fillWork(seed, 1, outputs),
    ...slope.work,
    ...list.flatMap((penalty, i) =>
      penalty.directions({ batch, size, start: i * batch, gradient: slope.inputGrad!, terms, direction }),
    ),
    ...addDerivativeGrads(discriminator, tape, slope.outputGrads, direction),
  ];
}

/** Gradients of 0, for penalties to be added to. */
export const noGradients = ({ gradients, spectral }: TrainedNetwork): Work[] => [
  fillWork(gradients.whole, 0),
  ...spectral.map(({ normalizedGrad }) => fillWork(normalizedGrad, 0)),
];

/** Every `stride`-th number becomes `value`, the others 0. */
function fillWork(numbers: Slot, value: number, stride = 1): Work {
  const shape = { count: numbers.length, stride, value };
  return work(fill, { numbers, shape }, linearGrid(numbers.length, fill));
}
