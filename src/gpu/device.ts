// A WebGPU device with what the rest needs to know about it: its name, its pipelines, and how it can fail.

import { UserError } from '../math/errors';
import { PipelineCache } from './pipelines';
import { Quiet } from './quiet';
import { Strategies, type StrategyOptions } from './strategies';

export interface Device {
  readonly gpu: GPUDevice;
  /** The adapter in words, e.g. `google swiftshader (SwiftShader Device (Subzero))`. */
  readonly name: string;
  readonly info: GPUAdapterInfo;
  readonly pipelines: PipelineCache;
  /** Chooses among the alternatives of matrix products. */
  readonly strategies: Strategies;
  /** While they measure, training submits nothing. */
  readonly quiet: Quiet;
  readonly canMeasureTime: boolean;
  /** Invocations of a subgroup; undefined without the feature, or where it may differ from kernel to kernel. */
  readonly subgroupSize: number | undefined;
  /** Resolves when the device is gone, with the reason; also after `destroy`. */
  readonly lost: Promise<GPUDeviceLostInfo>;
  /** Calls back for every GPU error that nothing captured; returns how to stop listening. */
  onError(listener: (error: GPUError) => void): () => void;
  destroy(): void;
}

/** Features that are used where they are there; nothing depends on them. */
const OPTIONAL_FEATURES = ['timestamp-query', 'subgroups'] as const satisfies readonly GPUFeatureName[];

/**
 * Asks for an adapter and a device with its full buffer limits.
 * @throws UserError when there is no adapter.
 */
export async function openDevice(gpu: GPU, options: StrategyOptions = {}): Promise<Device> {
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) {
    throw new UserError(
      'No WebGPU adapter was found: update the graphics driver, or see what `webgan doctor` advises.',
    );
  }
  const requiredFeatures = OPTIONAL_FEATURES.filter((feature) => adapter.features.has(feature));
  const device = await adapter.requestDevice({
    label: 'webgan',
    requiredFeatures,
    requiredLimits: {
      maxBufferSize: adapter.limits.maxBufferSize,
      maxStorageBufferBindingSize: adapter.limits.maxStorageBufferBindingSize,
    },
  });
  const listeners = new Set<(error: GPUError) => void>();
  device.addEventListener('uncapturederror', (event) => {
    const { error } = event as GPUUncapturedErrorEvent;
    for (const listener of listeners) listener(error);
    if (listeners.size === 0) console.error(error.message);
  });
  const opened: Omit<Device, 'strategies'> = {
    gpu: device,
    name: adapterName(adapter.info),
    info: adapter.info,
    pipelines: new PipelineCache(device),
    quiet: new Quiet(),
    canMeasureTime: device.features.has('timestamp-query'),
    subgroupSize: device.features.has('subgroups') ? subgroupSizeOf(adapter.info) : undefined,
    lost: device.lost,
    onError(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    destroy: () => device.destroy(),
  };
  return withStrategies(opened, options);
}

/** Strategies measure on the device that they belong to. */
function withStrategies(opened: Omit<Device, 'strategies'>, options: StrategyOptions): Device {
  const device = opened as { strategies: Strategies } & typeof opened;
  device.strategies = new Strategies(device, options);
  return device;
}

function subgroupSizeOf({ subgroupMinSize, subgroupMaxSize }: GPUAdapterInfo): number | undefined {
  return subgroupMinSize === subgroupMaxSize ? subgroupMinSize : undefined;
}

/** Browsers leave fields of the adapter's info empty; what is there is joined to something readable. */
export function adapterName(info: GPUAdapterInfo): string {
  const family = [info.vendor, info.architecture].filter(Boolean).join(' ');
  const model = info.description || info.device;
  if (!family) return model || 'unknown adapter';
  return model && model !== family ? `${family} (${model})` : family;
}
