// The built command as a process of its own: exit codes, signals, and the same run in Node and in Chromium.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { findChromium } from '../gpu/chromium';
import { nodeSystem } from '../gpu/node';

const COMMAND = fileURLToPath(new URL('../../dist/cli/webgan.js', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'webgan-process-'));
  expect(existsSync(COMMAND), 'the command is built: `npm run prepare`').toBe(true);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function webgan(args: readonly string[], env: Record<string, string> = {}) {
  const child: ChildProcess = spawn(process.execPath, [COMMAND, ...args], {
    cwd: folder,
    env: { ...process.env, ...env },
  });
  const output = { out: '', err: '' };
  child.stdout!.on('data', (text) => {
    output.out += text;
  });
  child.stderr!.on('data', (text) => {
    output.err += text;
  });
  const ended = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, ...output }));
  });
  const says = async (text: string) => {
    while (!output.out.includes(text)) {
      expect(child.exitCode, output.err).toBeNull();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, ended, says };
}

const small = ['--batch-size', '8', '--report-every', '10', '--evaluate-every', '20'];

test('a mistake is one line on standard error, and exit code 2', async () => {
  const { code, out, err } = await webgan(['train', '--set', 'batchSize=-1']).ended;
  expect([code, out]).toEqual([2, '']);
  expect(err).toBe('webgan: batchSize: -1 given; a whole number from 1 to 65536 would do.\n');
  expect(readdirSync(folder)).toEqual([]);
});

// Elsewhere than on Linux the choice of a Vulkan driver does not keep the system's own adapter away.
test.skipIf(process.platform !== 'linux')(
  'without an adapter it is a failure, told in one line, and leaves no folder behind',
  async () => {
    const noDriver = fileURLToPath(new URL('../../package.json', import.meta.url));
    const { code, err } = await webgan(['train', 'ring', ...small], {
      WEBGAN_ADAPTER: noDriver,
    }).ended;
    expect(code).toBe(1);
    // Dawn complains on standard error, too, before.
    expect(err).toMatch(/^webgan: No WebGPU adapter was found.*\n$/m);
    expect(readdirSync(folder)).toEqual([]);
  },
);

test('a reader that has seen enough ends the command quietly', async () => {
  const { child, ended } = webgan(['presets', '--json']);
  child.stdout!.destroy();
  const { err } = await ended;
  expect(err).toBe('');
});

test.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM'] as const)(
  '%s ends a run with everything written, and exit code 0',
  async (signal) => {
    const { child, ended, says } = webgan(['train', 'ring', '--steps', '1000000', ...small]);
    await says('\n30 of 1,000,000');
    child.kill(signal);
    const { code, out } = await ended;
    expect(code).toBe(0);
    expect(out).toMatch(/Stopped after [\d,]+ steps/);
    const run = join(folder, 'runs', 'ring');
    expect(readdirSync(run).sort()).toEqual([
      'checkpoint.safetensors',
      'config.json',
      'metrics.jsonl',
      'samples',
      'summary.json',
    ]);
    const { step, end } = JSON.parse(readFileSync(join(run, 'summary.json'), 'utf8'));
    expect(end).toBe('stopped');
    expect(readdirSync(join(run, 'samples'))).toContain(`${String(step).padStart(6, '0')}.png`);
  },
);

const noChromium = process.platform !== 'linux' || findChromium(nodeSystem()) === undefined;
// Three processes and a browser, on two cores that may have other work.
describe.skipIf(noChromium)('train --runtime chrome', { timeout: 180_000 }, () => {
  /** Metrics without what time does to them. JS is computed on the CPU, where two versions of V8 differ in the last bit of log. */
  const timeless = (run: string) =>
    readFileSync(join(folder, 'runs', run, 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => {
        const { seconds: _, stepsPerSecond: __, ...row } = JSON.parse(line);
        const rounded = (['js', 'jsFloor'] as const).map((key) => [key, row[key]?.toPrecision(10)]);
        return { ...row, ...Object.fromEntries(rounded) };
      });

  test('writes the very same run folder as Node on the same adapter', async () => {
    const train = ['train', 'ring', '--steps', '50', ...small];
    const node = await webgan([...train, '--name', 'node'], { WEBGAN_ADAPTER: 'swiftshader' }).ended;
    expect(node.code, node.err).toBe(0);
    const chrome = await webgan([...train, '--name', 'chrome', '--runtime', 'chrome']).ended;
    expect(chrome.code, chrome.err).toBe(0);
    expect(chrome.out).toMatch(/Training on .*, in Chromium /);
    const files = (run: string) => readdirSync(join(folder, 'runs', run), { recursive: true }).sort();
    expect(files('chrome')).toEqual(files('node'));
    expect(files('chrome')).toContain(join('samples', '000050.png'));
    expect(timeless('chrome')).toEqual(timeless('node'));
    expect(timeless('chrome').map(({ step }) => step)).toEqual([10, 20, 30, 40, 50]);
    for (const file of ['config.json', 'checkpoint.safetensors']) {
      const [a, b] = ['node', 'chrome'].map((run) => readFileSync(join(folder, 'runs', run, file)));
      expect(a!.equals(b!), file).toBe(true);
    }
  });

  test('stops for a number that is not finite, and for a signal', async () => {
    const fault = [
      '--set',
      'optimizer.discriminator={"type":"sgd","learningRate":1e25}',
      '--runtime',
      'chrome',
    ];
    const { code, err } = await webgan(['train', 'ring', '--steps', '100', ...small, ...fault]).ended;
    expect(code).toBe(1);
    expect(err).toMatch(
      /^webgan: [\w.]+ is no longer finite at step \d+: .*The run is back at its beginning, in .*ring; .*\n$/,
    );

    const { child, ended, says } = webgan([
      'train',
      'ring',
      '--steps',
      '1000000',
      ...small,
      '--name',
      'long',
      '--runtime',
      'chrome',
    ]);
    await says('\n30 of 1,000,000');
    child.kill('SIGINT');
    expect((await ended).code).toBe(0);
    expect(JSON.parse(readFileSync(join(folder, 'runs', 'long', 'summary.json'), 'utf8'))).toMatchObject({
      end: 'stopped',
      runtime: 'chrome',
    });
  });
});
