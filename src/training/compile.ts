// From a configuration to lists of work: what one update of D and one of G do, on which slots.

import { dataSources } from '../data';
import type { DataContent, DataSource, TableSlots } from '../data/source';
import { type Arena, layOutArena } from '../gpu/memory';
import type { Slot, Work } from '../gpu/work';
import { sizeOf } from '../layers/layer';
import { losses } from '../losses';
import { seedWords } from '../math/philox';
import { STREAMS, type StreamName } from '../math/streams';
import { noises } from '../noise';
import type { NoiseSource } from '../noise/noise';
import { optimizers } from '../optimizers';
import type { Optimizer } from '../optimizers/optimizer';
import type { TrainerConfig } from './config';
import { FAULT_WORDS } from './fault';
import { HISTORY_WORDS, recordUpdate } from './metrics';
import { backward, buildNetwork, copyWork, forward, type Network, type NetworkName } from './network';

/** A network with its tensors laid out in arenas of one layout: parameters, gradients, and the optimizer's state. */
export interface TrainedNetwork extends Network {
  readonly parameters: Arena;
  readonly gradients: Arena;
  readonly state: Readonly<Record<string, Arena>>;
  readonly optimizer: Optimizer;
  /** The number of updates so far, in its first word. */
  readonly clock: Slot;
}

/** A run as slots and work, before any buffer exists. */
export interface CompiledRun {
  readonly generator: TrainedNetwork;
  readonly discriminator: TrainedNetwork;
  readonly noise: NoiseSource;
  readonly data: DataSource | undefined;
  /** Constant tables of the data source, with their slots. */
  readonly tables: TableSlots;
  /** [2 · batch, …sample]: the last discriminator batch, real first, generated behind. */
  readonly samples: Slot;
  readonly discriminatorNoise: Slot;
  readonly generatorNoise: Slot;
  readonly history: Slot;
  readonly fault: Slot;
  /** Draws of an update, apart from the update: a replayed run brings its batches. */
  readonly drawForDiscriminator: readonly Work[];
  readonly drawForGenerator: readonly Work[];
  readonly updateDiscriminator: readonly Work[];
  readonly updateGenerator: readonly Work[];
}

/** `content` is what the data source of the configuration needs beside it. */
export function compileRun(config: TrainerConfig, content?: DataContent): CompiledRun {
  const { batchSize: batch } = config;
  const generator = buildTrainedNetwork('generator', config, [config.noise.size]);
  const discriminator = buildTrainedNetwork('discriminator', config, generator.output);
  const loss = losses.get(config.loss);
  const noise = noises.get(config.noise.type).create(config.noise);
  const data = config.data && dataSources.get(config.data.source).create(config.data, content);
  const tables = Object.fromEntries(
    Object.entries(data?.tables ?? {}).map(([name, table]) => [
      name,
      { name: `data ${name}`, length: table.length },
    ]),
  );

  const sampleSize = sizeOf(generator.output);
  const samples: Slot = { name: 'samples', length: 2 * batch * sampleSize };
  const discriminatorNoise: Slot = { name: 'discriminator noise', length: batch * noise.size };
  const generatorNoise: Slot = { name: 'generator noise', length: batch * noise.size };
  const history: Slot = { name: 'metrics history', length: HISTORY_WORDS };
  const fault: Slot = { name: 'fault', length: FAULT_WORDS };
  const terms: Slot = { name: 'loss terms', length: 4 * batch };
  const record = {
    terms,
    history,
    fault,
    discriminatorClock: discriminator.clock,
    generatorClock: generator.clock,
  };
  const stream = (name: StreamName) => ({
    seed: seedWords(config.seed),
    stream: STREAMS[name],
    stride: 1,
    offset: 0,
  });

  return {
    generator,
    discriminator,
    noise,
    data,
    tables,
    samples,
    discriminatorNoise,
    generatorNoise,
    history,
    fault,
    drawForDiscriminator: [
      ...(data?.draw({
        clock: discriminator.clock,
        output: samples,
        batch,
        stream: stream('data'),
        tables,
      }) ?? []),
      ...noise.draw({
        clock: discriminator.clock,
        output: discriminatorNoise,
        batch,
        stream: stream('discriminatorNoise'),
      }),
    ],
    drawForGenerator: noise.draw({
      clock: generator.clock,
      output: generatorNoise,
      batch,
      stream: stream('generatorNoise'),
    }),
    updateDiscriminator: discriminatorUpdate(),
    updateGenerator: generatorUpdate(),
  };

  /** Holds G, moves D: real and generated samples go through D as one batch. */
  function discriminatorUpdate(): Work[] {
    const generated = forward(generator, discriminatorNoise, batch, { keep: false });
    const judged = forward(discriminator, samples, 2 * batch);
    const logitsGrad: Slot = { name: 'logitsGrad', length: 2 * batch };
    return [
      ...generated.work,
      copyWork(generated.output, samples, batch * sampleSize),
      ...judged.work,
      ...loss.discriminator({ batch, logits: judged.output, logitsGrad, terms }),
      recordUpdate('discriminator', record, batch),
      ...backward(discriminator, judged, logitsGrad, { input: false, parameters: true }).work,
      ...optimize(discriminator, fault),
    ];
  }

  /** Holds D, moves G: the gradient goes through D to the samples and on into G. */
  function generatorUpdate(): Work[] {
    const generated = forward(generator, generatorNoise, batch);
    const judged = forward(discriminator, generated.output, batch);
    const logitsGrad: Slot = { name: 'logitsGrad', length: batch };
    const throughDiscriminator = backward(discriminator, judged, logitsGrad, {
      input: true,
      parameters: false,
    });
    return [
      ...generated.work,
      ...judged.work,
      ...loss.generator({ batch, logits: judged.output, logitsGrad, terms }),
      recordUpdate('generator', record, batch),
      ...throughDiscriminator.work,
      ...backward(generator, generated, throughDiscriminator.inputGrad!, { input: false, parameters: true })
        .work,
      ...optimize(generator, fault),
    ];
  }
}

function optimize(network: TrainedNetwork, fault: Slot): readonly Work[] {
  const { optimizer, clock, parameters, gradients, state } = network;
  const wholeState = Object.fromEntries(Object.entries(state).map(([name, arena]) => [name, arena.whole]));
  return optimizer.update({
    clock,
    fault,
    parameters: parameters.whole,
    gradients: gradients.whole,
    state: wholeState,
  });
}

function buildTrainedNetwork(
  name: NetworkName,
  config: TrainerConfig,
  input: readonly number[],
): TrainedNetwork {
  const network = buildNetwork(name, config[name], input);
  const { tensors } = network;
  const updates = config.steps * (name === 'discriminator' ? config.discriminatorSteps : 1);
  const optimizer = optimizers
    .get(config.optimizer[name].type)
    .create(config.optimizer[name], { network: name, updates });
  const stateArena = (stateName: string) =>
    layOutArena(
      `${name} ${stateName}`,
      tensors.map((tensor) => ({
        name: `optimizer.${tensor.name}.${stateName}`,
        length: tensor.parameter.length,
      })),
    );
  return {
    ...network,
    optimizer,
    parameters: layOutArena(
      `${name} parameters`,
      tensors.map((tensor) => tensor.parameter),
    ),
    gradients: layOutArena(
      `${name} gradients`,
      tensors.map((tensor) => tensor.gradient),
    ),
    state: Object.fromEntries(optimizer.stateNames.map((stateName) => [stateName, stateArena(stateName)])),
    clock: { name: `${name} clock`, length: 1 },
  };
}
