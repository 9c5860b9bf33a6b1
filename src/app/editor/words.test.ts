// Fields and values in words, and what was typed as a value.

import { expect, test } from 'vitest';
import { runFields } from '../../training/config';
import { digestWithLabel, hintOf, labelOf, textOf, typed } from './words';

const field = (key: string) => runFields.find((one) => one.key === key)!;

test('a field has a label, and a hint with its range where one is reached', () => {
  expect([labelOf('learningRate'), labelOf('beta1'), labelOf('batchSize')]).toEqual([
    'Learning rate',
    'Beta1',
    'Batch size',
  ]);
  expect(hintOf(field('discriminatorSteps'))).toMatch(/\. From 1 to 1,000\.$/);
  expect(hintOf(field('steps'))).not.toContain('From');
});

test.each([
  ['generator', [{ type: 'dense', units: 3 }, { type: 'tanh' }], false, 'dense 3, tanh'],
  ['loss', 'hinge', false, 'hinge'],
  ['regularizers', [{ type: 'r1', gamma: 2 }], true, 'regularizers r1'],
  ['regularizers', [], true, ''],
  ['average', null, true, ''],
  ['average', { halfLife: 9, ramp: 0.1 }, true, 'average half life 9 · ramp 0.1'],
  ['labelSmoothing', 0, true, ''],
])('%s %j folds to a line', (key, value, isNamed, line) => {
  expect(digestWithLabel(field(key), value, isNamed)).toBe(line);
});

test('what was typed is a number where it is one, else stays as it was', () => {
  const number = field('steps').kind;
  expect(['12', ' 5e-4 ', '−3', '0,5', 'x', ''].map((text) => typed(number, text))).toEqual([
    12,
    5e-4,
    -3,
    '0,5',
    'x',
    undefined,
  ]);
  expect(typed({ is: 'numbers' }, '64, 7 × 7')).toEqual([64, 7, 7]);
  expect(typed({ is: 'numbers' }, textOf([1, 2]))).toEqual([1, 2]);
  expect(typed({ is: 'json' }, '[[1, 2]]')).toEqual([[1, 2]]);
  expect(typed({ is: 'json' }, '[[1,')).toBe('[[1,');
});
