// Pass times: a label and a plausible time a pass where the adapter measures, nothing at all where it does not.

import { expect, test } from 'vitest';
import { useDevice } from './test-device';
import { PassTimer } from './timestamps';

const device = useDevice();

async function timePasses(timer: PassTimer, labels: readonly string[]) {
  const encoder = device().gpu.createCommandEncoder();
  for (const label of labels) encoder.beginComputePass(timer.pass(label)).end();
  const read = timer.resolve(encoder);
  device().gpu.queue.submit([encoder.finish()]);
  return read();
}

test('passes are timed in order, again and again, up to the capacity', async () => {
  const timer = new PassTimer(device(), 2);
  const expected = device().canMeasureTime ? ['a', 'b'] : [];
  for (let round = 0; round < 3; round++) {
    const times = await timePasses(timer, ['a', 'b', 'beyond']);
    expect(times.map(({ label }) => label)).toEqual(expected);
    for (const { milliseconds } of times) expect(milliseconds).toBeGreaterThanOrEqual(0);
  }
  timer.destroy();
});

test('a device that cannot measure time is left alone', async () => {
  const timer = new PassTimer({ ...device(), canMeasureTime: false }, 2);
  expect(timer.pass('a')).toEqual({ label: 'a' });
  expect(await timePasses(timer, ['a'])).toEqual([]);
  timer.destroy();
});
