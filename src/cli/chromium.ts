// How this machine's Chromium is started with WebGPU: by `train --runtime chrome` and by the browser's tests.

import { type Chromium, chromiumSwitches, findChromium } from '../gpu/chromium';
import { nodeSystem } from '../gpu/node';
import { UserError } from '../math/errors';
import { ensureChromium } from './setup/installChromium';

/** What Playwright's `chromium.launch` needs. */
export interface ChromiumLaunchOptions {
  readonly executablePath: string;
  readonly args: string[];
  readonly env: Record<string, string>;
}

/**
 * Launch options for the Chromium that is there.
 * @throws UserError if there is none.
 */
export function chromiumLaunchOptions(): ChromiumLaunchOptions {
  const chromium = findChromium(nodeSystem());
  if (chromium === undefined) {
    throw new UserError(
      'No Chromium was found: run `node scripts/setup.mjs test`, or set WEBGAN_CHROMIUM to the path of one.',
    );
  }
  return optionsFor(chromium);
}

/** Launch options, having installed a Chromium if there was none. */
export async function ensureChromiumLaunchOptions(): Promise<ChromiumLaunchOptions> {
  return optionsFor(
    await ensureChromium(nodeSystem(), 'training in a browser needs one, and none was found'),
  );
}

function optionsFor({ executable, env }: Chromium): ChromiumLaunchOptions {
  const inherited = Object.entries(process.env).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  return {
    executablePath: executable,
    args: [...chromiumSwitches(nodeSystem())],
    // Without a locale Chromium's language is `en-US@posix`, which its own Intl refuses.
    env: { ...Object.fromEntries(inherited), LC_ALL: 'en_US.UTF-8', ...env },
  };
}
