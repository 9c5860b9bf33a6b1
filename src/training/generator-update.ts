// One update of G: holds D, moves G. The gradient goes through D to the samples and on into G.

import type { Slot, Work } from '../gpu/work';
import { copyWork } from '../layers/slots';
import { logitsIn } from '../losses/auxiliaryClassifier';
import type { StreamName } from '../math/streams';
import { averageUpdate } from './average-network';
import { type Game, lossWork, seen, trainingPass } from './game';
import { recordUpdate } from './metrics';
import { backward, forward } from './network';
import { divideWeights } from './spectral-norm';
import { optimize } from './trained-network';

export function generatorUpdate(game: Game): Work[] {
  const { generator, discriminator, generatorNoise, loss, terms, config, record, average } = game;
  const { batchSize: batch } = config;
  const labels = game.labels?.generator;
  const pass = (name: StreamName) => trainingPass(game, generator, name, labels);
  const generated = forward(generator, generatorNoise, batch, pass('generatorUpdateGenerator'));
  const view = seen(game, generated.output, batch, generator, 'generatorAugmentation');
  const judged = forward(discriminator, view.output, batch, pass('generatorUpdateDiscriminator'));
  const outputsGrad: Slot = { name: 'logitsGrad', length: judged.output.length };
  const throughDiscriminator = backward(discriminator, judged, outputsGrad, {
    input: true,
    parameters: false,
  });
  const throughView = view.back(throughDiscriminator.inputGrad!);
  const wanted = { input: false, parameters: true };
  return [
    ...divideWeights([...generator.spectral, ...discriminator.spectral], { iterate: true }),
    ...generated.work,
    ...view.work,
    ...judged.work,
    ...lossWork(game, { outputs: judged.output, outputsGrad, labels }, (generatedLogits, logitsGrad) => {
      const { logits, work } = withReal(game, generatedLogits);
      return [...work, ...loss.generator({ batch, logits, logitsGrad, terms })];
    }),
    ...throughDiscriminator.work,
    ...throughView.work,
    ...backward(generator, generated, throughView.inputGrad, wanted).work,
    recordUpdate('generator', record, batch),
    ...optimize(generator, record.fault),
    ...(average
      ? averageUpdate(generator, average, { config: config.average!, batch, fault: record.fault })
      : []),
  ];
}

/** D's logits of fresh real samples before those of generated ones, where the loss is of pairs. */
function withReal(game: Game, logits: Slot): { logits: Slot; work: Work[] } {
  const { generator, discriminator, generatorReal, auxiliary } = game;
  if (!generatorReal) return { logits, work: [] };
  const { batchSize: batch } = game.config;
  const pass = trainingPass(game, generator, 'generatorUpdateReal', game.labels?.generator);
  const view = seen(game, generatorReal, batch, generator, 'generatorAugmentationReal');
  const judged = forward(discriminator, view.output, batch, pass, { keep: false });
  const real = logitsIn(judged.output, auxiliary?.classes ?? 0);
  const pairs: Slot = { name: 'logits of pairs', length: 2 * batch };
  return {
    logits: pairs,
    work: [
      ...view.work,
      ...judged.work,
      ...real.work,
      copyWork(real.logits, pairs, batch),
      copyWork(logits, pairs, batch, { to: batch }),
    ],
  };
}
