// One update of D: holds G, moves D.

import { partOf } from '../gpu/memory';
import type { Slot, Work } from '../gpu/work';
import type { Tape } from '../layers/chain';
import { sizeOf } from '../layers/layer';
import { copyWork } from '../layers/slots';
import { type Game, lossWork, seen, trainingPass } from './game';
import { recordUpdate } from './metrics';
import { backward, forward } from './network';
import { addPenalties, noGradients, penaltiesOf } from './penalize';
import { divideWeights } from './spectral-norm';
import { optimize } from './trained-network';

/**
 * `lazily`: an update that ends in a second step, on the penalties that come only every so often (Karras et al. 2020, appendix B).
 */
export function discriminatorUpdate(game: Game, { lazily = false } = {}): Work[] {
  const { generator, discriminator, discriminatorNoise, labels, config, record } = game;
  const { batchSize: batch } = config;
  const pass = trainingPass(game, discriminator, 'discriminatorUpdateGenerator', labels?.discriminator);
  const place = behindReal(game);
  const generated = forward(generator, discriminatorNoise, batch, pass, {
    keep: false,
    ...(place && { output: place }),
  });
  const judged = judge(game, generated.output);
  const penalties = penaltiesOf(game);
  return [
    ...divideWeights([...generator.spectral, ...discriminator.spectral], { iterate: true }),
    ...generated.work,
    ...(labels ? [copyWork(labels.discriminator, labels.judged, batch, { to: batch })] : []),
    ...judged.work,
    ...addPenalties(game, penalties.always, judged),
    recordUpdate('discriminator', record, batch),
    ...optimize(discriminator, record.fault),
    ...(lazily
      ? [
          ...divideWeights(discriminator.spectral, { iterate: false }),
          ...noGradients(discriminator),
          ...addPenalties(game, penalties.lazy, { samples: judged.samples }),
          ...optimize(discriminator, record.fault, { lazily }),
        ]
      : []),
  ];
}

/** Where generated samples belong in the batch of both, for G to leave them there itself; undefined where that can't be bound. */
function behindReal({ config, real, sampleSize }: Game): Slot | undefined {
  const length = config.batchSize * sampleSize;
  return partOf(real, 'generated', length, length);
}

/**
 * Real and generated samples go through D in one pass, real first; what mixes its batch has a batch of each. Leaves D's
 * gradients.
 */
function judge(game: Game, generated: Slot): { work: Work[]; tape: Tape; samples: Slot } {
  const { discriminator, loss, real, sampleSize, terms } = game;
  const { batchSize: batch, labelSmoothing: smoothing } = game.config;
  const labels = game.labels?.judged;
  const pass = { ...trainingPass(game, discriminator, 'discriminatorUpdateReal', labels), groups: 2 };
  const view = seen(game, real, 2 * batch, discriminator, 'augmentation');
  const tape = forward(discriminator, view.output, 2 * batch, pass);
  const outputsGrad: Slot = { name: 'logitsGrad', length: tape.output.length };
  return {
    tape,
    samples: view.output,
    work: [
      ...(generated.within?.whole === real
        ? []
        : [copyWork(generated, real, batch * sampleSize, { to: batch * sampleSize })]),
      ...view.work,
      ...tape.work,
      ...lossWork(game, { outputs: tape.output, outputsGrad, labels }, (logits, logitsGrad) =>
        loss.discriminator({ batch, logits, logitsGrad, terms, smoothing }),
      ),
      ...backward(discriminator, tape, outputsGrad, { input: false, parameters: true }).work,
      ...adapted(game, tape.output),
    ],
  };
}

/** How much D sees changed from now on, by its logits of real samples. */
const adapted = ({ augmentation, config, discriminator, record }: Game, logits: Slot): readonly Work[] =>
  augmentation?.adapt(logits, {
    batch: config.batchSize,
    outputs: sizeOf(discriminator.output),
    clock: discriminator.clock,
    fault: record.fault,
  }) ?? [];
