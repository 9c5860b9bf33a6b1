// The page's worker and the command train the same numbers, bit for bit, on the same adapter: Chromium's SwiftShader.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findChromium } from '../src/gpu/chromium';
import { nodeSystem } from '../src/gpu/node';
import { expect, openReady, test } from './page';

const STEPS = 40;
const SNAPSHOT = { samples: 16, seed: 3, points: [0.25, -0.5, 1, 0], checkpointEvery: STEPS };

/** The bytes of each tensor of a safetensors file, in hexadecimal. */
function readSafetensors(path: string): Record<string, string> {
  const file = readFileSync(path);
  const headerLength = Number(file.readBigUInt64LE(0));
  const { __metadata__: _, ...tensors } = JSON.parse(file.subarray(8, 8 + headerLength).toString('utf8'));
  return Object.fromEntries(
    Object.entries(tensors as Record<string, { data_offsets: [number, number] }>).map(
      ([name, { data_offsets }]) => {
        const [from, to] = data_offsets.map((offset) => 8 + headerLength + offset) as [number, number];
        return [name, file.subarray(from, to).toString('hex')];
      },
    ),
  );
}

test('the page trains the same bytes as Node', async ({ page }) => {
  const folder = mkdtempSync(join(tmpdir(), 'webgan-e2e-'));
  try {
    const driver = join(findChromium(nodeSystem())!.folder, 'vk_swiftshader_icd.json');
    const options = ['--steps', STEPS, '--report-every', 10, '--evaluate-every', 20, '--seed', 11];
    execFileSync(
      process.execPath,
      ['dist/cli/webgan.js', 'train', 'ring', ...options.map(String), '--out', folder, '--name', 'run'],
      { env: { ...process.env, VK_DRIVER_FILES: driver, VK_ICD_FILENAMES: driver } },
    );
    const inNode = readSafetensors(join(folder, 'run', 'checkpoint.safetensors'));
    const config = JSON.parse(readFileSync(join(folder, 'run', 'config.json'), 'utf8')) as object;
    const metrics = readFileSync(join(folder, 'run', 'metrics.jsonl'), 'utf8')
      .trim()
      .split('\n');

    await openReady(page);
    const recorded = await page.evaluate(
      async ({ config, snapshot }) => {
        const steps: number[] = [];
        const values: number[] = [];
        const problem = await window.webgan.prepare(config);
        if (problem) throw new Error(problem.message);
        let tensors: [string, string][] = [];
        const request = { ...snapshot, points: new Float32Array(snapshot.points) };
        const { end } = await window.webgan.record(request, {
          onReport: (rows) => values.push(...rows.map(({ value }) => value)),
          onEvaluation: ({ step }) => steps.push(step),
          onCheckpoint: (state) => {
            const hex = ({ buffer, byteOffset, byteLength }: Float32Array) =>
              [...new Uint8Array(buffer, byteOffset, byteLength)]
                .map((byte) => byte.toString(16).padStart(2, '0'))
                .join('');
            tensors = [...state.tensors].map(([name, { data }]) => [name, hex(data)]);
          },
        });
        return { end, steps, values, tensors: Object.fromEntries(tensors) };
      },
      { config, snapshot: SNAPSHOT },
    );
    expect(recorded.end).toBe('finished');
    expect(recorded.steps).toEqual([STEPS / 2, STEPS]);
    expect(recorded.values).toHaveLength(STEPS);
    expect(metrics.length).toBeGreaterThanOrEqual(STEPS / 10);

    const names = Object.keys(recorded.tensors);
    expect(names).toContain('generator.0.weight');
    expect(names.some((name) => name.startsWith('optimizer.'))).toBe(true);
    for (const name of names) expect(inNode[name], name).toBe(recorded.tensors[name]);
    // The page shows what it trained.
    await expect(page.locator('#number-step')).toHaveText(String(STEPS));
    await expect(page.locator('#state')).toContainText(`Finished after ${STEPS} steps`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
