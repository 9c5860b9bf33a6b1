// What a run's memory and products are said to be.

import { expect, test } from 'vitest';
import { memoryInWords, productsInWords } from './run-words';

test('memory: the parts that matter, and all of it', () => {
  const none = { gradients: 0, state: 0, buffers: 0, average: 0, data: 0, other: 0 };
  const memory = { ...none, parameters: 3 * 2 ** 20, activations: 40 * 2 ** 20, total: 43 * 2 ** 20 };
  expect(memoryInWords(memory)).toBe('GPU memory 43 MiB: parameters 3.0, activations 40.');
});

test('products: the most used strategy first, and whether that may change', () => {
  const products = new Map([
    ['plain', 2],
    ['subgroup 16×8', 14],
  ]);
  expect(productsInWords(products, true)).toBe('Matrix products: 14 subgroup 16×8, 2 plain.');
  expect(productsInWords(products, false)).toContain('quicker ones are being compiled');
  expect(productsInWords(new Map(), true)).toBe('');
});
