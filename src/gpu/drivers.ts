// Which Vulkan drivers Node's WebGPU may use on this machine, best first. macOS and Windows need none.

import { UserError } from '../math/errors';
import { findChromiums } from './chromium';
import type { System } from './system';

export interface Driver {
  readonly name: 'system' | 'gpu' | 'lavapipe' | 'swiftshader' | 'custom';
  /** Vulkan's manifest file(s), as `VK_DRIVER_FILES` takes them. Without one the system decides. */
  readonly path?: string;
  /** Where it came from, in words. */
  readonly origin: string;
  /** A Vulkan loader to use where the system has none. */
  readonly loader?: string;
}

/**
 * The drivers to try, in this order: the one that was asked for; else a real GPU's, then Mesa's lavapipe (the faster of
 * the two software drivers), then SwiftShader. Whether one works shows only when an adapter is asked for, so the caller
 * tries them in turn.
 *
 * @param wanted 'default', 'lavapipe', 'swiftshader' or the path of a Vulkan manifest. Without it `VK_DRIVER_FILES` and then
 * `WEBGAN_ADAPTER` decide.
 * @throws UserError if the wanted one is not on this machine.
 */
export function driverCandidates(system: System, wanted?: string): readonly Driver[] {
  if (wanted === undefined && system.platform === 'linux') {
    const explicit = system.env.VK_DRIVER_FILES || system.env.VK_ICD_FILENAMES;
    if (explicit) return [{ name: 'custom', path: explicit, origin: 'VK_DRIVER_FILES', ...loader(system) }];
  }
  const choice = wanted ?? (system.env.WEBGAN_ADAPTER || 'default');
  if (system.platform === 'darwin') return platformDriver(choice, 'Metal');
  if (system.platform === 'win32') return platformDriver(choice, 'Direct3D 12');
  switch (choice) {
    case 'default':
      return [
        ...hardware(system),
        ...lavapipe(system, isRecent),
        ...swiftshader(system),
        ...lavapipe(system, isOld),
      ];
    case 'lavapipe':
      return found(lavapipe(system), system, 'lavapipe is not installed here');
    case 'swiftshader':
      return found(swiftshader(system), system, 'SwiftShader is not on this machine');
  }
  if (!choice.endsWith('.json') || !system.exists(choice)) {
    throw new UserError(
      `WEBGAN_ADAPTER: '${choice}' is neither default, lavapipe, swiftshader nor the path of a Vulkan manifest (.json) that exists.`,
    );
  }
  return [{ name: 'custom', path: choice, origin: choice, ...loader(system) }];
}

/** What to install on this system to get an adapter, in one sentence. */
export function adapterAdvice(system: System): string {
  if (system.platform === 'darwin')
    return 'WebGPU on macOS needs Metal: macOS 13 or newer on a Mac with a GPU.';
  if (system.platform === 'win32') return 'WebGPU on Windows needs Direct3D 12: update the graphics driver.';
  return `Let \`node scripts/setup.mjs run\` download SwiftShader, or install a Vulkan driver: ${packages(system)}.`;
}

function packages(system: System): string {
  if (system.exists('/usr/bin/apt-get')) {
    return '`apt-get install chromium` (Debian) or `apt-get install mesa-vulkan-drivers` (Debian 13, Ubuntu 24.04 or newer)';
  }
  if (system.exists('/usr/bin/dnf')) return '`dnf install mesa-vulkan-drivers vulkan-loader`';
  if (system.exists('/usr/bin/pacman')) return '`pacman -S vulkan-swrast vulkan-icd-loader`';
  if (system.exists('/usr/bin/zypper')) return '`zypper install libvulkan_lvp libvulkan1`';
  return 'Mesa’s Vulkan drivers (24 or newer) and the Vulkan loader, libvulkan.so.1';
}

function platformDriver(choice: string, origin: string): readonly Driver[] {
  if (choice === 'default') return [{ name: 'system', origin }];
  throw new UserError(
    `WEBGAN_ADAPTER: '${choice}' is a Vulkan driver, and this system uses ${origin}; leave it out.`,
  );
}

function found(drivers: readonly Driver[], system: System, problem: string): readonly Driver[] {
  if (drivers.length === 0) throw new UserError(`WEBGAN_ADAPTER: ${problem}. ${adapterAdvice(system)}`);
  return drivers;
}

/** All GPUs' drivers together, if there is a GPU: Vulkan's loader and Dawn choose among them. */
function hardware(system: System): readonly Driver[] {
  const devices = [
    ...system.list('/dev/dri').filter((name) => name.startsWith('renderD')),
    ...GPU_DEVICES.filter(system.exists),
  ];
  const files = manifests(system).filter((path) => !LAVAPIPE.test(path));
  if (devices.length === 0 || files.length === 0) return [];
  return [{ name: 'gpu', path: files.join(':'), origin: 'the system’s Vulkan drivers', ...loader(system) }];
}

const LAVAPIPE = /\/lvp_icd[^/]*$/;

// NVIDIA's own driver and WSL have no /dev/dri.
const GPU_DEVICES = ['/dev/nvidia0', '/dev/dxg'];

function lavapipe(system: System, accepts = (_system: System, _path: string) => true): readonly Driver[] {
  return manifests(system)
    .filter((path) => LAVAPIPE.test(path) && accepts(system, path))
    .map((path) => ({ name: 'lavapipe', path, origin: 'the system’s Mesa', ...loader(system) }));
}

/**
 * Whether a manifest is one of a Mesa that Dawn is likely to refuse, with some noise: Debian 12's 22.3 states Vulkan 1.1, the
 * ones that work state 1.3 or 1.4. It is still tried where there is nothing else.
 */
function isOld(system: System, path: string): boolean {
  const stated = /"api_version"\s*:\s*"1\.(\d+)/.exec(system.read(path) ?? '')?.[1];
  return stated !== undefined && Number(stated) < 3;
}

const isRecent = (system: System, path: string) => !isOld(system, path);

function swiftshader(system: System): readonly Driver[] {
  return findChromiums(system)
    .map(({ folder, origin }) => ({ path: `${folder}/vk_swiftshader_icd.json`, origin }))
    .filter(({ path }) => system.exists(path))
    .map(({ path, origin }) => ({ name: 'swiftshader', path, origin, ...loader(system) }));
}

/** The manifests of the system's drivers, in the Vulkan loader's order of folders, of this architecture. */
function manifests(system: System): readonly string[] {
  const { env, home } = system;
  const data = (env.XDG_DATA_DIRS || '/usr/local/share:/usr/share').split(':').filter(Boolean);
  const roots = [
    env.XDG_CONFIG_HOME || `${home}/.config`,
    '/etc/xdg',
    '/usr/local/etc',
    '/etc',
    env.XDG_DATA_HOME || `${home}/.local/share`,
    ...data,
    '/run/opengl-driver/share',
  ];
  const files = roots.flatMap((root) => {
    const folder = `${root}/vulkan/icd.d`;
    return system.list(folder).map((name) => `${folder}/${name}`);
  });
  const foreign = /[._-](i[3-6]86|x86|32)\.json$/;
  return files.filter((path) => path.endsWith('.json') && !foreign.test(path));
}

/** A Chromium's own loader, for systems that have drivers (or only Chromium's) but no libvulkan.so.1. */
function loader(system: System): { loader?: string } {
  const path = findChromiums(system)
    .map(({ folder }) => `${folder}/libvulkan.so.1`)
    .find(system.exists);
  return path === undefined ? {} : { loader: path };
}
