// Measures a product's alternatives on the adapter at hand: whichever is quickest of those that are right.

import type { Device } from './device';
import { Memory } from './memory';
import { Plan } from './plan';
import { Readback } from './readback';
import { submitPass } from './submit';
import { type Alternative, isSlot, type Slot, type Work } from './work';

/** Relative to the largest magnitude: sums in another order differ by the rounding of float32. */
const TOLERANCE = 1e-4;
/** Each candidate runs for about this long, in rounds that take turns. */
const MILLISECONDS = 12;
const ROUNDS = 3;

/**
 * The label of the quickest alternative that computes what the plain one does, or `plain`. Takes tens of milliseconds
 * once everything is compiled. Rejects where the plain one fails.
 */
export async function measureAlternatives(
  device: Device,
  work: Work,
  alternatives: readonly Alternative[],
): Promise<string> {
  const memory = new Memory(device.gpu);
  const readback = new Readback(device.gpu, 'tuner');
  const plans: { label: string; plan: Plan; milliseconds: number }[] = [];
  try {
    const slots = Object.values(work.bindings).filter(isSlot);
    for (const slot of new Set(slots)) if (!memory.has(slot)) memory.allocate(slot);
    const written = outputsOf(work);
    const results = async (plan: Plan): Promise<Float32Array[]> => {
      // Written anew each time, results too: what a candidate leaves out must not be found there from the one before.
      slots.forEach((slot, i) => {
        memory.write(slot, pattern(slot.length, i));
      });
      const read = submitPass(
        device.gpu,
        'tuner',
        (pass) => plan.encode(pass),
        (encoder) =>
          readback.encode(
            encoder,
            written.map((slot) => memory.region(slot)),
          ),
      );
      const bytes = await read();
      let at = 0;
      return written.map((slot) => {
        const part = new Float32Array(bytes, at, slot.length);
        at += memory.region(slot).size;
        return part;
      });
    };
    const plain = await Plan.fixed(device, memory, 'plain', [work]);
    plans.push({ label: 'plain', plan: plain, milliseconds: Infinity });
    const expected = await results(plain);
    for (const { label, work: list } of alternatives) {
      const plan = await Plan.fixed(device, memory, label, list).catch(() => undefined);
      if (!plan) continue;
      const found = await results(plan);
      if (found.every((part, i) => agrees(part, expected[i]!)))
        plans.push({ label, plan, milliseconds: Infinity });
      else plan.destroy();
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const candidate of plans) {
        candidate.milliseconds = Math.min(candidate.milliseconds, await time(device, candidate.plan));
      }
    }
    return plans.reduce((best, candidate) => (candidate.milliseconds < best.milliseconds ? candidate : best))
      .label;
  } finally {
    for (const { plan } of plans) plan.destroy();
    readback.destroy();
    memory.destroy();
  }
}

/** Milliseconds of one run, from as many in one submit as fill the time. */
async function time(device: Device, plan: Plan): Promise<number> {
  const run = async (times: number) => {
    const start = performance.now();
    submitPass(device.gpu, 'tuner', (pass) => {
      for (let i = 0; i < times; i++) plan.encode(pass);
    });
    await device.gpu.queue.onSubmittedWorkDone();
    return performance.now() - start;
  };
  const times = Math.max(1, Math.min(200, Math.round(MILLISECONDS / Math.max(0.05, await run(1)))));
  return (await run(times)) / times;
}

/** Numbers of both signs that repeat nowhere near. */
const pattern = (length: number, seed: number): Float32Array<ArrayBuffer> =>
  Float32Array.from(
    { length },
    (_, i) => ((Math.imul(i + 1, 2654435761 + 2 * seed) >>> 8) % 2001) / 1000 - 1,
  );

function outputsOf({ kernel, bindings }: Work): Slot[] {
  return Object.entries(kernel.bindings).flatMap(([name, binding]) => {
    const bound = bindings[name];
    return binding.kind === 'storage' && binding.access === 'readWrite' && isSlot(bound) ? [bound] : [];
  });
}

function agrees(found: Float32Array, expected: Float32Array): boolean {
  const scale = expected.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
  return expected.every((x, i) => Math.abs(x - found[i]!) <= TOLERANCE * scale);
}
