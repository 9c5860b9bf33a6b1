// Builds the bench for Node and for Chromium, with the shaders and plug-ins of the root's configuration.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, loadConfigFromFile } from 'vite';

const bench = import.meta.dirname;
const root = join(bench, '..');

/** Writes bench/dist/node/{main,part}.js and bench/dist/page. */
export async function buildBench() {
  const file = join(root, 'vite.config.ts');
  const loaded = await loadConfigFromFile({ command: 'build', mode: 'bench' }, file, root);
  const { plugins, worker } = loaded.config;
  const jax = JSON.parse(readFileSync(join(bench, 'node_modules/@jax-js/jax/package.json'), 'utf8'));
  const shared = {
    configFile: false,
    plugins,
    worker,
    define: { JAX_VERSION: JSON.stringify(jax.version) },
    logLevel: 'error',
  };
  await build({
    ...shared,
    root,
    // TensorFlow.js' modern modules, as a page gets them, rather than the ES5 that it has for Node.
    resolve: { mainFields: ['module', 'main'] },
    ssr: { noExternal: [/^@tensorflow\//] },
    build: {
      ssr: true,
      outDir: join(bench, 'dist/node'),
      emptyOutDir: true,
      target: 'node20',
      copyPublicDir: false,
      rolldownOptions: { input: { main: join(bench, 'main.ts'), part: join(bench, 'part.ts') } },
    },
  });
  await build({
    ...shared,
    // The root that shaders are looked for from; so the page comes to lie at bench/page/index.html in its folder.
    root,
    base: './',
    build: {
      outDir: join(bench, 'dist/page'),
      emptyOutDir: true,
      target: 'es2023',
      copyPublicDir: false,
      rolldownOptions: { input: join(bench, 'page/index.html') },
    },
  });
}
