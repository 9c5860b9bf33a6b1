// What avgPool2d refuses.

import * as v from 'valibot';
import { expect, test } from 'vitest';
import { UserError } from '../math/errors';
import avgPool2d from './avgPool2d';

test.each([
  [{ kernel: 3, padding: 2 }, 'padding 2 is more than half of kernel 3; at most 1 would do'],
  [{ kernel: 6 }, 'kernel 6 is larger than its input [2, 5, 7]; at most 5 would do'],
])('avgPool2d refuses %j', (options, message) => {
  const config = v.parse(avgPool2d.schema, { type: 'avgPool2d', ...options });
  expect(() => avgPool2d.create(config, [2, 5, 7])).toThrow(UserError);
  expect(() => avgPool2d.create(config, [2, 5, 7])).toThrow(message);
});
