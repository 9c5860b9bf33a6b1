// Choosing among alternatives: by force, from memory, by measuring; and what is wrong never wins.

import { expect, test, vi } from 'vitest';
import { copyRows } from '../../shaders/copyRows.wgsl';
import { activationForward as scale } from '../../shaders/scale.wgsl';
import { Memory } from './memory';
import { Plan } from './plan';
import { Strategies } from './strategies';
import { useDevice } from './test-device';
import { measureAlternatives } from './tuner';
import { type Alternative, type Slot, type Work, work } from './work';

const device = useDevice();

const COUNT = 4096;
const source: Slot = { name: 'source', length: COUNT };
const destination: Slot = { name: 'destination', length: COUNT };
const copy = (count: number, groups: number): Work =>
  work(copyRows, { source, destination, shape: { count, sourceStart: 0, destinationStart: 0 } }, [
    groups,
    1,
    1,
  ]);
const alternative = (strategy: string, label: string, ...list: Work[]): Alternative => ({
  strategy,
  label,
  work: () => list,
});
/** An adapter that nothing is known of. */
const stranger = () => Object.assign(Object.create(device()), { name: 'a stranger' });

const GROUPS = COUNT / copyRows.workgroupSize[0];
/** Copies everything, a hundred times over. */
const slow = Array.from({ length: 100 }, () => copy(COUNT, GROUPS));
const right = alternative('workgroup', 'right', copy(COUNT, GROUPS));
const wrong = alternative('subgroup', 'wrong', copy(COUNT / 2, 1));
const RIGHT = { label: 'right', isExact: true };
const withAlternatives = (there: readonly Alternative[]): Work => ({
  ...copy(COUNT, GROUPS),
  alternatives: { key: 'a copy', kernels: [copyRows], on: () => there },
});

test('what computes something else never wins, however quick', async () => {
  const chosen = await measureAlternatives(device(), withAlternatives([]), [wrong]);
  expect(chosen.label).toBe('plain');
});

test('what cannot even be made is no candidate, and keeps no other from winning', async () => {
  const unmade: Alternative = {
    strategy: 'subgroup',
    label: 'unmade',
    work: () => {
      throw new Error('no such tile');
    },
  };
  const plainlySlow = { ...copy(COUNT, GROUPS), grid: [8192, 16, 1] as const };
  expect(await measureAlternatives(device(), plainlySlow, [unmade, right])).toEqual(RIGHT);
});

test.each([
  ['the GPU’s clock', true],
  ['the clock on the wall, where the GPU has none', false],
])('the quickest of those that are right wins, by %s', async (_, canMeasureTime) => {
  const timed = Object.assign(Object.create(device()), { canMeasureTime });
  const chosen = await measureAlternatives(timed, withAlternatives([]), [
    alternative('workgroup', 'slow', ...slow),
    wrong,
  ]);
  expect(chosen.label).toBe('plain');
  // Where the plain one is the slow one there is something to gain.
  const plainlySlow = { ...copy(COUNT, GROUPS), grid: [8192, 16, 1] as const };
  expect(await measureAlternatives(timed, plainlySlow, [right])).toEqual(RIGHT);
});

/** The source times a factor, in so many workgroups. */
const scaled = (parameter: number, groups: number): Work =>
  work(
    scale,
    {
      input: source,
      output: destination,
      settings: { count: COUNT / 4, parameter },
    },
    [groups, 1, 1],
  );
const NEEDED = COUNT / 4 / scale.workgroupSize[0];
const slowlyScaled = scaled(1, 2 ** 15);
const exact = alternative('workgroup', 'exact', scaled(1, NEEDED));
const close = alternative('subgroup', 'close', scaled(1 + 1e-6, NEEDED));

test('what gives the same bits wins over what is only close', async () => {
  expect(await measureAlternatives(device(), slowlyScaled, [close, exact])).toEqual({
    label: 'exact',
    isExact: true,
  });
  expect(await measureAlternatives(device(), slowlyScaled, [close])).toEqual({
    label: 'close',
    isExact: false,
  });
});

test('that a choice is only close is said, and remembered', async () => {
  let written: Readonly<Record<string, string>> = {};
  const store = {
    read: () => Promise.resolve(written),
    write: async (choices: Readonly<Record<string, string>>) => {
      written = choices;
    },
  };
  const there = { key: 'scaled', kernels: [scale], on: () => [close] };
  for (let visit = 0; visit < 2; visit++) {
    const chosen = await new Strategies(stranger(), { store }).choose({
      ...slowlyScaled,
      alternatives: there,
    });
    expect(chosen).toMatchObject({ label: 'close, rounded otherwise than plain', work: close.work });
  }
});

test('everything is measured in quiet, which is over then', async () => {
  const { gpu, quiet } = device();
  const submit = vi.spyOn(gpu.queue, 'submit').mockImplementation(function (this: GPUQueue, commands) {
    quietAtSubmit.push(quiet.end !== undefined);
    GPUQueue.prototype.submit.call(gpu.queue, commands);
  });
  const quietAtSubmit: boolean[] = [];
  await measureAlternatives(device(), withAlternatives([]), [right]);
  submit.mockRestore();
  expect(quietAtSubmit.length).toBeGreaterThan(4);
  expect(quietAtSubmit).not.toContain(false);
  expect(quiet.end).toBeUndefined();
});

test('a strategy that is forced is used where there is one, and nothing else', () => {
  const there = [right, wrong];
  const known = (strategy: 'plain' | 'workgroup' | 'subgroup') =>
    new Strategies(device(), { strategy }).known(withAlternatives(there));
  expect(known('workgroup')).toBe(right);
  expect(known('subgroup')).toBe(wrong);
  expect(known('plain')).toBe('plain');
  expect(new Strategies(device(), { strategy: 'subgroup' }).known(withAlternatives([right]))).toBe('plain');
});

test('what was measured once is remembered, under what could change it', async () => {
  const written: Record<string, string>[] = [];
  const store = {
    read: () => Promise.resolve(written.at(-1) ?? {}),
    write: (choices: Readonly<Record<string, string>>) => {
      written.push({ ...choices });
      return Promise.resolve();
    },
  };
  const first = await new Strategies(stranger(), { store, compiler: 'one' }).choose(
    withAlternatives([wrong]),
  );
  expect(first).toBe('plain');
  expect(written).toHaveLength(1);
  const [key] = Object.keys(written[0]!);
  expect(key).toMatch(/^a stranger · one · [0-9a-f]{8} · a copy$/);

  // Not measured again: what was written is believed.
  written.push({ [key!]: 'wrong' });
  const again = new Strategies(stranger(), { store, compiler: 'one' });
  expect(await again.choose(withAlternatives([wrong]))).toEqual(wrong);
  expect(written).toHaveLength(2);
  // Another kernel measures anew,
  const changed = { ...copyRows, source: `${copyRows.source}// changed` };
  const work = withAlternatives([wrong]);
  const edited = { ...work, alternatives: { ...work.alternatives!, kernels: [changed] } };
  expect(await again.choose(edited)).toBe('plain');
  expect(written).toHaveLength(3);
  // and so does another compiler.
  const other = new Strategies(stranger(), { store, compiler: 'two' });
  expect(await other.choose(withAlternatives([wrong]))).toBe('plain');
  expect(written).toHaveLength(4);
});

test('where there is no room to measure it stays plain, and is measured another time', async () => {
  const { gpu } = device();
  const write = vi.fn(async () => {});
  const store = { read: async () => ({}), write };
  const pop = vi.spyOn(gpu, 'popErrorScope').mockImplementationOnce(async () => {
    await GPUDevice.prototype.popErrorScope.call(gpu);
    return { message: 'no room' } as GPUError;
  });
  const strategies = new Strategies(stranger(), { store });
  const work = { ...slowlyScaled, alternatives: { key: 'scaled', kernels: [scale], on: () => [exact] } };
  expect(await strategies.choose(work)).toBe('plain');
  expect(write).not.toHaveBeenCalled();
  pop.mockRestore();
  expect(await strategies.choose(work)).toMatchObject({ label: 'exact' });
});

test('a store that fails costs a measurement and nothing else', async () => {
  const store = { read: () => Promise.reject(new Error('no')), write: () => Promise.reject(new Error('no')) };
  expect(await new Strategies(stranger(), { store }).choose(withAlternatives([wrong]))).toBe('plain');
});

test('what is known to be quickest but does not compile is plain instead, and said to be', async () => {
  const broken = alternative('subgroup', 'broken', {
    ...copy(COUNT, GROUPS),
    kernel: { ...(copyRows as unknown as Work['kernel']), code: 'fn broken(' },
  });
  const item = withAlternatives([broken]);
  const memory = new Memory(device().gpu);
  for (const slot of [source, destination]) memory.allocate(slot);
  const strategies = { isForced: false, known: () => broken, choose: async () => broken };
  const told = Object.assign(Object.create(device()), { strategies });
  const plan = await Plan.create(told, memory, 'broken', [item]);
  await plan.settled;
  expect([...plan.strategies]).toEqual([['plain, as broken does not compile', 1]]);
  plan.destroy();
  memory.destroy();
});
