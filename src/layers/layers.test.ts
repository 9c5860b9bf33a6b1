// Every specimen of every layer: forward against its float64 reference, backward and tangent against central finite
// differences of that reference.

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { type DrawAddress, normals } from '../math/philox';
import { layers } from './index';
import { sizeOf } from './layer';

const device = useDevice();

/** Relative to the largest magnitude of the reference: float32 sums of up to 131 terms. */
const TOLERANCE = 2e-6;
/** Central differences in float64 with this step are good to about 1e-9. */
const DIFFERENCE = 1e-5;

const address = (draw: number): DrawAddress => ({ seed: [7, 0], stream: 99, draw });
/** Away from 0, where relu and its kin have no derivative for differences to find. */
const offCorner = (x: number) => (Math.abs(x) < 0.01 ? Math.sign(x || 1) * 0.02 : x);
const draw = (name: string, length: number, place: number): { slot: Slot; data: Float32Array } => ({
  slot: { name, length },
  data: normals(length, address(place)).map(offCorner),
});

function expectClose(actual: Float32Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
  const worst = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - actual[i]!)), 0);
  expect(worst / scale).toBeLessThan(TOLERANCE);
}

describe.each(layers.names)('%s', (type) => {
  const plugin = layers.get(type);
  test.each(plugin.specimens.map((specimen, i) => ({ i, ...specimen })))(
    'specimen $i',
    async ({ config: given, input: shape, batch }) => {
      const config = v.parse(plugin.schema, given);
      const layer = plugin.create(config, shape);
      const [inputs, outputs] = [sizeOf(shape), sizeOf(layer.outputShape(shape))];
      const input = draw('input', batch * inputs, 0);
      const specs = layer.parameters(shape);
      const parameters = specs.map((spec, i) => draw(spec.name, sizeOf(spec.shape), 1 + i));
      const outputGrad = draw('outputGrad', batch * outputs, 20);
      const inputTangent = draw('inputTangent', batch * inputs, 21);
      const slotOf = (name: string, length: number): Slot => ({ name, length });
      const output = slotOf('output', batch * outputs);
      const inputGrad = slotOf('inputGrad', batch * inputs);
      const outputTangent = slotOf('outputTangent', batch * outputs);
      const parameterGrads = specs.map((spec) => slotOf(`${spec.name}Grad`, sizeOf(spec.shape)));

      /** The float64 output of the whole batch, with the input and the parameters moved by `step` in a direction. */
      const reference = (
        moved: { input?: ArrayLike<number>; parameters?: ArrayLike<number>[] } = {},
        step = 0,
      ): Float64Array => {
        const shifted = (data: Float32Array, by?: ArrayLike<number>) =>
          Float64Array.from(data, (x, i) => x + step * (by?.[i] ?? 0));
        const x = shifted(input.data, moved.input);
        const values = Object.fromEntries(
          specs.map((spec, i) => [spec.name, shifted(parameters[i]!.data, moved.parameters?.[i])]),
        );
        const rows = Array.from({ length: batch }, (_, b) =>
          plugin.reference(config, x.slice(b * inputs, (b + 1) * inputs), values),
        );
        return Float64Array.from(rows.flatMap((row) => [...row]));
      };
      /** Directional derivative of the output. */
      const derivative = (moved: Parameters<typeof reference>[0]): Float64Array => {
        const [up, down] = [reference(moved, DIFFERENCE), reference(moved, -DIFFERENCE)];
        return up.map((y, i) => (y - down[i]!) / (2 * DIFFERENCE));
      };
      const dot = (a: ArrayLike<number>, b: Float64Array) => b.reduce((sum, y, i) => sum + y * a[i]!, 0);

      if (layer.isView) {
        expect([layer.forward, layer.backward, layer.tangent].flatMap((pass) => pass({} as never))).toEqual(
          [],
        );
        expect(reference()).toEqual(Float64Array.from(input.data));
        return;
      }
      const parameterSlots = Object.fromEntries(specs.map((spec, i) => [spec.name, parameters[i]!.slot]));
      const forward = {
        batch,
        input: input.slot,
        output,
        parameters: parameterSlots,
        buffers: {},
        saved: {},
        mode: 'train',
      } as const;
      const gradSlots = Object.fromEntries(specs.map((spec, i) => [spec.name, parameterGrads[i]!]));
      const results = await runWork(
        device(),
        [
          ...layer.forward(forward),
          ...layer.backward({
            ...forward,
            outputGrad: outputGrad.slot,
            inputGrad,
            parameterGrads: gradSlots,
          }),
          ...layer.tangent({ ...forward, inputTangent: inputTangent.slot, outputTangent }),
        ],
        new Map([input, outputGrad, inputTangent, ...parameters].map(({ slot, data }) => [slot, data])),
        [output, inputGrad, outputTangent, ...parameterGrads],
      );
      const [actualOutput, actualInputGrad, actualTangent, ...actualGrads] = results.map(
        (bytes) => new Float32Array(bytes),
      );

      expectClose(actualOutput!, reference());
      expectClose(actualTangent!, derivative({ input: inputTangent.data }));
      // One random direction at a time: ⟨outputGrad, directional derivative⟩ = ⟨gradient, direction⟩, for unit directions
      // of a few single numbers and for dense ones.
      const directions = (length: number): Float32Array[] => [
        normals(length, address(40)),
        ...[0, Math.floor(length / 2), length - 1].map((hot) =>
          Float32Array.from({ length }, (_, i) => (i === hot ? 1 : 0)),
        ),
      ];
      const expectGradient = (
        actual: Float32Array,
        move: (direction: Float32Array) => Parameters<typeof reference>[0],
      ) => {
        const scale = Math.sqrt(actual.reduce((sum, x) => sum + x * x, 0)) + 1e-3;
        for (const direction of directions(actual.length)) {
          const length = Math.sqrt(direction.reduce((sum, x) => sum + x * x, 0));
          const expected = dot(outputGrad.data, derivative(move(direction)));
          const found = dot(actual, Float64Array.from(direction));
          expect(Math.abs(found - expected) / (scale * length)).toBeLessThan(TOLERANCE);
        }
      };
      expectGradient(actualInputGrad!, (direction) => ({ input: direction }));
      specs.forEach((_, i) => {
        expectGradient(actualGrads[i]!, (direction) => ({
          parameters: specs.map((__, j) => (i === j ? direction : [])),
        }));
      });
    },
  );
});

/** Slots that only layers with statistics of their own use. */
const plain = { buffers: {}, saved: {}, mode: 'train' } as const;

describe('an activation taken into a product', () => {
  const dense = layers.get('dense');
  const endings = layers.names.filter((type) => {
    const plugin = layers.get(type);
    const { config, input } = plugin.specimens[0]!;
    return plugin.create(v.parse(plugin.schema, config), input).ending;
  });
  const parse = (type: string) => v.parse(layers.get(type).schema, { type });

  test('is offered by every activation', () => {
    expect(endings).toEqual(['elu', 'leakyRelu', 'relu', 'sigmoid', 'silu', 'softplus', 'tanh']);
  });

  // Widths on both sides of the narrow tile's, none a multiple of a tile.
  const sizes = [
    { batch: 37, inputs: 5, outputs: 13 },
    { batch: 9, inputs: 3, outputs: 2 },
  ];
  test.each(endings.flatMap((type) => sizes.map((size) => ({ type, ...size }))))(
    '$type, $inputs → $outputs: as the two dispatches one after the other',
    async ({ type, batch, inputs, outputs }) => {
      const config = v.parse(dense.schema, { type: 'dense', units: outputs });
      const layer = dense.create(config, [inputs]);
      const activation = layers.get(type).create(parse(type), [outputs]);
      const ending = activation.ending!;
      const input = draw('input', batch * inputs, 50);
      const weight = draw('weight', inputs * outputs, 51);
      const bias = draw('bias', outputs, 52);
      const outputGrad = draw('outputGrad', batch * outputs, 53);
      const parameters = { weight: weight.slot, bias: bias.slot };
      const slot = (name: string, length: number): Slot => ({ name, length });
      const [rows, columns] = [batch * outputs, batch * inputs];
      const [pre, out, fusedPre, fusedOut, unkeptPre, unkeptOut] = Array.from({ length: 6 }, (_, i) =>
        slot(`rows ${i}`, rows),
      );
      const [grad, through, fusedThrough] = ['grad', 'through', 'fusedThrough'].map((name) =>
        slot(name, columns),
      );
      // Backward: the gradient goes down through the dense layer, and on through an activation of its input.
      const below = layers.get(type).create(parse(type), [inputs]);
      const unused = slot('unused', columns);
      const backward = {
        batch,
        input: input.slot,
        output: pre!,
        parameters,
        outputGrad: outputGrad.slot,
        ...plain,
      };
      const results = await runWork(
        device(),
        [
          ...layer.forward({ batch, input: input.slot, output: pre!, parameters, ...plain }),
          ...activation.forward({ batch, input: pre!, output: out!, parameters: {}, ...plain }),
          ...layer.forward({
            batch,
            input: input.slot,
            output: fusedPre!,
            parameters,
            ...plain,
            into: { ending, activated: fusedOut!, keep: true },
          }),
          ...layer.forward({
            batch,
            input: input.slot,
            output: unkeptPre!,
            parameters,
            ...plain,
            into: { ending, activated: unkeptOut!, keep: false },
          }),
          ...layer.backward({ ...backward, inputGrad: grad! }),
          ...below.backward({
            batch,
            input: input.slot,
            output: unused,
            parameters: {},
            ...plain,
            outputGrad: grad!,
            inputGrad: through!,
          }),
          ...layer.backward({
            ...backward,
            inputGrad: fusedThrough!,
            through: { ending: below.ending!, preactivation: input.slot },
          }),
        ],
        new Map([input, weight, bias, outputGrad].map(({ slot, data }) => [slot, data])),
        [pre!, out!, through!, fusedPre!, fusedOut!, fusedThrough!, unkeptPre!, unkeptOut!],
      );
      const [a, b, c, ...fused] = results.map((bytes) => Float64Array.from(new Float32Array(bytes)));
      // What is not kept is not written.
      [a, b, c, a!.map(() => 0), b].forEach((separate, i) => {
        expectClose(Float32Array.from(fused[i]!), separate!);
      });
      expect(Math.max(...c!.map(Math.abs))).toBeGreaterThan(0.1);
    },
  );
});
