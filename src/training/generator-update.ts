// One update of G: holds D, moves G. The gradient goes through D to the samples and on into G.

import type { Slot, Work } from '../gpu/work';
import { averageUpdate } from './average-network';
import { type Game, trainingPass } from './game';
import { recordUpdate } from './metrics';
import { backward, forward } from './network';
import { optimize } from './trained-network';

export function generatorUpdate(game: Game): Work[] {
  const { generator, discriminator, generatorNoise, loss, terms, config, record, average } = game;
  const { batchSize: batch } = config;
  const pass = (name: 'generatorUpdateGenerator' | 'generatorUpdateDiscriminator') =>
    trainingPass(game, generator, name);
  const generated = forward(generator, generatorNoise, batch, pass('generatorUpdateGenerator'));
  const judged = forward(discriminator, generated.output, batch, pass('generatorUpdateDiscriminator'));
  const logitsGrad: Slot = { name: 'logitsGrad', length: batch };
  const throughDiscriminator = backward(discriminator, judged, logitsGrad, {
    input: true,
    parameters: false,
  });
  const wanted = { input: false, parameters: true };
  return [
    ...generated.work,
    ...judged.work,
    ...loss.generator({ batch, logits: judged.output, logitsGrad, terms }),
    ...throughDiscriminator.work,
    ...backward(generator, generated, throughDiscriminator.inputGrad!, wanted).work,
    recordUpdate('generator', record, batch),
    ...optimize(generator, record.fault),
    ...(average
      ? averageUpdate(generator, average, { config: config.average!, batch, fault: record.fault })
      : []),
  ];
}
