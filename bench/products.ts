// The matrix products by themselves, through the layers' public contract: each strategy's rate, and its share of the peak.

import * as v from 'valibot';
import { type Device, openDevice } from '../src/gpu/device';
import { Memory } from '../src/gpu/memory';
import { Plan } from '../src/gpu/plan';
import { Readback } from '../src/gpu/readback';
import { submitPass } from '../src/gpu/submit';
import { type Slot, slotsOf, type Work } from '../src/gpu/work';
import { layers } from '../src/layers';
import { type ForwardSlots, sizeOf } from '../src/layers/layer';
import type { Wait } from './contestant';
import { peakKernel } from './peak';
import { uniformNumbers } from './problem';
import { timeInTurns } from './rounds';
import { median, medianRatio } from './statistics';

/** One product on one strategy, in the rounds that all shared. */
export interface ProductEntry {
  /** Key of `PRODUCTS`. */
  readonly product: string;
  readonly strategy: string;
  /** With its tile. */
  readonly label: string;
  /** Whether it is what webgan itself uses here. */
  readonly isChosen: boolean;
  readonly milliseconds: readonly number[];
  /** From the kernel's text to its first result. */
  readonly compileMilliseconds: number;
  readonly gigaflops: number;
  /** Of the multiply-add peak in the same rounds. */
  readonly share: number;
}

export interface Products {
  readonly peakGigaflops: number;
  readonly entries: readonly ProductEntry[];
}

export interface ProductOptions {
  readonly rounds: number;
  readonly target: number;
}

interface Product {
  readonly key: string;
  readonly layer: { readonly type: string; readonly [option: string]: unknown };
  readonly input: readonly number[];
  readonly batch: number;
  readonly direction: 'output' | 'input gradient' | 'weight gradient';
}

const CONVOLUTION = {
  layer: { type: 'conv2d', channels: 64, kernel: 4, stride: 2, padding: 1, bias: false },
  input: [32, 14, 14],
  batch: 64,
} as const;

/** What is measured: a square product, and every direction of the convolution in the middle of a DCGAN of 28×28. */
const PRODUCTS: readonly Product[] = [
  {
    key: '512³',
    layer: { type: 'dense', units: 512, bias: false },
    input: [512],
    batch: 512,
    direction: 'output',
  },
  { key: 'convolution, output', ...CONVOLUTION, direction: 'output' },
  { key: 'convolution, input gradient', ...CONVOLUTION, direction: 'input gradient' },
  { key: 'convolution, weight gradient', ...CONVOLUTION, direction: 'weight gradient' },
];

/** The one dispatch of a product as the layer describes it, with the slot of its result. */
function workOf({ layer: config, input: inputShape, batch, direction }: Product): {
  work: Work;
  result: Slot;
} {
  const plugin = layers.get(config.type);
  const layer = plugin.create(v.parse(plugin.schema, config), inputShape);
  const slot = (name: string, length: number): Slot => ({ name, length });
  const inputs = batch * sizeOf(inputShape);
  const outputs = batch * sizeOf(layer.outputShape(inputShape));
  const [weight] = layer.parameters(inputShape);
  const slots: ForwardSlots = {
    batch,
    input: slot('input', inputs),
    output: slot('output', outputs),
    parameters: { weight: slot('weight', sizeOf(weight!.shape)) },
    buffers: {},
    saved: {},
    mode: 'train',
  };
  const outputGrad = slot('outputGrad', outputs);
  const inputGrad = slot('inputGrad', inputs);
  const weightGrad = slot('weightGrad', sizeOf(weight!.shape));
  const [list, result] =
    direction === 'output'
      ? [layer.forward(slots), slots.output]
      : direction === 'input gradient'
        ? [layer.backward({ ...slots, outputGrad, inputGrad }), inputGrad]
        : [layer.backward({ ...slots, outputGrad, parameterGrads: { weight: weightGrad } }), weightGrad];
  if (list.length !== 1) throw new Error(`${config.type}'s ${direction} is not one product.`);
  return { work: list[0]!, result };
}

/** One way to compute a product, compiled and bound. */
interface Candidate {
  readonly product: string;
  readonly strategy: string;
  readonly label: string;
  readonly isChosen: boolean;
  readonly flops: number;
  readonly compileMilliseconds: number;
  /** Computes it so often. */
  advance(times: number): Promise<void>;
}

/**
 * Every strategy that the adapter at hand has, each with the tile that is fastest here, and what webgan chooses here, checked
 * against the plain one and timed in turns with the peak. @throws Error where a strategy gives another result than the plain one.
 */
export async function measureProducts(gpu: GPU, wait: Wait, options: ProductOptions): Promise<Products> {
  const device = await openDevice(gpu);
  try {
    const peak = await peakKernel(device.gpu, wait);
    const candidates: Candidate[] = [];
    for (const product of PRODUCTS)
      candidates.push(...(await fastestTiles(await candidatesOf(device, wait, product))));
    const entrants = [{ label: 'peak', run: peak }, ...candidates.map((run) => ({ label: run.label, run }))];
    const [peakTiming, ...timings] = await timeInTurns(entrants, options);
    const peakTimes = peakTiming!.milliseconds;
    return {
      peakGigaflops: peak.flops / median(peakTimes) / 1e6,
      entries: candidates.map(({ advance, flops, ...candidate }, index) => {
        const { milliseconds } = timings[index]!;
        return {
          ...candidate,
          milliseconds,
          gigaflops: flops / median(milliseconds) / 1e6,
          share: (flops / peak.flops) * medianRatio(peakTimes, milliseconds),
        };
      }),
    };
  } finally {
    device.destroy();
  }
}

async function candidatesOf(device: Device, wait: Wait, product: Product): Promise<Candidate[]> {
  const { work, result } = workOf(product);
  const alternatives =
    work.alternatives?.on({
      subgroupSize: device.subgroupSize,
      maxWorkgroupInvocations: device.gpu.limits.maxComputeInvocationsPerWorkgroup,
    }) ?? [];
  const choice = await wait(device.strategies.choose(work));
  const chosen = choice === 'plain' ? choice : choice.label;
  const ways = [
    { strategy: 'plain', label: 'plain', work: [work] },
    ...alternatives.map(({ strategy, label, work }) => ({ strategy, label, work: work() })),
  ];
  const memory = new Memory(device.gpu);
  const readback = new Readback(device.gpu, 'bench: product');
  const uniform = uniformNumbers(1_969);
  for (const slot of new Set(ways.flatMap((way) => way.work.flatMap(slotsOf)))) {
    memory.allocate(slot);
    memory.write(
      slot,
      Float32Array.from({ length: slot.length }, () => 2 * uniform() - 1),
    );
  }
  const read = async () => {
    const encoder = device.gpu.createCommandEncoder({ label: 'bench: product' });
    const answer = readback.encode(encoder, [memory.region(result)]);
    device.gpu.queue.submit([encoder.finish()]);
    return new Float32Array(await wait(answer()));
  };
  const candidates: Candidate[] = [];
  let plain: Float32Array | undefined;
  for (const { strategy, label, work: list } of ways) {
    const start = performance.now();
    const plan = await Plan.fixed(device, memory, label, list);
    const advance = async (times: number) => {
      submitPass(device.gpu, label, (pass) => {
        for (let time = 0; time < times; time++) plan.encode(pass);
      });
      await wait(device.gpu.queue.onSubmittedWorkDone());
    };
    memory.write(result, new Float32Array(result.length));
    await advance(1);
    const compileMilliseconds = performance.now() - start;
    const numbers = await read();
    plain ??= numbers;
    const error = largestDifference(numbers, plain);
    if (!(error < 1e-4))
      throw new Error(`${label} of ${product.key} is off by ${error} of the plain result.`);
    candidates.push({
      product: product.key,
      strategy,
      label,
      isChosen: label === chosen,
      flops: work.flops,
      compileMilliseconds,
      advance,
    });
  }
  return candidates;
}

/** max |a − b| / max |b|. */
function largestDifference(a: Float32Array, b: Float32Array): number {
  let [difference, largest] = [0, 0];
  for (const [index, value] of b.entries()) {
    const apart = Math.abs(a[index]! - value);
    difference = Number.isNaN(apart) ? Number.POSITIVE_INFINITY : Math.max(difference, apart);
    largest = Math.max(largest, Math.abs(value));
  }
  return difference / largest;
}

/** Of every strategy the tile that is fastest in a short run, and what webgan itself uses. */
async function fastestTiles(candidates: readonly Candidate[]): Promise<Candidate[]> {
  const timings = await timeInTurns(
    candidates.map((run) => ({ label: run.label, run })),
    { rounds: 3, target: 50 },
  );
  const best = new Map<string, { candidate: Candidate; time: number }>();
  for (const [index, candidate] of candidates.entries()) {
    const time = median(timings[index]!.milliseconds);
    const known = best.get(candidate.strategy);
    if (!known || time < known.time) best.set(candidate.strategy, { candidate, time });
  }
  const fastest = [...best.values()].map(({ candidate }) => candidate);
  return candidates.filter((candidate) => candidate.isChosen || fastest.includes(candidate));
}
