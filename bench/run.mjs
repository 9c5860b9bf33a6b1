// Starts the bench: installs the libraries to compare with on first use, builds for Node and the page, and runs.

import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { buildBench } from './build.mjs';

const bench = import.meta.dirname;
const root = join(bench, '..');
const windows = process.platform === 'win32';

const installed = join(bench, 'node_modules/.package-lock.json');
const lock = join(bench, 'package-lock.json');
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(lock).mtimeMs) {
  console.error(
    'Installing the libraries that webgan is compared with (TensorFlow.js, jax-js) into bench/node_modules.',
  );
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: bench,
    stdio: ['ignore', 2, 2],
    shell: windows,
  });
  if (status !== 0) {
    console.error('npm could not install them: is the package registry reachable?');
    process.exit(1);
  }
}

await buildBench();
const { status } = spawnSync(process.execPath, [join(bench, 'dist/node/main.js'), ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
});
process.exit(status ?? 1);
