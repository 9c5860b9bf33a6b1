// Asks for a WebGPU adapter: exits with 0 if there is one, else says on standard output why not.

import { openNodeGpu } from '../../gpu/node';
import { UserError } from '../../math/errors';

try {
  await openNodeGpu();
} catch (error) {
  console.log(error instanceof UserError ? error.message : error);
  process.exitCode = 1;
}
