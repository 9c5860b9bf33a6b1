// An edited shader is swapped into the training, or said to be wrong while training goes on (development server).

import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createServer, type ViteDevServer } from 'vite';
import { expect, reading, test, waitForPhase, waitForReading } from './page';

let folder: string;
let server: ViteDevServer;

// A copy, so that the shaders that are edited are nobody's.
test.beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-e2e-'));
  for (const path of ['index.html', 'src', 'shaders', 'package.json', 'tsconfig.json', 'vite.config.ts']) {
    cpSync(path, join(folder, path), { recursive: true });
  }
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'), 'junction');
  server = await createServer({
    root: folder,
    configFile: join(folder, 'vite.config.ts'),
    cacheDir: join(folder, '.vite'),
    logLevel: 'silent',
    server: { host: '127.0.0.1', port: 0, fs: { strict: false } },
  });
  await server.listen();
});

test.afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

test('an edit is swapped in, a mistake is said, and training goes on', async ({ page }) => {
  await page.goto(server.resolvedUrls!.local[0]!);
  await waitForPhase(page, 'ready');
  await page.keyboard.press(' ');
  await waitForReading(page, 'step', (step) => step > 5);

  const shader = join(folder, 'shaders', 'leakyRelu.wgsl');
  const original = readFileSync(shader, 'utf8');
  const state = page.getByRole('status');
  const trainsOn = async () => {
    const step = await reading(page, 'step');
    await waitForReading(page, 'step', (now) => now > step + 5);
    await expect(page.locator('body')).toHaveAttribute('data-phase', 'training');
  };

  writeFileSync(shader, original.replace('fn activation(', 'fn activation(('));
  await expect(state).toContainText('leakyRelu.wgsl is not used:');
  await trainsOn();

  writeFileSync(shader, `${original}\n// edited\n`);
  await expect(state).toContainText('leakyRelu.wgsl is swapped in.');
  await trainsOn();

  // What it computes changes with it, also where it was asked before: an activation that is nothing leaves D with
  // one opinion of everything.
  const opinions = () =>
    page.evaluate(async () => {
      const points = new Float32Array([1, 0, -1, 0.5, 0, -1]);
      return new Set(await window.webgan.ask('score', { points })).size;
    });
  expect(await opinions()).toBe(3);
  const nothing = original.replace(/(fn activation\(.*\) -> vec4f) \{.*\}/, '$1 { return 0.0 * x; }');
  expect(nothing).not.toBe(original);
  writeFileSync(shader, nothing);
  await expect.poll(opinions).toBe(1);
  await trainsOn();
});
