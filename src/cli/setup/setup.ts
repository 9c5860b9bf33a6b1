// Set-up's second half, once packages and builds are there: a Vulkan driver and a Chromium, only where none is found.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nodeSystem } from '../../gpu/node';
import type { System } from '../../gpu/system';
import { UserError } from '../../math/errors';
import { ensureChromium, installChromium } from './installChromium';

/**
 * Makes sure of an adapter for Node, and for tests of a browser.
 * @throws UserError that says what to install by hand.
 */
export async function setUp(mode: 'run' | 'test'): Promise<void> {
  const system = nodeSystem();
  const problem = adapterProblem();
  if (problem !== undefined) {
    if (!canMend(system)) throw new UserError(problem);
    await installChromium(system, 'no Vulkan driver that works was found, and it brings one, SwiftShader');
    const remaining = adapterProblem();
    if (remaining !== undefined) throw new UserError(remaining);
  }
  if (mode === 'test') await ensureChromium(system, 'the tests drive one, and none was found');
}

/** Only Linux takes drivers from elsewhere, and one that was asked for by name is not replaced by another. */
function canMend({ platform, env }: System): boolean {
  const named = env.VK_DRIVER_FILES || env.VK_ICD_FILENAMES;
  return platform === 'linux' && !named && ['', 'default', 'swiftshader'].includes(env.WEBGAN_ADAPTER ?? '');
}

/**
 * Why there is no adapter, or undefined if there is one. Asked in a process of its own: what drivers write to the terminal
 * meanwhile is nobody's concern.
 */
function adapterProblem(): string | undefined {
  const probe = fileURLToPath(new URL('probe.js', import.meta.url));
  const result = spawnSync(process.execPath, [probe], {
    stdio: ['ignore', 'pipe', 'ignore'],
    encoding: 'utf8',
  });
  if (result.status === 0) return undefined;
  return result.stdout.trim() || `Asking for a WebGPU adapter ended with ${result.signal ?? result.status}.`;
}
