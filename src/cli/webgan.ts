#!/usr/bin/env node
// `webgan`: the process around the command.

import { main } from './main';

// Not `process.exit`: what was written to a pipe would be cut off.
process.exitCode = await main(process.argv.slice(2));
