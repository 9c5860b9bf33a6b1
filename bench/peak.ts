// What share of the adapter's arithmetic a kernel uses: the multiply-add peak to hold it against, measured beside it.

import type { Wait } from './contestant';
import code from './ladder/peak.wgsl?raw';
import { type RawKernel, rawKernel } from './raw-kernel';

export interface PeakKernel extends RawKernel {
  /** Floating-point operations of one dispatch, two a multiply-add. */
  readonly flops: number;
}

const WORKGROUPS = 1024;
/** 64 invocations of 12 chains, four links a turn, two operations each: as peak.wgsl has it. */
const FLOPS_A_TURN = WORKGROUPS * 64 * 12 * 4 * 2;
/** Long enough that starting a dispatch does not show. */
const WANTED_MILLISECONDS = 10;

/** The peak's kernel, as many turns long as this adapter takes ten milliseconds for. */
export async function peakKernel(device: GPUDevice, wait: Wait): Promise<PeakKernel> {
  const { STORAGE, UNIFORM, COPY_DST } = GPUBufferUsage;
  const sums = device.createBuffer({ label: 'bench: sums', size: 4 * 64 * WORKGROUPS, usage: STORAGE });
  const chains = device.createBuffer({ label: 'bench: chains', size: 16, usage: UNIFORM | COPY_DST });
  const setTurns = (turns: number) => {
    device.queue.writeBuffer(chains, 0, new Uint32Array([turns]));
    device.queue.writeBuffer(chains, 4, new Float32Array([0.5]));
  };
  let turns = 1;
  setTurns(turns);
  const buffers = [sums, chains];
  const kernel = await rawKernel(device, wait, {
    label: 'bench: peak',
    code,
    buffers,
    grid: [WORKGROUPS, 1, 1],
  });
  for (;;) {
    const start = performance.now();
    await kernel.advance(1);
    const took = performance.now() - start;
    if (took > WANTED_MILLISECONDS || turns >= 2 ** 16) return { ...kernel, flops: FLOPS_A_TURN * turns };
    turns *= 2;
    setTurns(turns);
  }
}
