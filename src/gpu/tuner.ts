// Measures a product's alternatives on the adapter at hand: whichever is quickest of those that are right.

import type { Device } from './device';
import { Memory } from './memory';
import { Plan } from './plan';
import { Readback } from './readback';
import { submitPass } from './submit';
import { PassTimer } from './timestamps';
import { type Alternative, isSlot, type Slot, slotsOf, type Work } from './work';

/** Relative to the largest magnitude: sums in another order differ by the rounding of float32. */
const TOLERANCE = 1e-4;
/** Candidates run in turns; in the first round the plain one takes at least this long, and each round is twice as long. */
const MILLISECONDS = 1;
/** So long by the clock on the wall, which counts the way there and back too. */
const WALL_MILLISECONDS = 5;
const ROUNDS = 3;
/** Who takes longer than this times the quickest is out. */
const CLOSE = 1.25;
const MOST_RUNS = 256;
/** So often in a row: once it may have been something else that took so long. */
const TRIES = 3;
/** After so long no further round begins: on an adapter this slow one run of each says enough. */
const ENOUGH_MILLISECONDS = 60;

/** What won a measurement. */
export interface Measured {
  /** An alternative's, or `plain`. */
  readonly label: string;
  /** Whether its results are the plain one's to the bit, so that a run may go over to it at any time. */
  readonly isExact: boolean;
}

/**
 * The quickest alternative that computes what the plain one does, to the bit where there are such, as there are unless a compiler
 * rounds kernels differently. Everything is compiled first, while training goes on; then, in quiet, it takes the GPU some milliseconds
 * a candidate, and a wait for each answer. Rejects where the plain one fails, or there is no room for another set of its numbers.
 */
export async function measureAlternatives(
  device: Device,
  work: Work,
  alternatives: readonly Alternative[],
): Promise<Measured> {
  const memory = new Memory(device.gpu);
  const readback = new Readback(device.gpu, 'tuner');
  const timer = new PassTimer(device, 1);
  const plans: Plan[] = [];
  try {
    const slots = [...new Set(slotsOf(work))];
    device.gpu.pushErrorScope('out-of-memory');
    for (const slot of slots) memory.allocate(slot);
    const shortage = await device.gpu.popErrorScope();
    if (shortage) throw new Error(shortage.message);
    const plain = await Plan.fixed(device, memory, 'plain', [work]);
    plans.push(plain);
    const compiled = await Promise.all(
      // What does not compile here is no alternative.
      alternatives.map(async ({ label, work: dispatches }) => {
        try {
          return await Plan.fixed(device, memory, label, dispatches());
        } catch {
          return undefined;
        }
      }),
    );
    plans.push(...compiled.filter((plan) => plan !== undefined));
    const patterns = slots.map((slot, i) => [slot, pattern(slot.length, i)] as const);
    for (const [slot, numbers] of patterns) memory.write(slot, numbers);
    const written = outputsOf(work);
    const results = async (plan: Plan): Promise<Float32Array[]> => {
      // What a candidate leaves out must not be found there from the one before.
      for (const [slot, numbers] of patterns) if (written.includes(slot)) memory.write(slot, numbers);
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
    return await device.quiet.during(async () => {
      await device.gpu.queue.onSubmittedWorkDone();
      const expected = (await results(plain)).map((part) => ({ part, scale: largestOf(part) }));
      const exact: Plan[] = [];
      const close: Plan[] = [];
      for (const plan of plans.slice(1)) {
        const found = await results(plan);
        if (expected.every(({ part }, i) => isSame(found[i]!, part))) exact.push(plan);
        else if (expected.every(({ part, scale }, i) => agrees(found[i]!, part, scale))) close.push(plan);
      }
      const isExact = exact.length > 0;
      const least = device.canMeasureTime ? MILLISECONDS : WALL_MILLISECONDS;
      const candidates = [plain, ...(isExact ? exact : close)];
      const quickest = await race(candidates, least, (plan, runs) => time(device, timer, plan, runs));
      return { label: quickest.label, isExact: isExact || quickest === plain };
    });
  } finally {
    timer.destroy();
    for (const plan of plans) plan.destroy();
    readback.destroy();
    memory.destroy();
  }
}

/** The quickest. All run equally often in a pass, so that what a pass costs besides does not count for one of them. */
async function race(
  plans: readonly Plan[],
  least: number,
  time: (plan: Plan, runs: number) => Promise<number>,
): Promise<Plan> {
  const start = performance.now();
  const [plain] = plans;
  let runs = 1;
  for (let tries = 0; runs < MOST_RUNS && tries < TRIES; ) {
    if (runs * (await time(plain!, runs)) >= least) tries++;
    else [runs, tries] = [4 * runs, 0];
  }
  let left = plans.map((plan) => ({ plan, milliseconds: Infinity }));
  for (let round = 0; round < ROUNDS && left.length > 1; round++) {
    if (round > 0 && performance.now() - start > ENOUGH_MILLISECONDS) break;
    for (const candidate of left) {
      const milliseconds = await time(candidate.plan, runs * 2 ** round);
      // Of its quickest run.
      candidate.milliseconds = Math.min(candidate.milliseconds, milliseconds);
    }
    const best = Math.min(...left.map(({ milliseconds }) => milliseconds));
    left = left.filter(({ milliseconds }) => milliseconds <= CLOSE * best);
  }
  return left.reduce((best, candidate) => (candidate.milliseconds < best.milliseconds ? candidate : best))
    .plan;
}

/** Milliseconds of one run out of so many in one pass: of the GPU's clock where it has one. */
async function time({ gpu }: Device, timer: PassTimer, plan: Plan, runs: number): Promise<number> {
  const start = performance.now();
  const read = submitPass(
    gpu,
    timer.pass('tuner'),
    (pass) => {
      for (let i = 0; i < runs; i++) plan.encode(pass);
    },
    (encoder) => timer.resolve(encoder),
  );
  const [timed] = await read();
  if (timed) return timed.milliseconds / runs;
  await gpu.queue.onSubmittedWorkDone();
  return (performance.now() - start) / runs;
}

/** Numbers of both signs that repeat nowhere near. */
function pattern(length: number, seed: number): Float32Array<ArrayBuffer> {
  const numbers = new Float32Array(length);
  // Millions of them: `Array.from` would take longer than all that is to be measured.
  for (let i = 0; i < length; i++)
    numbers[i] = ((Math.imul(i + 1, 2654435761 + 2 * seed) >>> 8) % 2001) / 1000 - 1;
  return numbers;
}

function outputsOf({ kernel, bindings }: Work): Slot[] {
  return Object.entries(kernel.bindings).flatMap(([name, binding]) => {
    const bound = bindings[name];
    return binding.kind === 'storage' && binding.access === 'readWrite' && isSlot(bound) ? [bound] : [];
  });
}

// Millions of numbers, while training waits: plain loops.
function largestOf(numbers: Float32Array): number {
  let largest = 1e-30;
  for (let i = 0; i < numbers.length; i++) largest = Math.max(largest, Math.abs(numbers[i]!));
  return largest;
}

function isSame(found: Float32Array, expected: Float32Array): boolean {
  const bits = (numbers: Float32Array) => new Uint32Array(numbers.buffer, numbers.byteOffset, numbers.length);
  const [a, b] = [bits(found), bits(expected)];
  for (let i = 0; i < b.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function agrees(found: Float32Array, expected: Float32Array, scale: number): boolean {
  // Written so that NaN does not agree.
  for (let i = 0; i < expected.length; i++)
    if (!(Math.abs(expected[i]! - found[i]!) <= TOLERANCE * scale)) return false;
  return true;
}
