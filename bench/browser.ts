// Chromium as a runtime of the bench: serves the built page, opens it headless, and asks the contestants in its worker.

import { chromium } from 'playwright';
import { preview } from 'vite';
import { chromiumSwitches, findChromium } from '../src/gpu/chromium';
import { nodeSystem } from '../src/gpu/node';
import type { Contestant } from './contestant';
import type { Overhead } from './overhead';
import type { ProductOptions, Products } from './products';
import type { Introduction, Request } from './remote';
import { remoteContestant } from './remote';

/** What the page puts on `window`. */
export interface PageBench {
  introduce(): Promise<PageIntroduction>;
  overhead(): Promise<Overhead>;
  products(options: ProductOptions): Promise<Products>;
  ask(key: string, request: Request): Promise<unknown>;
}

export interface PageIntroduction {
  readonly adapter: AdapterFields | undefined;
  readonly contestants: readonly Introduction[];
  readonly missing: readonly string[];
}

/** A `GPUAdapterInfo` that survives being sent. */
type AdapterFields = Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'device' | 'description'>;

export interface Browser {
  readonly version: string;
  readonly adapter: AdapterFields | undefined;
  readonly contestants: readonly Contestant[];
  readonly missing: readonly string[];
  overhead(): Promise<Overhead>;
  products(options: ProductOptions): Promise<Products>;
  stop(): Promise<void>;
}

declare global {
  interface Window {
    bench: PageBench;
  }
}

/** Starts the machine's Chromium on the page in `folder`; undefined where there is none. */
export async function startBrowser(folder: string): Promise<Browser | undefined> {
  const system = nodeSystem();
  const found = findChromium(system);
  if (!found) return undefined;
  const server = await preview({
    configFile: false,
    logLevel: 'error',
    root: folder,
    build: { outDir: folder },
    preview: {
      host: '127.0.0.1',
      port: 0,
      // Cross-origin isolation: without it jax-js's wasm backend has no threads.
      headers: {
        'Cross-Origin-Opener-Policy': 'same-origin',
        'Cross-Origin-Embedder-Policy': 'require-corp',
      },
    },
  });
  const browser = await chromium.launch({
    executablePath: found.executable,
    args: [...chromiumSwitches(system)],
    env: { ...(process.env as Record<string, string>), ...found.env },
  });
  const stop = async () => {
    await browser.close();
    await server.close();
  };
  try {
    const page = await browser.newPage();
    page.on('pageerror', (error) => console.error(`In Chromium: ${error.message}`));
    await page.goto(`${server.resolvedUrls!.local[0]!}bench/page/index.html`);
    const introduction = await page.evaluate(() => window.bench.introduce());
    const contestants = introduction.contestants.map((one) =>
      remoteContestant(one, (request) =>
        page.evaluate(([key, what]) => window.bench.ask(key, what), [one.key, request] as const),
      ),
    );
    return {
      ...introduction,
      version: browser.version(),
      contestants,
      overhead: () => page.evaluate(() => window.bench.overhead()),
      products: (options) => page.evaluate((what) => window.bench.products(what), options),
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
