// `npm test` after the set-up: checks, unit tests, then the browser's. The last line counts them all.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npmCommand } from './packages.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const scratch = mkdtempSync(join(tmpdir(), 'webgan-test-'));
const total = { passed: 0, failed: 0, skipped: 0 };

/** Runs a program, its output going straight to the terminal. Returns whether it succeeded. */
function run(title, { command = process.execPath, args, shell = false, env = {} }) {
  console.log(`\n── ${title} ──`);
  const options = { cwd: root, stdio: 'inherit', shell, env: { ...process.env, ...env } };
  return spawnSync(command, args, options).status === 0;
}

/** Adds what a runner reported. One that fails without a failed test (it could not start, say) counts as one failure. */
function count(succeeded, report) {
  let counts = { passed: 0, failed: 0, skipped: 0 };
  try {
    counts = report();
  } catch (error) {
    console.error(`No report was written: ${error.message}`);
    counts.failed = 1;
  }
  if (!succeeded && counts.failed === 0) counts.failed = 1;
  for (const key of Object.keys(total)) total[key] += counts[key];
}

const read = (path) => JSON.parse(readFileSync(path, 'utf8'));
const vitest = join(root, 'node_modules/vitest/vitest.mjs');
const playwright = join(root, 'node_modules/playwright/cli.js');

if (!run('Types, style, dead code', npmCommand(['run', '--silent', 'check']))) {
  console.error('`npm run check` failed; it counts as one failed test.');
  total.failed += 1;
}

const unitReport = join(scratch, 'unit.json');
const unit = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${unitReport}`];
count(run('Unit tests', { args: unit }), () => {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests } = read(unitReport);
  return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests + numTodoTests };
});

const browserReport = join(scratch, 'browser.json');
const env = { PLAYWRIGHT_JSON_OUTPUT_NAME: browserReport };
count(run('The page in a browser', { args: [playwright, 'test', '--reporter=list,json'], env }), () => {
  const { expected, unexpected, flaky, skipped } = read(browserReport).stats;
  return { passed: expected, failed: unexpected + flaky, skipped };
});

rmSync(scratch, { recursive: true, force: true });
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`\n${total.passed} passed, ${total.failed} failed${skipped}`);
if (total.failed > 0 || total.passed === 0) process.exitCode = 1;
