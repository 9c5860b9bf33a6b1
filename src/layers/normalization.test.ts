// What the suite of all layers does not ask of normalisations: numbers far from 0, many rows, activations taken in, and what
// they refuse.

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { toChannelsLast } from '../math/axes';
import { UserError } from '../math/errors';
import { layers } from './index';
import { type Shape, sizeOf } from './layer';
import { prepareSpecimen, samplesFromGpu, specimenNumbers } from './specimen';

const device = useDevice();
const slotOf = (name: string, length: number): Slot => ({ name, length });
const create = (config: { type: string }, shape: Shape) => {
  const plugin = layers.get(config.type);
  return plugin.create(v.parse(plugin.schema, config), shape);
};

const worst = (actual: ArrayLike<number>, expected: ArrayLike<number>): number => {
  expect(actual.length).toBe(expected.length);
  return Array.from(actual).reduce((most, x, i) => {
    const difference = Math.abs(x - expected[i]!);
    return difference <= most ? most : difference;
  }, 0);
};

test.each([
  { type: 'batchNorm', input: [4, 16, 9], batch: 20 },
  { type: 'instanceNorm', input: [3, 40, 31], batch: 2 },
  { type: 'layerNorm', input: [3, 40, 31], batch: 2 },
])(
  '$type: a mean of a thousand deviations costs no digits of the variance',
  async ({ type, input, batch }) => {
    const plugin = layers.get(type);
    const { layer, slots, written } = prepareSpecimen(plugin, { config: { type }, input, batch }, 'train');
    const data = specimenNumbers(slots.input.length, 70).map((x) => 1000 + x);
    const weights = new Map(
      Object.entries(slots.parameters).map(([name, slot]) => [
        slot,
        new Float32Array(slot.length).fill(name === 'weight' ? 1 : 0),
      ]),
    );
    const numbers = new Map([...written, ...weights, [slots.input, toChannelsLast(data, input)]]);
    const [bytes] = await runWork(device(), layer.forward(slots), numbers, [slots.output]);
    const pixels = sizeOf(input.slice(1));
    const groupOf = (i: number) => {
      const sample = Math.floor(i / sizeOf(input));
      const channel = Math.floor(i / pixels) % input[0]!;
      return type === 'batchNorm' ? channel : type === 'layerNorm' ? sample : sample * input[0]! + channel;
    };
    const groups = new Map<number, { count: number; sum: number; squares: number }>();
    data.forEach((x, i) => {
      const { count, sum, squares } = groups.get(groupOf(i)) ?? { count: 0, sum: 0, squares: 0 };
      groups.set(groupOf(i), { count: count + 1, sum: sum + (x - 1000), squares: squares + (x - 1000) ** 2 });
    });
    const expected = Array.from(data, (x, i) => {
      const { count, sum, squares } = groups.get(groupOf(i))!;
      const mean = sum / count;
      return (x - 1000 - mean) / Math.sqrt(squares / count - mean ** 2 + 1e-5);
    });
    // Half a unit in the last place of a mean near 1000 is 3e-5; with E[x²] − E[x]² it would be above 0.01.
    expect(worst(samplesFromGpu(bytes!, input), expected)).toBeLessThan(2e-4);
  },
);

describe('an activation taken into a normalisation', () => {
  const cases = ['batchNorm', 'instanceNorm', 'layerNorm'].flatMap((type) =>
    [
      { input: [3, 5, 7], behind: 'leakyRelu', before: 'tanh' },
      { input: [8, 3, 5], behind: 'silu', before: 'elu' },
    ].map((one) => ({ type, ...one })),
  );
  test.each(cases)(
    '$type of $input, $behind behind, $before before: as dispatches of their own',
    async (one) => {
      const { type, input: shape } = one;
      const batch = 7;
      const { layer, slots, written } = prepareSpecimen(
        layers.get(type),
        { config: { type }, input: shape, batch },
        'train',
      );
      const [behind, before] = [create({ type: one.behind }, shape), create({ type: one.before }, shape)];
      const { length } = slots.input;
      const [preactivation, outputGrad] = [slotOf('preactivation', length), slotOf('outputGrad', length)];
      const made = (name: string) => slotOf(name, length);
      const [plain, activated, kept, into, onward] = ['plain', 'activated', 'kept', 'into', 'onward'].map(
        made,
      );
      const [grad, through, fused] = ['grad', 'through', 'fused'].map(made);
      const elementwise = { batch, parameters: {}, buffers: {}, saved: {}, mode: 'train' } as const;
      const results = await runWork(
        device(),
        [
          ...layer.forward({ ...slots, output: plain! }),
          ...behind.forward({ ...elementwise, input: plain!, output: activated! }),
          ...layer.forward({
            ...slots,
            output: kept!,
            into: { ending: behind.ending!, activated: into!, keep: true },
          }),
          ...layer.forward({
            ...slots,
            into: { ending: behind.ending!, activated: onward!, keep: false },
          }),
          ...layer.backward({ ...slots, outputGrad, inputGrad: grad! }),
          ...before.backward({
            ...elementwise,
            input: preactivation,
            output: slots.input,
            outputGrad: grad!,
            inputGrad: through!,
          }),
          ...layer.backward({
            ...slots,
            outputGrad,
            inputGrad: fused!,
            through: { ending: before.ending!, preactivation },
          }),
        ],
        new Map([
          ...written,
          [preactivation, specimenNumbers(length, 71)],
          [outputGrad, specimenNumbers(length, 72)],
        ]),
        [plain!, activated!, through!, kept!, into!, onward!, fused!],
      );
      const [a, b, c, ...taken] = results.map((bytes) => new Float32Array(bytes));
      expect(Math.max(...b!)).toBeGreaterThan(0.5);
      expect(Math.max(...c!)).toBeGreaterThan(0.1);
      [a, b, b, c].forEach((separate, i) => {
        expect(worst(taken[i]!, separate!)).toBeLessThan(2e-6);
      });
    },
  );
});

test.each([
  [{ type: 'instanceNorm' }, [5], 'instanceNorm: its input has shape [5], but it takes images'],
  [{ type: 'instanceNorm' }, [5, 1, 1], 'single pixel'],
  [{ type: 'layerNorm' }, [1], 'one number a sample'],
])('%j refuses an input of shape %j', (config, shape, message) => {
  expect(() => create(config, shape)).toThrow(UserError);
  expect(() => create(config, shape)).toThrow(message);
});

test('batchNorm refuses to train on a single row', () => {
  const { layer, slots } = prepareSpecimen(
    layers.get('batchNorm'),
    { config: { type: 'batchNorm' }, input: [5], batch: 1 },
    'train',
  );
  expect(() => layer.forward(slots)).toThrow(UserError);
});
