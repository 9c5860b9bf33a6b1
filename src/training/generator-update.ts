// One update of G: holds D, moves G. The gradient goes through D to the samples and on into G.

import type { Slot, Work } from '../gpu/work';
import { copyWork } from '../layers/slots';
import type { StreamName } from '../math/streams';
import { averageUpdate } from './average-network';
import { type Game, trainingPass } from './game';
import { recordUpdate } from './metrics';
import { backward, forward } from './network';
import { divideWeights } from './spectral-norm';
import { optimize } from './trained-network';

export function generatorUpdate(game: Game): Work[] {
  const { generator, discriminator, generatorNoise, loss, terms, config, record, average } = game;
  const { batchSize: batch } = config;
  const pass = (name: StreamName) => trainingPass(game, generator, name);
  const generated = forward(generator, generatorNoise, batch, pass('generatorUpdateGenerator'));
  const judged = forward(discriminator, generated.output, batch, pass('generatorUpdateDiscriminator'));
  const paired = withReal(game, judged.output);
  const logitsGrad: Slot = { name: 'logitsGrad', length: batch };
  const throughDiscriminator = backward(discriminator, judged, logitsGrad, {
    input: true,
    parameters: false,
  });
  const wanted = { input: false, parameters: true };
  return [
    ...divideWeights([...generator.spectral, ...discriminator.spectral], { iterate: true }),
    ...generated.work,
    ...judged.work,
    ...paired.work,
    ...loss.generator({ batch, logits: paired.logits, logitsGrad, terms }),
    ...throughDiscriminator.work,
    ...backward(generator, generated, throughDiscriminator.inputGrad!, wanted).work,
    recordUpdate('generator', record, batch),
    ...optimize(generator, record.fault),
    ...(average
      ? averageUpdate(generator, average, { config: config.average!, batch, fault: record.fault })
      : []),
  ];
}

/** D's logits of fresh real samples before those of generated ones, where the loss is of pairs. */
function withReal(game: Game, logits: Slot): { logits: Slot; work: Work[] } {
  const { generator, discriminator, generatorReal } = game;
  if (!generatorReal) return { logits, work: [] };
  const { batchSize: batch } = game.config;
  const pass = trainingPass(game, generator, 'generatorUpdateReal');
  const judged = forward(discriminator, generatorReal, batch, pass, { keep: false });
  const pairs: Slot = { name: 'logits of pairs', length: 2 * batch };
  return {
    logits: pairs,
    work: [
      ...judged.work,
      copyWork(judged.output, pairs, batch),
      copyWork(logits, pairs, batch, { to: batch }),
    ],
  };
}
