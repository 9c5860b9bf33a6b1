// From a configuration to lists of work: what one update of D and one of G do, on which slots.

import { addGradients } from '../../shaders/addGradients.wgsl';
import { dataSources } from '../data';
import type { DataContent, DataSource, TableSlots } from '../data/source';
import { type Arena, layOutArena } from '../gpu/memory';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { sizeOf } from '../layers/layer';
import { losses } from '../losses';
import { seedWords } from '../math/philox';
import { STREAMS, type StreamName } from '../math/streams';
import { noises } from '../noise';
import type { NoiseSource } from '../noise/noise';
import { optimizers } from '../optimizers';
import type { Optimizer } from '../optimizers/optimizer';
import { averageWork } from './average';
import type { TrainerConfig } from './config';
import { FAULT_WORDS } from './fault';
import { HISTORY_WORDS, recordUpdate } from './metrics';
import {
  backward,
  buildNetwork,
  copyWork,
  forward,
  mixesBatch,
  type Network,
  type NetworkName,
  type Pass,
  withSlots,
} from './network';
import type { TensorGroup } from './store';

/** A network with its tensors laid out in arenas of one layout: parameters, gradients, and the optimizer's state. */
export interface TrainedNetwork extends Network {
  readonly parameters: Arena;
  readonly gradients: Arena;
  readonly state: Readonly<Record<string, Arena>>;
  /** What the layers keep and nobody trains: running statistics. */
  readonly kept: Arena;
  readonly optimizer: Optimizer;
  /** The number of updates so far, in its first word. */
  readonly clock: Slot;
}

/** A network's exponential moving average: the same layers on arenas of their own. */
interface AveragedNetwork {
  readonly network: Network;
  readonly groups: readonly TensorGroup[];
}

/** A run as slots and work, before any buffer exists. */
export interface CompiledRun {
  readonly generator: TrainedNetwork;
  readonly discriminator: TrainedNetwork;
  readonly noise: NoiseSource;
  readonly data: DataSource | undefined;
  /** Constant tables of the data source, with their slots. */
  readonly tables: TableSlots;
  /** The generator on averaged weights, with those; what samples come from where there is one. */
  readonly average: AveragedNetwork | undefined;
  /** [batch, …sample], maybe more behind: the real batch of the last update of D. */
  readonly real: Slot;
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
  // A D that mixes its batch judges real and generated samples apart. Else they are one batch, real first.
  const apart = mixesBatch(discriminator);
  const real: Slot = apart
    ? { name: 'real', length: batch * sampleSize }
    : { name: 'samples', length: 2 * batch * sampleSize };
  const average = config.average ? averageOf(generator) : undefined;
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

  const trainingPass = (network: TrainedNetwork, name: StreamName): Pass => ({
    mode: 'train',
    random: { clock: network.clock, stream: stream(name) },
  });

  return {
    generator,
    discriminator,
    average,
    noise,
    data,
    tables,
    real,
    discriminatorNoise,
    generatorNoise,
    history,
    fault,
    drawForDiscriminator: [
      ...(data?.draw({
        clock: discriminator.clock,
        output: real,
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

  /** Holds G, moves D. */
  function discriminatorUpdate(): Work[] {
    const pass = trainingPass(discriminator, 'discriminatorUpdateGenerator');
    const generated = forward(generator, discriminatorNoise, batch, pass, { keep: false });
    return [
      ...generated.work,
      ...(apart ? judgeApart(generated.output) : judgeTogether(generated.output)),
      recordUpdate('discriminator', record, batch),
      ...optimize(discriminator, fault),
    ];
  }

  /** Real and generated samples go through D as one batch. */
  function judgeTogether(generated: Slot): Work[] {
    const judged = forward(
      discriminator,
      real,
      2 * batch,
      trainingPass(discriminator, 'discriminatorUpdateReal'),
    );
    const logitsGrad: Slot = { name: 'logitsGrad', length: 2 * batch };
    return [
      copyWork(generated, real, batch * sampleSize, { to: batch * sampleSize }),
      ...judged.work,
      ...loss.discriminator({ batch, logits: judged.output, logitsGrad, terms }),
      ...backward(discriminator, judged, logitsGrad, { input: false, parameters: true }).work,
    ];
  }

  /** Real samples go through D, then the generated ones; the gradient is the sum of both passes'. */
  function judgeApart(generated: Slot): Work[] {
    const pass = (name: StreamName) => trainingPass(discriminator, name);
    const judgedReal = forward(discriminator, real, batch, pass('discriminatorUpdateReal'));
    const judgedGenerated = forward(discriminator, generated, batch, pass('discriminatorUpdateGenerated'));
    const logits: Slot = { name: 'logits', length: 2 * batch };
    const logitsGrad: Slot = { name: 'logitsGrad', length: 2 * batch };
    const half = (name: string): Slot => ({ name: `${name} logitsGrad`, length: batch });
    const [realGrad, generatedGrad] = [half('real'), half('generated')];
    const wanted = { input: false, parameters: true };
    // A backward pass overwrites gradients, so the second one has its own.
    const second = new Map(
      discriminator.tensors.map(({ gradient }) => [
        gradient,
        { name: `second ${gradient.name}`, length: gradient.length },
      ]),
    );
    const ofGenerated = backward(
      withSlots(discriminator, second),
      judgedGenerated,
      generatedGrad,
      wanted,
    ).work;
    return [
      ...judgedReal.work,
      ...judgedGenerated.work,
      copyWork(judgedReal.output, logits, batch),
      copyWork(judgedGenerated.output, logits, batch, { to: batch }),
      ...loss.discriminator({ batch, logits, logitsGrad, terms }),
      copyWork(logitsGrad, realGrad, batch),
      copyWork(logitsGrad, generatedGrad, batch, { from: batch }),
      ...backward(discriminator, judgedReal, realGrad, wanted).work,
      ...addedAsTheyCome(ofGenerated, second),
    ];
  }

  /** Holds D, moves G: the gradient goes through D to the samples and on into G. */
  function generatorUpdate(): Work[] {
    const pass = (name: StreamName) => trainingPass(generator, name);
    const generated = forward(generator, generatorNoise, batch, pass('generatorUpdateGenerator'));
    const judged = forward(discriminator, generated.output, batch, pass('generatorUpdateDiscriminator'));
    const logitsGrad: Slot = { name: 'logitsGrad', length: batch };
    const throughDiscriminator = backward(discriminator, judged, logitsGrad, {
      input: true,
      parameters: false,
    });
    return [
      ...generated.work,
      ...judged.work,
      ...loss.generator({ batch, logits: judged.output, logitsGrad, terms }),
      ...throughDiscriminator.work,
      ...backward(generator, generated, throughDiscriminator.inputGrad!, { input: false, parameters: true })
        .work,
      recordUpdate('generator', record, batch),
      ...optimize(generator, fault),
      ...(average ? averageUpdate(average.groups) : []),
    ];
  }

  function averageUpdate(groups: readonly TensorGroup[]): Work[] {
    const tensors = [generator.parameters, generator.kept];
    return groups.map(({ arena }, i) =>
      averageWork(config.average!, batch, {
        clock: generator.clock,
        fault,
        tensor: tensors[i]!.whole,
        average: arena.whole,
      }),
    );
  }
}

/** A list of work with each second gradient added to the first as soon as it is complete, so that it need not stay. */
function addedAsTheyCome(list: readonly Work[], second: ReadonlyMap<Slot, Slot>): Work[] {
  return list.flatMap((item, i) => {
    const complete = [...second].filter(
      ([, addend]) => binds(item, addend) && !list.slice(i + 1).some((later) => binds(later, addend)),
    );
    return [
      item,
      ...complete.map(([sum, addend]) => {
        const shape = { count: sum.length };
        return work(addGradients, { sum, addend, shape }, linearGrid(sum.length, addGradients), sum.length);
      }),
    ];
  });
}

const binds = (item: Work, slot: Slot): boolean => Object.values(item.bindings).includes(slot);

/** Arenas of the same layouts as the network's, and the network on them. */
function averageOf(network: TrainedNetwork): AveragedNetwork {
  const replaced = new Map<Slot, Slot>();
  const copyOf = (arena: Arena): Arena => {
    const slots = arena.slots.map((slot) => ({ name: `average.${slot.name}`, length: slot.length }));
    for (const [i, slot] of arena.slots.entries()) replaced.set(slot, slots[i]!);
    return layOutArena(`average ${arena.whole.name}`, slots);
  };
  const groups = keptGroups(network).map(({ arena, specs }) => ({ arena: copyOf(arena), specs }));
  return { network: withSlots(network, replaced), groups };
}

/** Parameters, and buffers where there are some: what a network computes with. */
export const keptGroups = ({ parameters, tensors, kept, buffers }: TrainedNetwork): TensorGroup[] => [
  { arena: parameters, specs: tensors },
  ...(buffers.length > 0 ? [{ arena: kept, specs: buffers }] : []),
];

/** Multiply-adds that make a dispatch worth waking an adapter's threads for: about ten times what waking them costs. */
const HEAVY_FLOPS = 1e6;

/** True where an iteration's dispatches are large rather than many: networks on images, as against points. */
export function isHeavy({ updateDiscriminator, updateGenerator }: CompiledRun): boolean {
  const list = [...updateDiscriminator, ...updateGenerator];
  return list.reduce((sum, { flops }) => sum + flops, 0) > HEAVY_FLOPS * list.length;
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
  const { tensors, buffers } = network;
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
    kept: layOutArena(
      `${name} buffers`,
      buffers.map(({ buffer }) => buffer),
    ),
    state: Object.fromEntries(optimizer.stateNames.map((stateName) => [stateName, stateArena(stateName)])),
    clock: { name: `${name} clock`, length: 1 },
  };
}
