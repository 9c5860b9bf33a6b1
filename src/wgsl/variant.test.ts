// An edited kernel keeps the variant in use and takes everything else from its new text.

import { expect, test } from 'vitest';
import { countCells } from '../../shaders/histogram.wgsl';
import type { Kernel } from './kernel';
import { specialize } from './specialize';
import { inVariantOf } from './variant';

const kernel = countCells as unknown as Kernel;
const edited: Kernel = {
  ...kernel,
  source: `${kernel.source}\n// edited`,
  code: `${kernel.code}\n// edited`,
  constants: { ...kernel.constants, DIMENSIONS: 7 },
};

test('keeps rewritten constants and takes the new text', () => {
  const used = specialize(kernel, { DIMENSIONS: 1 });
  const swapped = inVariantOf(used, edited);
  expect(used.constants.DIMENSIONS).toBe(1);
  expect(swapped.constants.DIMENSIONS).toBe(1);
  expect(swapped.code).toContain('// edited');
  expect(swapped.code).toMatch(/const DIMENSIONS\s*=\s*1/);
});

test('a constant that nobody rewrote is as the new text has it', () => {
  expect(inVariantOf(kernel, edited)).toBe(edited);
});
