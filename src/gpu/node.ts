// WebGPU in Node: Dawn (the npm package `webgpu`) on the best driver that this machine has.

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { constants, homedir } from 'node:os';
import { UserError } from '../math/errors';
import { adapterAdvice, type Driver, driverCandidates } from './drivers';
import type { System } from './system';

export interface NodeGpu {
  readonly gpu: GPU;
  readonly driver: Driver;
}

/** This machine, for the searches of `drivers.ts` and `chromium.ts`. */
export function nodeSystem(): System {
  return {
    platform: process.platform,
    architecture: process.arch,
    env: process.env,
    home: homedir(),
    exists: existsSync,
    list(folder) {
      try {
        return readdirSync(folder).sort();
      } catch {
        return [];
      }
    },
    read(path) {
      try {
        return readFileSync(path, 'utf8');
      } catch {
        return undefined;
      }
    },
  };
}

// Dawn's instance must outlive everything made from it: collected earlier, it crashes Node at exit.
const instances: GPU[] = [];

/**
 * Opens WebGPU and puts its classes and constants (`GPUBufferUsage` …) on `globalThis`, as in a browser.
 *
 * @param options.adapter 'default', 'lavapipe', 'swiftshader' or the path of a Vulkan manifest, before `VK_DRIVER_FILES` and
 * `WEBGAN_ADAPTER`. See `driverCandidates`.
 * @param options.heavy true where dispatches are large enough to be worth the threads of an adapter made of software
 * @returns WebGPU, on which an adapter was seen, and the driver that gave it.
 * @throws UserError that says what to install if no driver gives an adapter.
 */
export async function openNodeGpu(
  options: { adapter?: string | undefined; heavy?: boolean | undefined } = {},
): Promise<NodeGpu> {
  const system = nodeSystem();
  const drivers = driverCandidates(system, options.adapter);
  const { create, globals } = await loadDawn(system);
  Object.assign(globalThis, globals);
  for (const driver of drivers) {
    const restore = useDriver(driver, options.heavy ?? false);
    const gpu = create([]);
    instances.push(gpu);
    const adapter = await gpu.requestAdapter();
    restore();
    if (adapter !== null) {
      longestNap = adapter.info.isFallbackAdapter ? SOFTWARE_NAP : NAP;
      return { gpu, driver };
    }
  }
  const tried = drivers.map(({ name, path }) => (path ? `${name} (${path})` : name)).join(', ');
  throw new UserError(`No WebGPU adapter was found${tried && ` with ${tried}`}. ${adapterAdvice(system)}`);
}

async function loadDawn(system: System): Promise<typeof import('webgpu')> {
  try {
    return await import('webgpu');
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new UserError(
      `WebGPU for Node (the npm package 'webgpu') does not load on ${system.platform}-${system.architecture}: ${reason}. ` +
        'Run `npm ci`; it needs Linux with glibc, macOS or Windows, on x64 or arm64.',
    );
  }
}

/**
 * Makes Vulkan use one driver. Its loader reads these variables when Dawn makes an instance; the returned function puts them back,
 * so that neither child processes nor a second call take our choice for the user's.
 */
function useDriver({ path, loader }: Driver, heavy: boolean): () => void {
  if (path === undefined) return () => {};
  const before = { ...process.env };
  // Loaders before 1.3.207 know the second name only.
  const wanted: Record<string, string> = { VK_DRIVER_FILES: path, VK_ICD_FILENAMES: path };
  // lavapipe wakes threads of its own for every dispatch, which takes 17 of a small dispatch's 20 µs. Without them the preset
  // `ring` trains 2.4 times as fast on two cores, and `grid`, four times the size, as fast as with them.
  if (!heavy && process.env[LAVAPIPE_THREADS] === undefined) wanted[LAVAPIPE_THREADS] = '0';
  Object.assign(process.env, wanted);
  if (!isLoadable(VULKAN_LOADER) && loader !== undefined) isLoadable(loader);
  return () => {
    for (const name of Object.keys(wanted)) {
      if (before[name] === undefined) delete process.env[name];
      else process.env[name] = before[name];
    }
  };
}

const LAVAPIPE_THREADS = 'LP_NUM_THREADS';
const VULKAN_LOADER = 'libvulkan.so.1';

/**
 * Loads a plain shared library for good. Dawn opens its Vulkan loader by the name libvulkan.so.1, and the dynamic linker
 * then takes the library of that name that is already loaded, wherever it came from: no search path and no restart is needed.
 */
function isLoadable(library: string): boolean {
  try {
    process.dlopen({ exports: {} }, library, constants.dlopen.RTLD_NOW | RTLD_NODELETE);
    return true;
  } catch (error) {
    // Node complains that it is not an addon, after having loaded it.
    return error instanceof Error && error.message.includes('did not self-register');
  }
}

// glibc's <dlfcn.h>. Node closes what is not an addon; this keeps it loaded.
const RTLD_NODELETE = 0x1000;

const neverNotified = new Int32Array(new SharedArrayBuffer(4));

/** Milliseconds between two looks for answers; longer where the adapter is software, which each look takes a core away from. */
const NAP = 0.5;
const SOFTWARE_NAP = 2;
let longestNap = NAP;
/** Of the time waited so far: what is answered at once is seen soon. */
const NAP_SHARE = 0.05;

/**
 * Waits for a promise that the GPU answers, napping between turns of the event loop: Dawn in Node polls from that loop without a
 * pause, which takes a software adapter one of its cores away.
 */
export async function napUntil<T>(promise: Promise<T>): Promise<T> {
  let settled = false;
  const settle = () => {
    settled = true;
  };
  promise.then(settle, settle);
  const start = performance.now();
  while (!settled) {
    await new Promise((resolve) => setImmediate(resolve));
    const waited = performance.now() - start;
    if (!settled) Atomics.wait(neverNotified, 0, 0, Math.min(longestNap, Math.max(NAP, NAP_SHARE * waited)));
  }
  return promise;
}
