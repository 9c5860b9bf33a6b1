// The line for the shell: what a shell makes of it are the arguments that were meant.

import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { commandLine } from './command-line';

test('what has an option of its own has it, the rest is set by its path', () => {
  expect(commandLine({ preset: 'ring', overrides: {} })).toBe('webgan train ring');
  expect(
    commandLine({
      preset: 'ring',
      overrides: { seed: 3, loss: 'hinge', 'optimizer.generator.learningRate': 5e-4 },
    }),
  ).toBe('webgan train ring --seed 3 --set loss=hinge --set optimizer.generator.learningRate=0.0005');
});

test.skipIf(process.platform === 'win32')('a shell takes every value as it is', () => {
  const overrides = {
    'generator[0].units': 8,
    data: { source: 'points', file: "it's $HOME/*.csv" },
    average: null,
  };
  const line = commandLine({ preset: 'ring', overrides }).replace('webgan train', "printf '%s\\n'");
  expect(execFileSync('sh', ['-c', line], { encoding: 'utf8' }).trim().split('\n')).toEqual([
    'ring',
    '--set',
    'generator[0].units=8',
    '--set',
    `data=${JSON.stringify(overrides.data)}`,
    '--set',
    'average=null',
  ]);
});
