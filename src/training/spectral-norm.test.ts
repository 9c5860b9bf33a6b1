// Divided weights against float64: the power iteration, σ in both modes, and the gradient against finite differences of
// ⟨gradient, M/σ(M)⟩ with u and v held. For matrices, for kernels whose v lies in another order, and beyond one part of a sum.

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { layers } from '../layers';
import { type ParameterSpec, type Shape, sizeOf } from '../layers/layer';
import { fromKernels, toKernels } from '../layers/parameter';
import { specimenNumbers } from '../layers/specimen';
import { inverseAxes } from '../math/axes';
import { initialTensors } from './initialize';
import { buildNetwork } from './network';
import { divideWeights, gradientsOfWeights } from './spectral-norm';

const device = useDevice();

/** Float32 sums of some hundred terms, relative to the largest number. */
const TOLERANCE = 3e-6;
const DIFFERENCE = 1e-5;

const LAYERS: Record<string, { config: { type: string; [option: string]: unknown }; input: Shape }> = {
  'a single number': { config: { type: 'dense', units: 1 }, input: [1] },
  'a row': { config: { type: 'dense', units: 1 }, input: [37] },
  'a column': { config: { type: 'dense', units: 41 }, input: [1] },
  'a matrix': { config: { type: 'dense', units: 70 }, input: [67] },
  'a kernel': { config: { type: 'conv2d', channels: 5, kernel: 3 }, input: [4, 6, 5] },
  'a kernel in a residual branch': {
    config: {
      type: 'residual',
      layers: [{ type: 'conv2d', channels: 3, kernel: 3, padding: 1, spectralNorm: true }],
    },
    input: [3, 5, 4],
  },
};

const length = (x: ArrayLike<number>) => Math.sqrt(Array.from(x).reduce((sum, a) => sum + a * a, 0));
const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);
const unit = (x: Float64Array) => x.map((a) => a / Math.max(length(x), 1e-12));

/** What Miyato et al. 2018 do to a weight [outputs, everything else], in float64. */
function reference(weight: ArrayLike<number>, u: ArrayLike<number>, v: ArrayLike<number>) {
  const [rows, columns] = [u.length, v.length];
  const at = (i: number, j: number) => weight[i * columns + j]!;
  const timesRight = (x: ArrayLike<number>) =>
    Float64Array.from({ length: rows }, (_, i) => Array.from(x).reduce((sum, a, j) => sum + at(i, j) * a, 0));
  const timesLeft = (x: ArrayLike<number>) =>
    Float64Array.from({ length: columns }, (_, j) =>
      Array.from(x).reduce((sum, a, i) => sum + at(i, j) * a, 0),
    );
  return {
    sigma: dot(u, timesRight(v)),
    iterated: () => {
      const nextU = unit(timesRight(v));
      return { u: nextU, v: unit(timesLeft(nextU)) };
    },
  };
}

/** A network of this one layer. */
const networkOf = (config: { type: string; [option: string]: unknown }, input: Shape) =>
  buildNetwork('discriminator', [v.parse(layers.get(config.type).schema, config)], input);

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>): void {
  expect(actual.length).toBe(expected.length);
  const scale = Array.from(expected).reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
  const worst = Array.from(expected).reduce((most, x, i) => Math.max(most, Math.abs(x - actual[i]!)), 0);
  expect(worst / scale).toBeLessThan(TOLERANCE);
}

describe.each(Object.entries(LAYERS))('%s', (_name, { config, input }) => {
  const nested = config.type === 'residual';
  const network = networkOf(nested ? config : { ...config, spectralNorm: true }, input);
  const [own] = network.spectral;
  const { spec, weight, gradient, left, right, normalized, normalizedGrad } = own!;
  const count = sizeOf(spec.shape);
  const weights = specimenNumbers(count, 0);
  // As an earlier update left them: σ of vectors without any iteration may be next to nothing.
  const drawn = [left, right].map(({ length: of }, i) => unit(Float64Array.from(specimenNumbers(of, 1 + i))));
  const earlier = reference(weights, drawn[0]!, drawn[1]!).iterated();
  const [u, w] = [Float32Array.from(earlier.u), Float32Array.from(earlier.v)];
  const grad = specimenNumbers(count, 3);
  const [uSpec, vSpec] = network.buffers;
  const written = new Map<Slot, Float32Array>([
    [weight, toKernels(weights, spec)],
    [normalizedGrad, toKernels(grad, spec)],
    [left, toKernels(u, uSpec!)],
    [right, toKernels(w, vSpec!)],
  ]);
  const read = (bytes: ArrayBuffer | undefined, of: ParameterSpec = spec) =>
    fromKernels(new Float32Array(bytes!), of);

  test('its buffers have PyTorch’s names and lengths, and its layer sees the divided weight', () => {
    expect(network.buffers.map(({ name, shape }) => [name, shape])).toEqual([
      [`${weight.name}_u`, [spec.shape[0]]],
      [`${weight.name}_v`, [count / spec.shape[0]!]],
    ]);
    expect(Object.values(network.layers[0]!.parameters)).toContain(normalized);
    expect(Object.values(network.layers[0]!.parameters)).not.toContain(weight);
    if (spec.axes) expect(inverseAxes(spec.axes)).not.toEqual(spec.axes.map((_, i) => i));
  });

  test.each([true, false])(
    'is divided by σ, iterate: %s; its gradient is that of the division',
    async (iterate) => {
      const [divided, uBytes, vBytes, gradBytes] = await runWork(
        device(),
        [...divideWeights(network.spectral, { iterate }), ...gradientsOfWeights(network.spectral)],
        written,
        [normalized, left, right, gradient],
      );
      const vectors = iterate ? reference(weights, u, w).iterated() : { u, v: w };
      const { sigma } = reference(weights, vectors.u, vectors.v);
      expectClose(read(uBytes, uSpec), vectors.u);
      expectClose(read(vBytes, vSpec), vectors.v);
      expectClose(
        read(divided),
        weights.map((x) => x / sigma),
      );

      const objective = (step: number, direction: ArrayLike<number>) => {
        const moved = Float64Array.from(weights, (x, i) => x + step * direction[i]!);
        return dot(grad, moved) / reference(moved, vectors.u, vectors.v).sigma;
      };
      const ownGrad = read(gradBytes);
      // Along its own direction and along another; of one number the quotient is 1, and its gradient 0.
      for (const direction of [Float64Array.from(ownGrad), Float64Array.from(specimenNumbers(count, 4))]) {
        const difference =
          (objective(DIFFERENCE, direction) - objective(-DIFFERENCE, direction)) / (2 * DIFFERENCE);
        const most = (length(grad) * length(direction)) / Math.abs(sigma);
        expect(Math.abs(dot(ownGrad, direction) - difference)).toBeLessThanOrEqual(TOLERANCE * most);
      }
    },
  );
});

test('power iterations find the largest singular value', async () => {
  const network = networkOf({ type: 'dense', units: 3, bias: false, spectralNorm: true }, [3]);
  const { weight, left, right, sigma } = network.spectral[0]!;
  // diag(2, −5, 1): σ is 5.
  const [found] = await runWork(
    device(),
    Array.from({ length: 30 }, () => divideWeights(network.spectral, { iterate: true })).flat(),
    new Map([
      [weight, Float32Array.of(2, 0, 0, 0, -5, 0, 0, 0, 1)],
      [left, Float32Array.of(1, 0, 0)],
      [right, Float32Array.of(0.6, 0.6, 0.529)],
    ]),
    [sigma],
  );
  expect(new Float32Array(found!)[0]).toBeCloseTo(5, 5);
});

test('its vectors begin where they find most of the largest singular value', () => {
  const network = networkOf({ type: 'conv2d', channels: 9, kernel: 3, spectralNorm: true }, [4, 5, 6]);
  const { weight, left, right } = network.spectral[0]!;
  const tensors = initialTensors([network], 3);
  const [m, u, w] = [weight, left, right].map(({ name }) => tensors.get(name)!.data) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  expect([length(u), length(w)]).toEqual([expect.closeTo(1, 6), expect.closeTo(1, 6)]);
  let vectors = { u: Float64Array.from(u), v: Float64Array.from(w) };
  const { sigma } = reference(m, vectors.u, vectors.v);
  for (let i = 0; i < 200; i++) vectors = reference(m, vectors.u, vectors.v).iterated();
  expect(sigma / reference(m, vectors.u, vectors.v).sigma).toBeGreaterThan(0.97);
});
