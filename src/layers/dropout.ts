// dropout: numbers set to 0 at random while training, PyTorch's Dropout. In mode `evaluate` they stay as they are.

import * as v from 'valibot';
import { dropout, keepAll } from '../../shaders/dropout.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { toChannelsFirst } from '../math/axes';
import { defineLayer, type ForwardSlots } from './layer';

const probability = v.pipe(
  v.number(),
  v.check((p) => p >= 0 && p < 1, 'a probability from 0 to below 1 would do'),
);

/** The words below this are dropped. Below 2³², though p be as near to 1 as it likes. */
const thresholdOf = (p: number): number => Math.min(Math.round(p * 2 ** 32), 2 ** 32 - 1);

export default defineLayer({
  type: 'dropout',
  summary:
    'Sets numbers to 0 by chance while training, so that no unit can be relied on (Srivastava et al. 2014).',
  formula: 'x · m/(1 − p),  m is 0 with probability p, else 1',
  schema: v.strictObject({
    type: v.literal('dropout'),
    p: v.optional(v.pipe(probability, v.description('Probability of a number to be dropped.')), 0.5),
  }),
  create: ({ p }, shape) => {
    // It is linear in its input, and its own transpose: gradients and tangents go the same way.
    const drop = ({ mode, random }: ForwardSlots, input: Slot, output: Slot): Work[] => {
      const count = Math.ceil(input.length / 4);
      if (mode === 'evaluate') return [work(keepAll, { input, output }, linearGrid(count, keepAll))];
      if (!random) throw new Error('dropout was given no random numbers to train with.');
      const { clock, stream, lane } = random;
      const settings = { ...stream, lane, count, threshold: thresholdOf(p), scale: 1 / (1 - p) };
      return [work(dropout, { clock, settings, input, output }, linearGrid(count, dropout), input.length)];
    };
    return {
      outputShape: () => shape,
      parameters: () => [],
      isRandom: true,
      forward: (slots) => drop(slots, slots.input, slots.output),
      backward: (slots) => (slots.inputGrad ? drop(slots, slots.outputGrad, slots.inputGrad) : []),
      tangent: (slots) => drop(slots, slots.inputTangent, slots.outputTangent),
    };
  },
  batchReference: ({ p }, input, _, { shape, mode, words }) => {
    if (mode === 'evaluate') return { output: input };
    // Words go by places on the GPU.
    const factors = Float64Array.from(input, (_, i) =>
      words(Math.floor(i / 4))[i % 4]! >= thresholdOf(p) ? 1 / (1 - p) : 0,
    );
    const inOrder = toChannelsFirst(factors, shape);
    return { output: input.map((x, i) => x * inOrder[i]!) };
  },
  specimens: [
    { config: { type: 'dropout' }, input: [7], batch: 5 },
    { config: { type: 'dropout', p: 0.2 }, input: [3, 5, 7], batch: 67 },
  ],
});
