// For tests and small checks: runs a list of work on given numbers and reads slots back.

import type { Device } from './device';
import { Memory } from './memory';
import { Plan } from './plan';
import { Readback } from './readback';
import { type Slot, slotsOf, type Work } from './work';

/**
 * Gives every slot of the list, and of `inputs` and `outputs`, memory of its own, zero at first, writes `inputs`, runs the list once, and returns the bytes of
 * `outputs` (without padding), in order. GPU errors reject.
 */
export async function runWork(
  device: Device,
  list: readonly Work[],
  inputs: ReadonlyMap<Slot, Float32Array | Uint32Array>,
  outputs: readonly Slot[],
): Promise<ArrayBuffer[]> {
  const { gpu } = device;
  gpu.pushErrorScope('validation');
  const memory = new Memory(gpu);
  for (const slot of new Set([...list.flatMap(slotsOf), ...inputs.keys(), ...outputs])) memory.allocate(slot);
  for (const [slot, data] of inputs) memory.write(slot, data);
  const plan = await Plan.create(device, memory, 'run work', list);
  const readback = new Readback(gpu, 'run work');
  const encoder = gpu.createCommandEncoder({ label: 'run work' });
  const pass = encoder.beginComputePass({ label: 'run work' });
  plan.encode(pass);
  pass.end();
  const read = readback.encode(
    encoder,
    outputs.map((slot) => memory.region(slot)),
  );
  gpu.queue.submit([encoder.finish()]);
  const bytes = await read();
  const error = await gpu.popErrorScope();
  const sizes = outputs.map((slot) => memory.region(slot).size);
  plan.destroy();
  memory.destroy();
  readback.destroy();
  if (error) throw new Error(error.message);
  let at = 0;
  return outputs.map((slot, i) => {
    const part = bytes.slice(at, at + 4 * slot.length);
    at += sizes[i]!;
    return part;
  });
}
