// Builds the page (`vite build`, to dist/page), the command (`vite build --mode cli`, to dist/cli), and runs the tests.

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { type Plugin, runnerImport } from 'vite';
import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** The command, and the parts of the set-up that need the sources (`scripts/setup.mjs` runs them). */
const COMMANDS = {
  webgan: 'src/cli/webgan.ts',
  setup: 'src/cli/setup/setup.ts',
  probe: 'src/cli/setup/probe.ts',
};

/** `npx webgan` runs the built file itself. */
const executable: Plugin = {
  name: 'webgan:executable',
  writeBundle({ dir }) {
    chmodSync(join(dir!, 'webgan.js'), 0o755);
  },
};

/** Through Vite's runner, because Node alone does not resolve the sources' imports, which have no extensions. */
async function shaderPlugin(): Promise<() => Plugin> {
  const { module } = await runnerImport<typeof import('./src/wgsl/plugin')>('./src/wgsl/plugin.ts', {
    root: import.meta.dirname,
    configFile: false,
    logLevel: 'error',
  });
  return module.wgsl;
}

export default defineConfig(async ({ mode }): Promise<ViteUserConfig> => {
  const wgsl = await shaderPlugin();
  const cli = mode === 'cli';
  return {
    // The page may lie in any folder of a server.
    base: './',
    plugins: [wgsl(), ...(cli ? [executable] : [])],
    worker: { format: 'es', plugins: () => [wgsl()] },
    build: cli
      ? {
          ssr: true,
          outDir: 'dist/cli',
          target: 'node20',
          copyPublicDir: false,
          rolldownOptions: { input: COMMANDS, checks: { pluginTimings: false } },
        }
      : {
          outDir: 'dist/page',
          target: 'es2023',
          // The worker is a bundle of its own and takes most of the time: nothing to warn of.
          rolldownOptions: { checks: { pluginTimings: false } },
        },
    test: {
      include: ['src/**/*.test.ts', 'bench/**/*.test.ts'],
      pool: 'forks',
      // Two files at a time: most of a file is the work of one thread, and lavapipe is given none of its own here.
      maxWorkers: 2,
      testTimeout: 60_000,
      hookTimeout: 60_000,
    },
  };
});
