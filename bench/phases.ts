// Where an iteration's GPU time goes, kernel by kernel: every dispatch in a pass of its own between two timestamps.

import { openDevice } from '../src/gpu/device';
import { Memory } from '../src/gpu/memory';
import { Plan } from '../src/gpu/plan';
import { isSlot, type Work } from '../src/gpu/work';
import { compileRun } from '../src/training/compile';
import { NO_FAULT } from '../src/training/fault';
import type { Wait } from './contestant';
import type { Phase } from './report';
import { median } from './statistics';
import { runConfiguration } from './webgan';

const ROUNDS = 10;

/** Timestamps may be rounded (Dawn: to 66 µs), so many equal dispatches stand between two. */
const REPEATS = 50;

/**
 * GPU time of each kernel in an iteration, the longest first; nothing where the adapter has no `timestamp-query`.
 * On zeros: the time does not depend on the numbers.
 */
export async function measurePhases(gpu: GPU, wait: Wait): Promise<readonly Phase[]> {
  const device = await openDevice(gpu);
  if (!device.canMeasureTime) {
    device.destroy();
    return [];
  }
  const run = compileRun(runConfiguration());
  const list: readonly Work[] = [
    ...run.drawForDiscriminator,
    ...run.updateDiscriminator,
    ...run.drawForGenerator,
    ...run.updateGenerator,
  ];
  const memory = new Memory(device.gpu);
  for (const slot of new Set(list.flatMap(({ bindings }) => Object.values(bindings).filter(isSlot)))) {
    memory.allocate(slot);
  }
  // A run with a fault in it updates nothing any more.
  memory.write(run.fault, NO_FAULT);
  const plans = await Promise.all(list.map((work) => Plan.create(device, memory, work.kernel.label, [work])));

  const count = 2 * list.length;
  const { QUERY_RESOLVE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const querySet = device.gpu.createQuerySet({ label: 'bench: timestamps', type: 'timestamp', count });
  const resolved = device.gpu.createBuffer({
    label: 'bench: timestamps',
    size: 8 * count,
    usage: QUERY_RESOLVE | COPY_SRC,
  });
  const staging = device.gpu.createBuffer({
    label: 'bench: timestamps read',
    size: 8 * count,
    usage: MAP_READ | COPY_DST,
  });
  const nanoseconds: number[][] = list.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    const encoder = device.gpu.createCommandEncoder({ label: 'bench: phases' });
    for (const [index, plan] of plans.entries()) {
      const pass = encoder.beginComputePass({
        label: plan.label,
        timestampWrites: {
          querySet,
          beginningOfPassWriteIndex: 2 * index,
          endOfPassWriteIndex: 2 * index + 1,
        },
      });
      for (let repeat = 0; repeat < REPEATS; repeat++) plan.encode(pass);
      pass.end();
    }
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
    device.gpu.queue.submit([encoder.finish()]);
    await wait(staging.mapAsync(GPUMapMode.READ));
    const times = new BigUint64Array(staging.getMappedRange());
    for (const [index, kept] of nanoseconds.entries()) {
      kept.push(Number(times[2 * index + 1]! - times[2 * index]!) / REPEATS);
    }
    staging.unmap();
  }
  device.destroy();

  const phases = new Map<string, Phase>();
  for (const [index, { kernel }] of list.entries()) {
    const name = kernel.label;
    const known = phases.get(name) ?? { name, dispatches: 0, milliseconds: 0 };
    phases.set(name, {
      name,
      dispatches: known.dispatches + 1,
      milliseconds: known.milliseconds + median(nanoseconds[index]!) / 1e6,
    });
  }
  return [...phases.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
