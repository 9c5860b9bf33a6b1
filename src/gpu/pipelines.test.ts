// Pipelines: each kernel is compiled once, and an edited one is swapped in for everything that dispatches it.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { activationForward } from '../../shaders/softplus.wgsl';
import type { Kernel } from '../wgsl/kernel';
import { type Device, openDevice } from './device';
import { openNodeGpu } from './node';

let device: Device;
beforeAll(async () => {
  device = await openDevice((await openNodeGpu()).gpu);
});
afterAll(() => device.destroy());

const kernel = activationForward as unknown as Kernel;
const withCode = (code: string): Kernel => ({ ...kernel, code, source: code });
const only = (edited: Kernel) => (used: Kernel) => (used.file === kernel.file ? edited : undefined);

test('are shared, and swapped under those who share them', async () => {
  const shared = await device.pipelines.get(kernel);
  expect(await device.pipelines.get(kernel)).toBe(shared);
  const { pipeline } = shared;

  await expect(device.pipelines.replace(only(withCode('fn broken(')))).rejects.toThrow('does not compile');
  expect(shared.pipeline).toBe(pipeline);
  const { input: _, ...fewer } = kernel.bindings as Record<string, Kernel['bindings'][string]>;
  const unbound = { ...kernel, bindings: fewer } as Kernel;
  await expect(device.pipelines.replace(only(unbound))).rejects.toThrow('takes a reload');
  expect(shared.pipeline).toBe(pipeline);

  await device.pipelines.replace(only(withCode(`${kernel.code}\n// edited`)));
  expect(shared.pipeline).not.toBe(pipeline);
  // Who asks for the kernel later gets the edited one too.
  expect((await device.pipelines.get(kernel)).pipeline).toBe(shared.pipeline);
});

test('what can wait is compiled behind what is waited for, unless nobody wants it any more', async () => {
  const order: string[] = [];
  const note = (name: string) => () => {
    order.push(name);
  };
  const [now, later, never] = ['now', 'later', 'never'].map((name) => withCode(`${kernel.code}\n// ${name}`));
  const compiled = [
    device.pipelines.getLater(later!, () => true).then(note('later')),
    device.pipelines.get(now!).then(note('now')),
  ];
  const unwanted = await device.pipelines.getLater(never!, () => false);
  await Promise.all(compiled);
  expect(order).toEqual(['now', 'later']);
  expect(unwanted).toBeUndefined();
});
