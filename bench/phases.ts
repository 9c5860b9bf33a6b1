// Where an iteration's GPU time goes, kernel by kernel: every dispatch in a pass of its own between two timestamps.

import { openDevice } from '../src/gpu/device';
import { Memory } from '../src/gpu/memory';
import { Plan } from '../src/gpu/plan';
import { slotsOf, type Work } from '../src/gpu/work';
import { compileRun } from '../src/training/compile';
import { NO_FAULT } from '../src/training/fault';
import type { Wait } from './contestant';
import type { Problem } from './problem';
import { median } from './statistics';
import { runConfiguration, runContent } from './webgan';

/** The dispatches of one kernel in an iteration. */
export interface Phase {
  readonly name: string;
  readonly dispatches: number;
  /** GPU time an iteration, by timestamp queries. */
  readonly milliseconds: number;
}

const ROUNDS = 9;

/**
 * Timestamps may be rounded (Dawn: to 66 µs), so as many equal dispatches stand between two as take about this long, and
 * at most MOST_REPEATS.
 */
const WANTED_MILLISECONDS = 3;
const MOST_REPEATS = 50;

/**
 * GPU time of each kernel in an iteration, the longest first; nothing where the adapter has no `timestamp-query`.
 * On zeros: the time does not depend on the numbers.
 */
export async function measurePhases(gpu: GPU, wait: Wait, problem: Problem): Promise<readonly Phase[]> {
  const device = await openDevice(gpu);
  if (!device.canMeasureTime) {
    device.destroy();
    return [];
  }
  const run = compileRun(runConfiguration(problem), runContent(problem));
  const list: readonly Work[] = [
    ...run.drawForDiscriminator,
    ...run.updateDiscriminator,
    ...run.drawForGenerator,
    ...run.updateGenerator,
  ];
  const memory = new Memory(device.gpu);
  for (const slot of new Set(list.flatMap(slotsOf))) {
    memory.allocate(slot);
  }
  // A run with a fault in it updates nothing any more.
  memory.write(run.fault, NO_FAULT);
  const plans = await Promise.all(list.map((work) => Plan.create(device, memory, work.kernel.label, [work])));
  await wait(Promise.all(plans.map((plan) => plan.settled)));

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
  /** Milliseconds of one dispatch of each work, with that many of it between its timestamps. */
  const time = async (repeats: readonly number[]): Promise<readonly number[]> => {
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
      for (let repeat = 0; repeat < repeats[index]!; repeat++) plan.encode(pass);
      pass.end();
    }
    encoder.resolveQuerySet(querySet, 0, count, resolved, 0);
    encoder.copyBufferToBuffer(resolved, 0, staging, 0, 8 * count);
    device.gpu.queue.submit([encoder.finish()]);
    await wait(staging.mapAsync(GPUMapMode.READ));
    const nanoseconds = new BigUint64Array(staging.getMappedRange().slice(0));
    staging.unmap();
    return repeats.map(
      (repeat, index) => Number(nanoseconds[2 * index + 1]! - nanoseconds[2 * index]!) / repeat / 1e6,
    );
  };
  // The first time also compiles what a driver compiles late.
  await time(list.map(() => 1));
  const repeats = (await time(list.map(() => 4))).map((one) =>
    Math.min(MOST_REPEATS, Math.max(1, Math.round(WANTED_MILLISECONDS / Math.max(one, 1e-3)))),
  );
  const rounds: (readonly number[])[] = [];
  for (let round = 0; round < ROUNDS; round++) rounds.push(await time(repeats));
  device.destroy();

  const phases = new Map<string, Phase>();
  for (const [index, { kernel }] of list.entries()) {
    const [quicker] = plans[index]!.strategies.keys();
    const name =
      quicker === undefined || quicker === 'plain' ? kernel.label : `${kernel.label} as ${quicker}`;
    const known = phases.get(name) ?? { name, dispatches: 0, milliseconds: 0 };
    phases.set(name, {
      name,
      dispatches: known.dispatches + 1,
      milliseconds: known.milliseconds + median(rounds.map((times) => times[index]!)),
    });
  }
  return [...phases.values()].sort((a, b) => b.milliseconds - a.milliseconds);
}
