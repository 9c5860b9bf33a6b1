// `webgan doctor`: the adapter, its driver, what it can do, whether it computes rightly, and what would be better.

import { arch, platform, release } from 'node:os';
import { findChromium } from '../gpu/chromium';
import { openDevice } from '../gpu/device';
import type { Driver } from '../gpu/drivers';
import { nodeSystem, openNodeGpu } from '../gpu/node';
import type { System } from '../gpu/system';
import { UserError } from '../math/errors';
import { type Check, selfCheck } from './selfCheck';

export interface DoctorReport {
  /** Whether webgan can train here: there is an adapter and every check passed. */
  readonly ok: boolean;
  readonly system: string;
  readonly node: string;
  readonly adapter?: { readonly name: string; readonly isSoftware: boolean };
  readonly driver?: Driver;
  readonly features?: readonly string[];
  readonly limits?: Readonly<Record<string, number>>;
  readonly chromium?: { readonly executable: string; readonly origin: string };
  readonly checks: readonly Check[];
  /** Sentences; none where nothing is to be done. */
  readonly advice: readonly string[];
}

/**
 * Examines this machine: opens the adapter that training would take, and computes on it.
 *
 * @param options.adapter As for `openNodeGpu`.
 */
export async function doctor(options: { adapter?: string | undefined } = {}): Promise<DoctorReport> {
  const system = nodeSystem();
  const chromium = findChromium(system);
  const machine = {
    system: `${platform()} ${release()} ${arch()}`,
    node: process.version,
    ...(chromium && { chromium: { executable: chromium.executable, origin: chromium.origin } }),
  };
  try {
    return { ...machine, ...(await examine(system, options.adapter)) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...machine, ok: false, checks: [], advice: [error.message] };
  }
}

async function examine(system: System, wanted: string | undefined) {
  const { gpu, driver } = await openNodeGpu({ adapter: wanted });
  const adapter = (await gpu.requestAdapter())!;
  // The plain products: what all others are held against, and quick to compile.
  const device = await openDevice(gpu, { strategy: 'plain' });
  const checks = await selfCheck(device);
  device.destroy();
  const isSoftware = adapter.info.isFallbackAdapter;
  const advice = adviceFor(system, driver, isSoftware, checks);
  return {
    ok: checks.every(({ pass }) => pass),
    adapter: { name: device.name, isSoftware },
    driver,
    features: [...adapter.features].sort(),
    limits: limitsOf(adapter.limits),
    checks,
    advice,
  };
}

/** What would be better, in sentences. */
export function adviceFor(
  system: System,
  driver: Driver,
  isSoftware: boolean,
  checks: readonly Check[],
): readonly string[] {
  const wrong = checks.filter(({ pass }) => !pass).map(({ name }) => name);
  const advice: string[] = [];
  if (wrong.length > 0) {
    advice.push(
      `This adapter computes ${wrong.join(', ')} wrongly: update its driver, or choose another with WEBGAN_ADAPTER=lavapipe or swiftshader.`,
    );
  }
  if (!isSoftware) return advice;
  const gpus = system.list('/dev/dri').filter((name) => name.startsWith('renderD'));
  if (gpus.length > 0 && driver.name !== 'custom') {
    advice.push(
      `/dev/dri/${gpus[0]} is a GPU that Vulkan does not reach: install its Vulkan driver, and see that you may read and write that file (group render or video).`,
    );
  } else if (driver.name === 'swiftshader') {
    advice.push(
      'SwiftShader computes on the CPU. Mesa’s lavapipe (24 or newer) does so three to five times faster: ' +
        'install mesa-vulkan-drivers (Debian 12: from bookworm-backports) or vulkan-swrast (Arch).',
    );
  } else {
    advice.push('This adapter computes on the CPU, which is enough for the 2-D presets.');
  }
  return advice;
}

/** WebGPU's limits as plain numbers; they are accessors of the object's class. */
function limitsOf(limits: GPUSupportedLimits): Record<string, number> {
  const names = Object.getOwnPropertyNames(Object.getPrototypeOf(limits));
  const entries = names.map((name) => [name, limits[name as keyof GPUSupportedLimits]] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, number] => typeof entry[1] === 'number'),
  );
}

/** The limits that decide what fits, for the text; JSON has them all. */
const NOTED_LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupsPerDimension',
];

/** The report as text, without a line break at its end. */
export function formatDoctor(report: DoctorReport): string {
  const { adapter, driver, chromium, features, limits, checks, advice } = report;
  const rows: [string, string][] = [
    ['system', `${report.system}, Node ${report.node}`],
    ['adapter', adapter ? `${adapter.name}${adapter.isSoftware ? ', in software' : ''}` : 'none'],
  ];
  if (driver) rows.push(['driver', [driver.name, driver.origin, driver.path].filter(Boolean).join(', ')]);
  rows.push(['Chromium', chromium ? `${chromium.executable}, ${chromium.origin}` : 'none']);
  if (features) rows.push(['features', features.join(', ')]);
  if (limits) {
    for (const name of NOTED_LIMITS) rows.push([name, String(limits[name])]);
  }
  for (const { name, error, tolerance, pass } of checks) {
    const verdict = pass ? 'right' : 'WRONG';
    rows.push([
      `check ${name}`,
      `${verdict}, error ${error.toExponential(1)} of ${tolerance.toExponential(0)} allowed`,
    ]);
  }
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}`);
  const verdict = report.ok ? 'webgan can train here.' : 'webgan cannot train here.';
  return [...table, '', verdict, ...advice].join('\n');
}
