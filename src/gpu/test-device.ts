// One device for a test file: opened once, closed at the end, and every GPU error that nothing captured fails the test.

import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { type Device, openDevice } from './device';
import { openNodeGpu } from './node';

/** Registers the hooks in the calling file; the returned function gives the device inside tests. */
export function useDevice(): () => Device {
  let device: Device | undefined;
  const errors: string[] = [];
  beforeAll(async () => {
    device = await openDevice((await openNodeGpu()).gpu, { strategy: 'plain' });
    device.onError((error) => errors.push(error.message));
  });
  afterEach(() => {
    expect(errors.splice(0), 'uncaptured GPU errors').toEqual([]);
  });
  afterAll(() => device?.destroy());
  return () => device!;
}
