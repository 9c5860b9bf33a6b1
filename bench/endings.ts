// Whether the optimizer is worth being an ending of the product that makes a weight's gradient, as activations are of others.

import type { Wait } from './contestant';
import code from './ladder/ending.wgsl?raw';
import { uniformNumbers } from './problem';
import { rawKernel, readBack } from './raw-kernel';
import { type RoundOptions, timeInTurns } from './rounds';
import { medianRatio } from './statistics';

const [INPUTS, OUTPUTS, BATCH] = [784, 512, 128];
// As in the kernel.
const WHAT = { apart: 0, optimizer: 1, ending: 2 };
const EACH = 16;
const TILE_ROWS = 32;
/** Of the largest step that a weight makes. */
const TOLERANCE = 1e-3;

export interface Way {
  readonly name: string;
  readonly milliseconds: readonly number[];
  /** Of what the product and Adam take one after the other, in the same rounds. */
  readonly share: number;
  readonly compileMilliseconds: number;
}

export interface Endings {
  readonly ways: readonly Way[];
}

/**
 * Times a weight's gradient and its Adam update as two dispatches, and as one. Undefined where the adapter has no subgroups of 4
 * to 64 lanes, which the tile is of.
 * @throws Error where one dispatch moves the weights elsewhere than two.
 */
export async function measureEndings(
  gpu: GPU,
  wait: Wait,
  options: RoundOptions,
): Promise<Endings | undefined> {
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('There is no WebGPU adapter to measure.');
  const lanes = adapter.info.subgroupMaxSize;
  if (!adapter.features.has('subgroups') || ![4, 8, 16, 32, 64].includes(lanes)) return undefined;
  const device = await adapter.requestDevice({ label: 'bench: endings', requiredFeatures: ['subgroups'] });
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const uniform = uniformNumbers(7);
  const buffer = (label: string, length: number, number: () => number) => {
    const data = Float32Array.from({ length }, number);
    const made = device.createBuffer({
      label: `bench: ${label}`,
      size: data.byteLength,
      usage: STORAGE | COPY_SRC | COPY_DST,
    });
    return { made, reset: () => device.queue.writeBuffer(made, 0, data) };
  };
  const small = () => (2 * uniform() - 1) / 100;
  const buffers = [
    buffer('input', BATCH * INPUTS, small),
    buffer('outputGrad', BATCH * OUTPUTS, small),
    buffer('gradient', INPUTS * OUTPUTS, () => 0),
    buffer('parameter', INPUTS * OUTPUTS, small),
    buffer('expAvg', INPUTS * OUTPUTS, () => 0),
    buffer('expAvgSq', INPUTS * OUTPUTS, () => 1e-6),
  ];
  const parameter = buffers[3]!.made;
  const bound = (...bindings: number[]) =>
    Object.fromEntries(bindings.map((binding) => [binding, buffers[binding]!.made]));
  try {
    // As wide as is best for the products: of few lanes each takes more columns.
    const quads = lanes === 4 ? 4 : 1;
    const tile = {
      LANES: lanes,
      GROUP: lanes,
      TILE_QUADS: quads,
      BLOCKS: Math.max(1, TILE_ROWS / (4 * lanes)),
    };
    const grid = [OUTPUTS / (4 * quads * lanes), Math.ceil(INPUTS / TILE_ROWS), 1] as const;
    const product = (what: number, ...bindings: number[]) =>
      rawKernel(device, wait, {
        label: 'bench: ending',
        code,
        constants: { WHAT: what, ...tile },
        buffers: bound(...bindings),
        grid,
      });
    const steps = async (advance: () => Promise<void>) => {
      for (const { reset } of buffers) reset();
      const before = await readBack(device, wait, parameter);
      await advance();
      return (await readBack(device, wait, parameter)).map((after, i) => after - before[i]!);
    };
    const apart = await product(WHAT.apart, 0, 1, 2);
    const optimizer = await rawKernel(device, wait, {
      label: 'bench: ending',
      code,
      constants: { WHAT: WHAT.optimizer, GROUP: 64 },
      buffers: bound(2, 3, 4, 5),
      grid: [Math.ceil((INPUTS * OUTPUTS) / 4 / (64 * EACH)), 1, 1],
    });
    const ending = await product(WHAT.ending, 0, 1, 3, 4, 5);
    const expected = await steps(async () => {
      await apart.advance(1);
      await optimizer.advance(1);
    });
    const found = await steps(() => ending.advance(1));
    const most = (numbers: Float32Array) => numbers.reduce((worst, x) => Math.max(worst, Math.abs(x)), 0);
    const error = most(found.map((step, i) => step - expected[i]!));
    if (!(error <= TOLERANCE * most(expected)))
      throw new Error(`Adam as an ending moves weights by ${error} more or less.`);
    const entrants = [
      { name: 'the gradient alone', run: apart, compileMilliseconds: apart.compileMilliseconds },
      { name: 'Adam alone', run: optimizer, compileMilliseconds: optimizer.compileMilliseconds },
      { name: 'the gradient ending in Adam', run: ending, compileMilliseconds: ending.compileMilliseconds },
    ];
    const timings = await timeInTurns(
      entrants.map(({ name: label, run }) => ({ label, run })),
      options,
    );
    const [gradient, update] = timings;
    const both = gradient!.milliseconds.map((time, round) => time + update!.milliseconds[round]!);
    return {
      ways: entrants.map(({ name, compileMilliseconds }, index) => ({
        name,
        milliseconds: timings[index]!.milliseconds,
        share: medianRatio(timings[index]!.milliseconds, both),
        compileMilliseconds,
      })),
    };
  } finally {
    device.destroy();
  }
}
