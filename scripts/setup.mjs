// Makes a fresh clone ready: `node scripts/setup.mjs run|test|page`, called by `npm run train`, `npm test` and `npm start`.
// Plain JavaScript without packages, since nothing is installed when it runs first. What is done already is not repeated.

import { checkNode, ensureBuild, ensurePackages, SetupError } from './packages.mjs';

const mode = process.argv[2];
try {
  if (!['run', 'test', 'page'].includes(mode)) {
    throw new SetupError('Usage: node scripts/setup.mjs run|test|page');
  }
  checkNode();
  const fresh = ensurePackages();
  // The page is served from its sources; it needs neither a build nor, on this machine, an adapter.
  if (mode !== 'page') {
    ensureBuild(fresh);
    const { setUp } = await import('../dist/cli/setup.js');
    await setUp(mode);
  }
} catch (error) {
  const expected = error instanceof SetupError || error?.name === 'UserError';
  console.error(expected ? error.message : error);
  process.exitCode = expected ? 2 : 1;
}
