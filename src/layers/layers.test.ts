// Every specimen of every layer: forward against its float64 reference, backward and tangent against central finite
// differences of that reference.

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { toChannelsLast } from '../math/axes';
import { curvatureOf } from './curvature';
import { layers } from './index';
import { type Mode, sizeOf } from './layer';
import { fromKernels } from './parameter';
import { type Moved, prepareSpecimen, samplesFromGpu, specimenNumbers } from './specimen';

const device = useDevice();

/** Relative to the largest magnitude of the reference: float32 sums of some hundred terms. */
const TOLERANCE = 2e-6;
/** A mixed second difference in float64 is good to about 1e-6 with this step. */
const CURVATURE_STEP = 3e-4;
const CURVATURE_TOLERANCE = 1e-5;
/** Central differences in float64 with this step are good to about 1e-9. */
const DIFFERENCE = 1e-5;

const slotOf = (name: string, length: number): Slot => ({ name, length });
const draw = (name: string, length: number, place: number): { slot: Slot; data: Float32Array } => ({
  slot: slotOf(name, length),
  data: specimenNumbers(length, place),
});

function expectClose(actual: Float32Array, expected: Float64Array): void {
  expect(actual.length).toBe(expected.length);
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
  const worst = expected.reduce((most, x, i) => Math.max(most, Math.abs(x - actual[i]!)), 0);
  expect(worst / scale).toBeLessThan(TOLERANCE);
  // What is not a number is no small difference.
  expect(actual.every(Number.isFinite)).toBe(true);
}

const dot = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

describe.each(layers.names)('%s', (type) => {
  const plugin = layers.get(type);
  const trials = plugin.specimens.flatMap((specimen, i) => {
    const layer = plugin.create(v.parse(plugin.schema, specimen.config), specimen.input);
    // Only running statistics and random numbers tell the modes apart.
    const modes: readonly Mode[] = layer.buffers || layer.isRandom ? ['train', 'evaluate'] : ['train'];
    return modes.map((mode) => ({ i, mode, specimen }));
  });

  test.each(trials)('specimen $i, mode $mode', async ({ specimen, mode }) => {
    const { input: shape, batch } = specimen;
    const { layer, outputShape, input, parameters, buffers, slots, written, reference } = prepareSpecimen(
      plugin,
      specimen,
      mode,
    );
    if (layer.isView) {
      expect([layer.forward, layer.backward, layer.tangent].flatMap((pass) => pass({} as never))).toEqual([]);
      const { output } = reference();
      expect(toChannelsLast(Float32Array.from(output), outputShape)).toEqual(toChannelsLast(input, shape));
      return;
    }
    const outputGrad = draw('outputGrad', batch * sizeOf(outputShape), 20);
    const inputTangent = draw('inputTangent', input.length, 21);
    const inputGrad = slotOf('inputGrad', input.length);
    const outputTangent = slotOf('outputTangent', outputGrad.data.length);
    const grads = parameters.map(({ spec, slot }) => ({
      spec,
      slot: slotOf(`${spec.name}Grad`, slot.length),
    }));
    const parameterGrads = Object.fromEntries(grads.map(({ spec, slot }) => [spec.name, slot]));
    const [outputBytes, inputGradBytes, tangentBytes, ...rest] = await runWork(
      device(),
      [
        ...layer.forward(slots),
        ...layer.backward({ ...slots, outputGrad: outputGrad.slot, inputGrad, parameterGrads }),
        ...layer.tangent({ ...slots, inputTangent: inputTangent.slot, outputTangent }),
      ],
      new Map([
        ...written,
        [outputGrad.slot, toChannelsLast(outputGrad.data, outputShape)],
        [inputTangent.slot, toChannelsLast(inputTangent.data, shape)],
      ]),
      [slots.output, inputGrad, outputTangent, ...[...grads, ...buffers].map(({ slot }) => slot)],
    );
    const tensors = [...grads, ...buffers].map(({ spec }, i) =>
      fromKernels(new Float32Array(rest[i]!), spec),
    );

    /** Directional derivative of the output. */
    const derivative = (moved: Moved): Float64Array => {
      const [up, down] = [reference(moved, DIFFERENCE).output, reference(moved, -DIFFERENCE).output];
      return up.map((y, i) => (y - down[i]!) / (2 * DIFFERENCE));
    };
    const expected = reference();
    expectClose(samplesFromGpu(outputBytes!, outputShape), expected.output);
    expectClose(samplesFromGpu(tangentBytes!, outputShape), derivative({ input: inputTangent.data }));
    buffers.forEach(({ spec }, i) => {
      expectClose(tensors[grads.length + i]!, expected.buffers[spec.name]!);
    });
    // One random direction at a time: ⟨outputGrad, directional derivative⟩ = ⟨gradient, direction⟩, for unit directions
    // of a few single numbers and for dense ones.
    const directions = (length: number): Float32Array[] => [
      specimenNumbers(length, 40),
      ...[0, Math.floor(length / 2), length - 1].map((hot) =>
        Float32Array.from({ length }, (_, i) => (i === hot ? 1 : 0)),
      ),
    ];
    const expectGradient = (actual: Float32Array, move: (direction: Float32Array) => Moved) => {
      expect(actual.every(Number.isFinite)).toBe(true);
      const scale = Math.sqrt(dot(actual, actual)) + 1e-3;
      for (const direction of directions(actual.length)) {
        const wanted = dot(outputGrad.data, derivative(move(direction)));
        const length = Math.sqrt(dot(direction, direction));
        expect(Math.abs(dot(actual, direction) - wanted) / (scale * length)).toBeLessThan(TOLERANCE);
      }
    };
    expectGradient(samplesFromGpu(inputGradBytes!, shape), (direction) => ({ input: direction }));
    grads.forEach(({ spec }, i) => {
      expectGradient(tensors[i]!, (direction) => ({ parameters: { [spec.name]: direction } }));
    });
  });

  // Where the mode changes anything, penalties meet the training one; layers that mix their batch are not for them.
  const own = trials.filter(({ specimen, mode }) => {
    const { mixesBatch } = plugin.create(v.parse(plugin.schema, specimen.config), specimen.input);
    return mode === 'train' && !mixesBatch;
  });
  test.each(own)('curvature of specimen $i', async ({ specimen }) => {
    const { input: shape, batch } = specimen;
    const { layer, outputShape, input, parameters, slots, written, reference } = prepareSpecimen(
      plugin,
      specimen,
      'train',
    );
    if (layer.isView) return;
    const outputGrad = draw('outputGrad', batch * sizeOf(outputShape), 20);
    const inputTangent = draw('inputTangent', input.length, 21);
    const inputGrad = slotOf('inputGrad', input.length);
    const grads = parameters.map(({ spec, slot }) => ({
      spec,
      slot: slotOf(`${spec.name}Grad`, slot.length),
    }));
    const parameterGrads = Object.fromEntries(grads.map(({ spec, slot }) => [spec.name, slot]));
    const given = { ...slots, outputGrad: outputGrad.slot, inputTangent: inputTangent.slot };
    const bytes = await runWork(
      device(),
      [...layer.forward(slots), ...curvatureOf(layer, { ...given, inputGrad, parameterGrads })],
      new Map([
        ...written,
        [outputGrad.slot, toChannelsLast(outputGrad.data, outputShape)],
        [inputTangent.slot, toChannelsLast(inputTangent.data, shape)],
      ]),
      [inputGrad, ...grads.map(({ slot }) => slot)],
    );

    /** How ⟨outputGrad, tangent of the output⟩ changes along a direction, by central differences both ways. */
    const change = (moved: (step: number) => Moved): number => {
      const along = (a: number, b: number) => {
        const { input: other, parameters: values = {} } = moved(b);
        const x = Float64Array.from(inputTangent.data, (t, i) => a * t + (other?.[i] ?? 0));
        return reference({ input: x, parameters: values }, CURVATURE_STEP).output;
      };
      const corners = [along(1, 1), along(1, -1), along(-1, 1), along(-1, -1)] as const;
      const mixed = corners[0].map((y, i) => y - corners[1][i]! - corners[2][i]! + corners[3][i]!);
      return dot(outputGrad.data, mixed) / (4 * CURVATURE_STEP ** 2);
    };
    const scaled = (direction: ArrayLike<number>, step: number) =>
      Float64Array.from(direction, (x) => step * x);
    const expectChange = (actual: Float32Array, move: (direction: Float64Array) => Moved) => {
      expect(actual.every(Number.isFinite)).toBe(true);
      const scale = Math.sqrt(dot(actual, actual)) + 1e-2;
      for (const place of [60, 61]) {
        // Of length 1 at least, that rounding is not divided by next to nothing.
        const direction = specimenNumbers(actual.length, place).map((x, at) => (at === 0 ? 1 : x));
        const wanted = change((step) => move(scaled(direction, step)));
        const length = Math.sqrt(dot(direction, direction));
        expect(Math.abs(dot(actual, direction) - wanted) / (scale * length)).toBeLessThan(
          CURVATURE_TOLERANCE,
        );
      }
    };
    expectChange(samplesFromGpu(bytes[0]!, shape), (direction) => ({ input: direction }));
    grads.forEach(({ spec }, i) => {
      const actual = fromKernels(new Float32Array(bytes[1 + i]!), spec);
      expectChange(actual, (direction) => ({ parameters: { [spec.name]: direction } }));
    });
  });
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
    expect(endings).toEqual(['elu', 'leakyRelu', 'relu', 'scale', 'sigmoid', 'silu', 'softplus', 'tanh']);
  });

  test('whose derivative says the same of the output keeps no input', () => {
    const fromOutput = (config: { type: string }) => {
      const plugin = layers.get(config.type);
      return plugin.create(v.parse(plugin.schema, config), [3]).ending!.fromOutput;
    };
    expect(endings.filter((type) => fromOutput({ type }))).toEqual(['leakyRelu', 'relu', 'scale']);
    // It turns the sign.
    expect(fromOutput({ type: 'leakyRelu', slope: -0.1 } as { type: string })).toBe(false);
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
      const [rows, columns] = [batch * outputs, batch * inputs];
      const [pre, out, fusedPre, fusedOut, unkeptPre, unkeptOut] = Array.from({ length: 6 }, (_, i) =>
        slotOf(`rows ${i}`, rows),
      );
      const [grad, through, fusedThrough] = ['grad', 'through', 'fusedThrough'].map((name) =>
        slotOf(name, columns),
      );
      // Backward: the gradient goes down through the dense layer, and on through an activation of its input.
      const below = layers.get(type).create(parse(type), [inputs]);
      const belowOut = slotOf('belowOut', columns);
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
          ...below.forward({ batch, input: input.slot, output: belowOut, parameters: {}, ...plain }),
          ...below.backward({
            batch,
            input: input.slot,
            output: belowOut,
            parameters: {},
            ...plain,
            outputGrad: grad!,
            inputGrad: through!,
          }),
          ...layer.backward({
            ...backward,
            inputGrad: fusedThrough!,
            through: {
              ending: below.ending!,
              preactivation: below.ending!.fromOutput ? belowOut : input.slot,
            },
          }),
        ],
        new Map([input, weight, bias, outputGrad].map(({ slot, data }) => [slot, data])),
        [pre!, out!, through!, fusedPre!, fusedOut!, fusedThrough!, unkeptOut!],
      );
      const [a, b, c, ...fused] = results.map((bytes) => Float64Array.from(new Float32Array(bytes)));
      [a, b, c, b].forEach((separate, i) => {
        expectClose(Float32Array.from(fused[i]!), separate!);
      });
      expect(Math.max(...c!.map(Math.abs))).toBeGreaterThan(0.1);
    },
  );
});
