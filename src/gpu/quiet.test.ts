// Quiet: over when what was measured is, whatever became of it.

import { expect, test } from 'vitest';
import { Quiet } from './quiet';

test('lasts as long as what is measured, also where that fails', async () => {
  const quiet = new Quiet();
  expect(quiet.end).toBeUndefined();
  const fails = quiet.during(() => Promise.reject(new Error('lost')));
  const { end } = quiet;
  expect(end).toBeDefined();
  await expect(fails).rejects.toThrow('lost');
  await end;
  expect(quiet.end).toBeUndefined();
});
