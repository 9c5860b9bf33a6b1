// The ladder: one product of 512×512 matrices, from a result per invocation to what the hardware can do, rung by rung.

import type { Wait } from './contestant';
import broadcast from './ladder/broadcast.wgsl?raw';
import naive from './ladder/naive.wgsl?raw';
import tile from './ladder/tile.wgsl?raw';
import vectors from './ladder/vectors.wgsl?raw';
import workgroup from './ladder/workgroup.wgsl?raw';
import { peakKernel } from './peak';
import { uniformNumbers } from './problem';
import { rawKernel, readBack } from './raw-kernel';
import { timeInTurns } from './rounds';
import { median, medianRatio } from './statistics';

const SIZE = 512;
const FLOPS = 2 * SIZE ** 3;

export interface Rung {
  readonly name: string;
  readonly milliseconds: readonly number[];
  readonly compileMilliseconds: number;
  readonly gigaflops: number;
  /** Of the multiply-add peak in the same rounds. */
  readonly share: number;
}

interface RungOptions {
  readonly name: string;
  readonly code: string;
  readonly constants?: Readonly<Record<string, number>>;
  readonly unrolled?: boolean;
  readonly grid: readonly [number, number, number];
}

/** The rungs that an adapter of this subgroup size can climb; without subgroups the last one is missing. */
function rungs(subgroupSize: number | undefined): readonly RungOptions[] {
  const climbed: RungOptions[] = [
    { name: 'one result per invocation', code: naive, grid: [SIZE / 8, SIZE / 8, 1] },
    {
      name: 'a tile of 8 × 4 per invocation, in loops',
      code: tile,
      unrolled: false,
      grid: [SIZE / 32, SIZE / 32, 1],
    },
    { name: 'the same, unrolled', code: tile, grid: [SIZE / 32, SIZE / 32, 1] },
    { name: 'loaded and stored as vec4', code: vectors, grid: [SIZE / 32, SIZE / 32, 1] },
    { name: 'through workgroup memory instead', code: workgroup, grid: [SIZE / 32, SIZE / 64, 1] },
  ];
  if (subgroupSize === undefined || ![4, 8, 16, 32].includes(subgroupSize)) return climbed;
  // As large a tile as registers hold: few lanes take more columns each.
  const tiles: readonly [rows: number, blocks: number][] =
    subgroupSize === 4
      ? [
          [8, 1],
          [16, 1],
          [16, 2],
        ]
      : subgroupSize === 8
        ? [
            [8, 1],
            [16, 1],
            [32, 1],
          ]
        : [[32, 1]];
  const rung = ([rows, blocks]: readonly [number, number], rowByRow: boolean): RungOptions => ({
    name: rowByRow
      ? 'the last, row by row'
      : `subgroupBroadcast, ${rows} rows and ${4 * blocks} columns a lane`,
    code: broadcast,
    constants: { LANES: subgroupSize, TILE_ROWS: rows, BLOCKS: blocks, ROW_BY_ROW: rowByRow ? 1 : 0 },
    grid: [SIZE / (4 * subgroupSize * blocks), SIZE / rows, 1],
  });
  climbed.push(...tiles.map((tile) => rung(tile, false)), rung(tiles.at(-1)!, true));
  return climbed;
}

export interface LadderOptions {
  readonly rounds: number;
  readonly target: number;
  readonly progress: (message: string) => void;
}

export interface Ladder {
  readonly peakGigaflops: number;
  readonly rungs: readonly Rung[];
}

/**
 * Compiles every rung, checks its product against float64, and times all in turns with the peak.
 * @throws Error where a rung's product is wrong.
 */
export async function measureLadder(gpu: GPU, wait: Wait, options: LadderOptions): Promise<Ladder> {
  const adapter = await gpu.requestAdapter();
  if (!adapter) throw new Error('There is no WebGPU adapter to measure.');
  const hasSubgroups = adapter.features.has('subgroups');
  const device = await adapter.requestDevice({
    label: 'bench: ladder',
    requiredFeatures: hasSubgroups ? ['subgroups'] : [],
  });
  const { STORAGE, COPY_SRC, COPY_DST } = GPUBufferUsage;
  const uniform = uniformNumbers(512);
  const matrix = () => Float32Array.from({ length: SIZE * SIZE }, () => 2 * uniform() - 1);
  const [a, b] = [matrix(), matrix()];
  const buffer = (label: string, data?: Float32Array<ArrayBuffer>) => {
    const made = device.createBuffer({ label, size: 4 * SIZE * SIZE, usage: STORAGE | COPY_SRC | COPY_DST });
    if (data) device.queue.writeBuffer(made, 0, data);
    return made;
  };
  const buffers = [buffer('bench: a', a), buffer('bench: b', b), buffer('bench: product')];
  try {
    const peak = await peakKernel(device, wait);
    const compiled = [];
    for (const rung of rungs(hasSubgroups ? adapter.info.subgroupMaxSize : undefined)) {
      options.progress(`compiling ${rung.name}`);
      device.queue.writeBuffer(buffers[2]!, 0, new Float32Array(SIZE * SIZE));
      const { name: label, ...rest } = rung;
      const kernel = await rawKernel(device, wait, { label, buffers, ...rest });
      const error = errorOf(await readBack(device, wait, buffers[2]!), a, b);
      if (!(error < 1e-3)) throw new Error(`${rung.name}: its product is off by ${error}.`);
      compiled.push({ name: rung.name, kernel });
    }
    const entrants = [
      { label: 'peak', run: peak },
      ...compiled.map(({ name, kernel }) => ({ label: name, run: kernel })),
    ];
    const [peakTiming, ...timings] = await timeInTurns(entrants, options);
    const peakTimes = peakTiming!.milliseconds;
    return {
      peakGigaflops: peak.flops / median(peakTimes) / 1e6,
      rungs: compiled.map(({ name, kernel }, index) => {
        const { milliseconds } = timings[index]!;
        return {
          name,
          milliseconds,
          compileMilliseconds: kernel.compileMilliseconds,
          gigaflops: FLOPS / median(milliseconds) / 1e6,
          share: (FLOPS / peak.flops) * medianRatio(peakTimes, milliseconds),
        };
      }),
    };
  } finally {
    device.destroy();
  }
}

/** The largest error of 1,000 results spread over all of the product, of which each is a sum of 512 terms below 1. */
function errorOf(product: Float32Array, a: Float32Array, b: Float32Array): number {
  let worst = 0;
  for (let sample = 0; sample < 1000; sample++) {
    const place = (sample * 262_139) % product.length;
    const [row, column] = [Math.floor(place / SIZE), place % SIZE];
    let sum = 0;
    for (let k = 0; k < SIZE; k++) sum += a[row * SIZE + k]! * b[k * SIZE + column]!;
    const error = Math.abs(product[place]! - sum);
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }
  return worst;
}
