import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { UserError } from '../math/errors';
import { driverCandidates } from './drivers';
import { nodeSystem, openNodeGpu } from './node';

describe('openNodeGpu', () => {
  it('gives WebGPU that has an adapter, and says through which driver', async () => {
    const { gpu, driver } = await openNodeGpu();
    expect(driverCandidates(nodeSystem())).toContainEqual(driver);
    const adapter = await gpu.requestAdapter();
    const device = await adapter!.requestDevice();
    expect(device).toBeInstanceOf(GPUDevice);
    const buffer = device.createBuffer({ size: 16, usage: GPUBufferUsage.COPY_DST });
    expect(buffer.size).toBe(16);
    device.destroy();
  });

  it.runIf(process.platform === 'linux')(
    'opens a driver by its manifest, and keeps its choice to itself',
    async () => {
      const before = { ...process.env };
      const swiftshader = driverCandidates(nodeSystem(), 'swiftshader')[0]!;
      const { gpu, driver } = await openNodeGpu({ adapter: swiftshader.path });
      expect(driver.path).toBe(swiftshader.path);
      expect((await gpu.requestAdapter())!.info.architecture).toBe('swiftshader');
      expect({ ...process.env }).toEqual(before);
      // A second choice in the same process is as free as the first.
      const second = await openNodeGpu({ adapter: 'default' });
      const { architecture } = (await second.gpu.requestAdapter())!.info;
      expect(architecture === 'swiftshader').toBe(second.driver.name === 'swiftshader');
    },
  );

  it('refuses a driver that is not there', async () => {
    await expect(openNodeGpu({ adapter: '/gone_icd.json' })).rejects.toThrow(UserError);
  });

  it.runIf(process.platform === 'linux')('says what to install when a driver gives no adapter', async () => {
    // A JSON file, so Vulkan reads it, but no driver's manifest.
    const adapter = fileURLToPath(new URL('../../package.json', import.meta.url));
    await expect(openNodeGpu({ adapter })).rejects.toThrow(
      /No WebGPU adapter was found with custom .*package\.json.*install/,
    );
  });
});
