// residual (He et al. 2016): output = layers(x) + shortcut(x), with x itself for a shortcut where none is given.

import * as v from 'valibot';
import type { Slot, Work } from '../gpu/work';
import { pluginOf } from '../math/choice';
import { UserError } from '../math/errors';
import {
  backwardChain,
  curvatureChain,
  forwardChain,
  type Link,
  layTape,
  type Pass,
  type SlotsByName,
  tangentChain,
} from './chain';
import { classesOf } from './classes';
import { bends } from './curvature';
import { layers } from './index';
import {
  defineLayer,
  type ForwardSlots,
  type Layer,
  type LayerConfig,
  type ParameterSpec,
  type Shape,
  sizeOf,
} from './layer';
import { referenceOf } from './reference';
import { copyWork, sumWork } from './slots';

/** Lanes of random numbers that each branch of a residual layer has to itself. */
const LANES = 128;

/** A row of layers inside another, before it has slots. */
interface Branch {
  readonly name: 'layers' | 'shortcut';
  readonly parts: readonly {
    readonly layer: Layer;
    readonly input: Shape;
    readonly output: Shape;
    readonly label: string;
  }[];
  readonly output: Shape;
}

const list = (description: string) =>
  v.pipe(
    v.array(
      pluginOf<LayerConfig>('layers', 'type', () => layers),
      'a list of layers would do',
    ),
    v.description(description),
    v.examples([[{ type: 'relu' }]]),
  );

/** A tensor of a layer in a branch, by its name in the whole. */
const inside = (branch: string, position: number, name: string) => `${branch}.${position}.${name}`;

function branchOf(name: Branch['name'], configs: readonly LayerConfig[], input: Shape): Branch {
  let shape = input;
  const parts = configs.map((config, i) => {
    const from = shape;
    try {
      const layer = layers.get(config.type).create(config, from);
      shape = layer.outputShape(from);
      return { layer, input: from, output: shape, label: `${name}[${i}] ${config.type}` };
    } catch (error) {
      if (error instanceof UserError)
        throw new UserError(`residual: ${name}[${i}] (${config.type}): ${error.message}`);
      throw error;
    }
  });
  return { name, parts, output: shape };
}

export default defineLayer({
  type: 'residual',
  summary:
    'Adds what its layers make of the input to the input, so that deep networks still learn (He et al. 2016).',
  formula: 'y = layers(x) + shortcut(x)',
  schema: v.strictObject({
    type: v.literal('residual'),
    layers: v.pipe(
      list('The layers of the branch.'),
      v.minLength(1, 'a list of at least one layer would do'),
    ),
    shortcut: v.optional(list('Layers of the other way; the input itself where there are none.'), []),
  }),
  create: (config, input) => {
    const branch = branchOf('layers', config.layers, input);
    const shortcut = branchOf('shortcut', config.shortcut, input);
    if (branch.output.join() !== shortcut.output.join()) {
      throw new UserError(
        `residual: its layers give shape [${branch.output.join(', ')}], its shortcut [${shortcut.output.join(', ')}]; the same for both would do.`,
      );
    }
    const output = branch.output;
    // The second way has only to be gone where it is more than views.
    const ways = [branch, shortcut];
    const nested = ways.flatMap(({ name, parts }) => parts.map((part, i) => ({ name, i, ...part })));
    const specs = (of: (part: (typeof nested)[number]) => readonly ParameterSpec[] | undefined) =>
      nested.flatMap((part) =>
        (of(part) ?? []).map((spec) => ({ ...spec, name: inside(part.name, part.i, spec.name) })),
      );

    /** The layers of a branch with their slots of a pass. */
    const linksOf = (
      { name, parts }: Branch,
      { parameters, buffers }: ForwardSlots,
      gradients: SlotsByName = {},
    ): Link[] =>
      parts.map((part, i) => {
        const own = (slots: SlotsByName): SlotsByName =>
          Object.fromEntries(
            Object.entries(slots).flatMap(([key, slot]) =>
              key.startsWith(`${name}.${i}.`) ? [[key.slice(`${name}.${i}.`.length), slot]] : [],
            ),
          );
        return { ...part, parameters: own(parameters), gradients: own(gradients), buffers: own(buffers) };
      });
    const passOf = ({ name }: Branch, { mode, random, labels, groups }: ForwardSlots): Pass => {
      if (!random) return { mode, labels, groups };
      const firstLane = (random.lane + 1) * 2 * LANES + (name === 'layers' ? 0 : LANES);
      return { mode, labels, groups, random: { ...random, firstLane } };
    };
    const tapeOf = (way: Branch, slots: ForwardSlots) =>
      layTape(linksOf(way, slots), slots.input, slots.batch, passOf(way, slots), {
        place: (i, name, length) =>
          slots.saved[inside(way.name, i, name)] ?? { name: `${way.parts[i]!.label} ${name}`, length },
      });

    /** A way's layers and tape, for a pass behind the forward one: nothing is saved of that while evaluating, so it is made again. */
    const recorded = (way: Branch, slots: ForwardSlots, gradients?: SlotsByName) => {
      const links = linksOf(way, slots, gradients);
      const tape = tapeOf(way, slots);
      return { links, tape, again: slots.mode === 'evaluate' ? forwardChain(links, tape) : [] };
    };

    return {
      outputShape: () => output,
      parameters: () => specs(({ layer, input: shape }) => layer.parameters(shape)),
      ...(nested.some(({ layer }) => layer.buffers) && {
        buffers: () => specs(({ layer, input: shape }) => layer.buffers?.(shape)),
      }),
      spectralNorm: nested.flatMap(({ layer, name, i }) =>
        (layer.spectralNorm ?? []).map((weight) => inside(name, i, weight)),
      ),
      saved: (_, batch, groups) => {
        const lengths: Record<string, number> = {};
        const nothing = { parameters: {}, buffers: {} } as unknown as ForwardSlots;
        const pass: Pass = { mode: 'train', groups };
        for (const way of ways) {
          layTape(linksOf(way, nothing), { name: 'input', length: batch * sizeOf(input) }, batch, pass, {
            place: (i, name, length) => {
              lengths[inside(way.name, i, name)] = length;
              return { name, length };
            },
          });
        }
        return lengths;
      },
      mixesBatch: nested.some(({ layer }) => layer.mixesBatch),
      ...classesOf(nested.map(({ layer }) => layer)),
      isRandom: nested.some(({ layer }) => layer.isRandom),
      bends: nested.some(({ layer }) => bends(layer)),
      forward: (slots) => {
        const passes = ways.map((way) => {
          const tape = tapeOf(way, slots);
          return { tape, work: forwardChain(linksOf(way, slots), tape) };
        });
        return [
          ...passes.flatMap(({ work }) => work),
          sumWork(passes[0]!.tape.output, passes[1]!.tape.output, slots.output),
        ];
      },
      backward: (slots) => {
        const { outputGrad, inputGrad, parameterGrads } = slots;
        const wanted = { input: inputGrad !== undefined, parameters: parameterGrads !== undefined };
        const passes = ways.map((way) => {
          const { links, tape, again } = recorded(way, slots, parameterGrads);
          const { inputGrad: found, work } = backwardChain(links, tape, outputGrad, wanted);
          return { inputGrad: found, work: [...again, ...work] };
        });
        return [
          ...passes.flatMap(({ work }) => work),
          ...(inputGrad ? [sumWork(passes[0]!.inputGrad!, passes[1]!.inputGrad!, inputGrad)] : []),
        ];
      },
      tangent: (slots) => {
        const passes = ways.map((way) => {
          const { links, tape, again } = recorded(way, slots);
          const { outputTangent, work } = tangentChain(links, tape, slots.inputTangent);
          return { outputTangent, work: [...again, ...work] };
        });
        return [
          ...passes.flatMap(({ work }) => work),
          sumWork(passes[0]!.outputTangent, passes[1]!.outputTangent, slots.outputTangent),
        ];
      },
      curvature: (slots) => {
        const { outputGrad, inputTangent, inputGrad, parameterGrads } = slots;
        const found: Slot[] = [];
        const work = ways.flatMap((way): Work[] => {
          const { links, tape, again } = recorded(way, slots, parameterGrads);
          const slope = backwardChain(links, tape, outputGrad, {
            input: true,
            parameters: false,
            curvature: true,
          });
          const tangents = tangentChain(links, tape, inputTangent, { curvature: true });
          const wanted = { input: inputGrad !== undefined };
          const own = curvatureChain(links, tape, slope.outputGrads, tangents.inputTangents, wanted);
          if (own.inputGrad) found.push(own.inputGrad);
          return [...again, ...slope.work, ...tangents.work, ...own.work];
        });
        if (!inputGrad || found.length === 0) return work;
        const [first, second] = found as [Slot, Slot?];
        return [
          ...work,
          second ? sumWork(first, second, inputGrad) : copyWork(first, inputGrad, inputGrad.length),
        ];
      },
    };
  },
  batchReference: ({ layers: configs, shortcut }, input, tensors, pass) => {
    const { shape } = pass;
    const buffers: Record<string, Float64Array> = {};
    const play = (name: Branch['name'], list: readonly LayerConfig[]) => {
      let [x, from] = [input, shape];
      list.forEach((config, i) => {
        const plugin = layers.get(config.type);
        const own = (all: Readonly<Record<string, Float64Array>>) =>
          Object.fromEntries(
            Object.entries(all).flatMap(([key, values]) =>
              key.startsWith(`${name}.${i}.`) ? [[key.slice(`${name}.${i}.`.length), values]] : [],
            ),
          );
        const nested = { ...pass, shape: from, buffers: own(pass.buffers) };
        const result = referenceOf(plugin, config, x, own(tensors), nested);
        for (const [key, values] of Object.entries(result.buffers)) buffers[inside(name, i, key)] = values;
        [x, from] = [result.output, plugin.create(config, from).outputShape(from)];
      });
      return x;
    };
    const other = play('shortcut', shortcut);
    return { output: play('layers', configs).map((x, i) => x + other[i]!), buffers };
  },
  specimens: [
    {
      config: { type: 'residual', layers: [{ type: 'tanh' }, { type: 'dense', units: 5 }] },
      input: [5],
      batch: 7,
    },
    {
      config: {
        type: 'residual',
        layers: [
          { type: 'leakyRelu', slope: 0.2 },
          { type: 'conv2d', channels: 4, kernel: 3, padding: 1 },
          { type: 'leakyRelu', slope: 0.2 },
          { type: 'conv2d', channels: 6, kernel: 3, padding: 1 },
          { type: 'avgPool2d', kernel: 2 },
        ],
        shortcut: [
          { type: 'avgPool2d', kernel: 2 },
          { type: 'conv2d', channels: 6, kernel: 1, bias: false },
        ],
      },
      input: [3, 6, 4],
      batch: 3,
    },
    {
      config: {
        type: 'residual',
        layers: [
          { type: 'dense', units: 9 },
          { type: 'layerNorm', epsilon: 0.1 },
          { type: 'silu' },
          { type: 'residual', layers: [{ type: 'softplus' }, { type: 'dense', units: 9 }, { type: 'elu' }] },
          { type: 'dense', units: 7 },
        ],
        shortcut: [{ type: 'sigmoid' }, { type: 'dense', units: 7 }],
      },
      input: [6],
      batch: 5,
    },
    {
      config: {
        type: 'residual',
        layers: [
          { type: 'batchNorm', epsilon: 0.1 },
          { type: 'relu' },
          { type: 'upsample' },
          { type: 'conv2d', channels: 4, kernel: 3, padding: 1, bias: false },
          { type: 'batchNorm', epsilon: 0.1, momentum: 0.3 },
          { type: 'scale', factor: 0.5 },
        ],
        shortcut: [{ type: 'conv2d', channels: 4, kernel: 1 }, { type: 'upsample' }],
      },
      input: [3, 3, 2],
      batch: 5,
    },
  ],
});
