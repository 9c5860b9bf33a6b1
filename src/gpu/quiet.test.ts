// Quiet: one measurement at a time, over whatever became of it.

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

test('is had by one at a time', async () => {
  const quiet = new Quiet();
  const heard: string[] = [];
  const measure = (name: string) => async () => {
    heard.push(`${name} begins`);
    await new Promise((resolve) => setTimeout(resolve, 5));
    heard.push(`${name} ends`);
    return name;
  };
  expect(await Promise.all(['a', 'b', 'c'].map((name) => quiet.during(measure(name))))).toEqual([
    'a',
    'b',
    'c',
  ]);
  expect(heard).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
});
