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

  it('opens each driver of this machine by its manifest, and keeps its choice to itself', async () => {
    const before = { ...process.env };
    const drivers = driverCandidates(nodeSystem(), 'default').filter(({ name }) => name !== 'gpu');
    for (const { path, name } of drivers) {
      const { gpu, driver } = await openNodeGpu({ adapter: path });
      expect(driver.path).toBe(path);
      const { architecture } = (await gpu.requestAdapter())!.info;
      if (name === 'swiftshader') expect(architecture).toBe('swiftshader');
      else expect(architecture).not.toBe('swiftshader');
    }
    expect({ ...process.env }).toEqual(before);
  });

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
