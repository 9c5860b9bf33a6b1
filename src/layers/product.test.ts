// The matrix products: every strategy that this adapter has, in all three directions, against sums in float64 and, bit for bit,
// against the plain one. Shapes are odd on purpose: borders everywhere, channels that are no vec4s, strides beyond the kernel.

import { describe, expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { AdapterTraits, Slot, Work } from '../gpu/work';
import { normals } from '../math/philox';
import { type Convolution, convolutionWeightGrad, convolve, convolveBack, denseConvolution } from './product';

const device = useDevice();

/** Relative to the largest magnitude: float32 sums of up to 300 terms. */
const TOLERANCE = 2e-6;

const convolution = (
  [inputs, inputHeight, inputWidth]: readonly [number, number, number],
  outputs: number,
  [kernel, stride, padding]: readonly [number, number, number],
): Convolution => {
  const side = (length: number) => Math.floor((length + 2 * padding - kernel) / stride + 1);
  const [height, width] = [side(inputHeight), side(inputWidth)];
  return { inputs, inputHeight, inputWidth, outputs, height, width, kernel, stride, padding };
};

const CASES: readonly { name: string; shape: Convolution; batch: number }[] = [
  {
    name: '4×4, stride 2: vec4s, more rows than a tile',
    shape: convolution([8, 6, 7], 36, [4, 2, 1]),
    batch: 7,
  },
  { name: 'a batch of whole tiles', shape: convolution([32, 5, 6], 64, [4, 2, 1]), batch: 32 },
  {
    name: 'a batch of whole tiles, most taps outside',
    shape: convolution([16, 2, 3], 36, [5, 3, 4]),
    batch: 16,
  },
  { name: '3×3 of RGB', shape: convolution([3, 7, 8], 8, [3, 1, 1]), batch: 3 },
  { name: 'stride beyond the kernel', shape: convolution([8, 7, 8], 4, [2, 3, 0]), batch: 3 },
  { name: 'many pixels, in parts', shape: convolution([4, 10, 14], 12, [4, 2, 1]), batch: 9 },
  { name: 'to one of many pixels', shape: convolution([2, 12, 12], 1, [3, 1, 1]), batch: 3 },
  { name: 'to RGB', shape: convolution([3, 8, 6], 12, [4, 2, 1]), batch: 2 },
  { name: 'to grey, an odd number of results', shape: convolution([1, 9, 7], 8, [3, 2, 1]), batch: 5 },
  { name: 'to one channel', shape: convolution([4, 6, 5], 1, [3, 2, 1]), batch: 3 },
  { name: 'dense of odd widths', shape: denseConvolution(5, 13), batch: 9 },
  { name: 'dense to a logit', shape: denseConvolution(20, 1), batch: 19 },
];

const drawn = (name: string, length: number, draw: number): { slot: Slot; data: Float32Array } => ({
  slot: { name, length },
  data: normals(length, { seed: [3, 0], stream: 99, draw }),
});

/** The three directions by their definition. */
function expected(
  { inputs, inputHeight, inputWidth, outputs, height, width, kernel, stride, padding }: Convolution,
  batch: number,
  { x, dy, weight, bias, biasBack }: Record<'x' | 'dy' | 'weight' | 'bias' | 'biasBack', Float32Array>,
): Float64Array[] {
  const y = Float64Array.from(dy, (_, i) => bias[i % outputs]!);
  const dx = Float64Array.from(x, (_, i) => biasBack[i % inputs]!);
  const dWeight = new Float64Array(weight.length);
  const dBias = new Float64Array(outputs);
  dy.forEach((g, i) => {
    dBias[i % outputs]! += g;
  });
  for (let pixel = 0; pixel < batch * height * width; pixel++) {
    for (let tap = 0; tap < kernel ** 2; tap++) {
      const image = Math.floor(pixel / (height * width));
      const fromY = (Math.floor(pixel / width) % height) * stride - padding + Math.floor(tap / kernel);
      const fromX = (pixel % width) * stride - padding + (tap % kernel);
      if (fromY < 0 || fromY >= inputHeight || fromX < 0 || fromX >= inputWidth) continue;
      for (let i = 0; i < inputs; i++) {
        const at = ((image * inputHeight + fromY) * inputWidth + fromX) * inputs + i;
        for (let o = 0; o < outputs; o++) {
          const [to, w] = [pixel * outputs + o, (tap * inputs + i) * outputs + o];
          y[to]! += x[at]! * weight[w]!;
          dx[at]! += dy[to]! * weight[w]!;
          dWeight[w]! += x[at]! * dy[to]!;
        }
      }
    }
  }
  return [y, dx, dWeight, dBias];
}

describe.each(CASES)('$name', ({ shape, batch }) => {
  const { inputs, inputHeight, inputWidth, outputs, height, width, kernel } = shape;
  const x = drawn('x', batch * inputHeight * inputWidth * inputs, 1);
  const dy = drawn('dy', batch * height * width * outputs, 2);
  const weight = drawn('weight', kernel ** 2 * inputs * outputs, 3);
  const bias = drawn('bias', outputs, 4);
  const biasBack = drawn('biasBack', inputs, 5);
  const results = [dy, x, weight, bias].map(
    ({ slot }, i): Slot => ({ name: `result ${i}`, length: slot.length }),
  );
  const [y, dx, dWeight, dBias] = results as [Slot, Slot, Slot, Slot];
  const works = [
    convolve(shape, batch, { left: x.slot, weight: weight.slot, bias: bias.slot, result: y }),
    ...convolveBack(shape, batch, { left: dy.slot, weight: weight.slot, bias: biasBack.slot, result: dx }),
    convolutionWeightGrad(shape, batch, {
      input: x.slot,
      outputGrad: dy.slot,
      weightGrad: dWeight,
      biasGrad: dBias,
    }),
  ];
  const traits = (): AdapterTraits => ({
    subgroupSize: device().subgroupSize,
    maxWorkgroupInvocations: device().gpu.limits.maxComputeInvocationsPerWorkgroup,
  });
  const run = async (list: readonly Work[]) => {
    const inputs = new Map([x, dy, weight, bias, biasBack].map(({ slot, data }) => [slot, data]));
    return (await runWork(device(), list, inputs, results)).map((bytes) => new Float32Array(bytes));
  };
  const reference = expected(shape, batch, {
    x: x.data,
    dy: dy.data,
    weight: weight.data,
    bias: bias.data,
    biasBack: biasBack.data,
  });

  /** The works with a strategy's first tile, with its second and so on, the last tile of each that has fewer. */
  const tilings = (strategy: string): Work[][] => {
    const there = works.map((work) =>
      (work.alternatives?.on(traits()) ?? []).filter((alternative) => alternative.strategy === strategy),
    );
    const most = Math.max(1, ...there.map(({ length }) => length));
    return Array.from({ length: most }, (_, tile) =>
      works.flatMap((work, i) => (there[i]![tile] ?? there[i]!.at(-1))?.work() ?? [work]),
    );
  };

  test.each(['plain', 'workgroup'])('%s: the sums in float64, with every tile', async (strategy) => {
    for (const list of tilings(strategy))
      (await run(list)).forEach((found, i) => {
        const scale = reference[i]!.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const worst = reference[i]!.reduce(
          (most, value, at) => Math.max(most, Math.abs(value - found[at]!)),
          0,
        );
        expect(worst / scale, results[i]!.name).toBeLessThan(TOLERANCE);
      });
  });

  // Runs go over from one to the other at any time and must end the same.
  test.each(['workgroup', 'subgroup'])('%s: the same bits as plain, with every tile', async (strategy) => {
    const plain = await run(works);
    for (const list of tilings(strategy))
      (await run(list)).forEach((values, i) => {
        expect(values, results[i]!.name).toEqual(plain[i]!);
      });
  });
});

describe('which strategies there are', () => {
  const strategies = (work: Work, subgroupSize: number | undefined) => [
    ...new Set(work.alternatives!.on({ subgroupSize, maxWorkgroupInvocations: 256 }).map((a) => a.strategy)),
  ];
  const slots = (length: number) => ({
    left: { name: 'left', length },
    weight: { name: 'weight', length },
    result: { name: 'result', length },
  });

  test('subgroups of one size are needed for theirs, and columns in fours', () => {
    const wide = convolve(denseConvolution(32, 64), 64, slots(4096));
    expect(strategies(wide, 32)).toEqual(['workgroup', 'subgroup']);
    expect(strategies(wide, undefined)).toEqual(['workgroup']);
    expect(strategies(convolve(denseConvolution(32, 30), 64, slots(4096)), 32)).toEqual(['workgroup']);
    // The way back reads the weight along its outputs, the way forth along its inputs.
    expect(strategies(convolve(denseConvolution(30, 64), 64, slots(4096)), 8)).toContain('subgroup');
    expect(strategies(convolveBack(denseConvolution(64, 30), 64, slots(4096))[0]!, 8)).not.toContain(
      'subgroup',
    );
  });

  test('few results of great depth are cut into even parts, which further dispatches add up', () => {
    const deep = convolutionWeightGrad(convolution([32, 14, 14], 64, [4, 2, 1]), 64, {
      input: { name: 'input', length: 64 * 14 * 14 * 32 },
      outputGrad: { name: 'outputGrad', length: 64 * 7 * 7 * 64 },
      weightGrad: { name: 'weightGrad', length: 16 * 32 * 64 },
      biasGrad: { name: 'biasGrad', length: 64 },
    });
    const [way] = deep.alternatives!.on({ subgroupSize: undefined, maxWorkgroupInvocations: 256 });
    const work = way!.work();
    expect(work.map(({ kernel }) => kernel.entryPoint)).toEqual([
      'workgroupWeightGrad',
      'columnSums',
      'columnSums',
    ]);
    expect(work[0]!.grid[2]).toBe(5);
  });
});
