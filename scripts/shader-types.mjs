// Writes shaders/*.wgsl.d.ts. Runs before anything is built, so the TypeScript it needs goes through Vite's runner.

import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const { module } = await runnerImport('./src/wgsl/files.ts', { root, configFile: false, logLevel: 'error' });
try {
  const names = module.writeTypes(`${root}shaders`);
  console.log(`Types of ${names.length} shaders written.`);
} catch (error) {
  if (error.name !== 'ShaderError') throw error;
  console.error(`shaders/${error.message}`);
  process.exitCode = 1;
}
