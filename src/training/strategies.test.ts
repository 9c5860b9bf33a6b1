// A run by every strategy, forced: the same bytes in the end, so that nothing hangs on when a product goes over to another.

import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Device, openDevice } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import { STRATEGIES } from '../gpu/strategies';
import { parseConfig } from './config';
import { Trainer } from './trainer';

const by4 = { kernel: 4, stride: 2, padding: 1 };
/** Its convolutions' weight gradients are sums of several parts; some channels are no vec4s. */
const config = parseConfig({
  data: { source: 'glyphs', size: 8 },
  noise: { type: 'normal', size: 6 },
  generator: [
    { type: 'dense', units: 128 },
    { type: 'reshape', shape: [8, 4, 4] },
    { type: 'relu' },
    { type: 'convTranspose2d', channels: 1, ...by4 },
    { type: 'tanh' },
  ],
  discriminator: [
    { type: 'conv2d', channels: 12, ...by4 },
    { type: 'batchNorm' },
    { type: 'leakyRelu', slope: 0.2 },
    { type: 'flatten' },
    { type: 'dense', units: 1 },
  ],
  optimizer: {
    generator: { type: 'adam', learningRate: 1e-3 },
    discriminator: { type: 'adam', learningRate: 1e-3 },
  },
  batchSize: 20,
});

const devices = new Map<string, Device>();
beforeAll(async () => {
  for (const strategy of STRATEGIES)
    devices.set(strategy, await openDevice((await openNodeGpu()).gpu, { strategy }));
});
afterAll(() => {
  for (const device of devices.values()) device.destroy();
});

test('three iterations end in the same bytes by all of them', async () => {
  const ends = new Map<string, Map<string, Uint32Array>>();
  for (const [strategy, device] of devices) {
    const trainer = await Trainer.create(device, config);
    trainer.advance(3);
    const { tensors } = await trainer.readState();
    const used = [...trainer.strategies.keys()].join();
    trainer.destroy();
    expect(used).toContain(strategy);
    ends.set(
      strategy,
      new Map([...tensors].map(([name, { data }]) => [name, new Uint32Array(data.buffer.slice(0))])),
    );
  }
  for (const strategy of STRATEGIES) expect(ends.get(strategy), strategy).toEqual(ends.get('plain'));
});
