// Edited shaders in the variant that is in use.

import { expect, test } from 'vitest';
import { describe } from './describe';
import type { Kernel } from './kernel';
import { specialize } from './specialize';
import { inVariantOf } from './variant';

const kernelOf = (code: string): Kernel => describe(code, 'a.wgsl', () => undefined).kernels.main!;
const CODE =
  'const ROWS = 2u;\nconst SLOPE = 0.2;\nconst GROUP = 4u;\n@compute @workgroup_size(GROUP) fn main() { /* one */ }';

test('keeps what was specialised and takes everything else from the edited text', () => {
  const used = specialize(kernelOf(CODE), { ROWS: 8, GROUP: 16 });
  const edited = kernelOf(CODE.replace('0.2', '0.5').replace('one', 'two'));
  const variant = inVariantOf(used, edited);
  expect(variant.constants).toEqual({ ROWS: 8, SLOPE: 0.5, GROUP: 16 });
  expect(variant.workgroupSize).toEqual([16, 1, 1]);
  expect(variant.code).toContain('/* two */');
});

test('takes the edited value of a constant that was used as it stood', () => {
  const edited = kernelOf(CODE.replace('ROWS = 2u', 'ROWS = 3u'));
  expect(inVariantOf(kernelOf(CODE), edited)).toBe(edited);
});

test('drops constants that the edited text no longer has', () => {
  const used = specialize(kernelOf(CODE), { ROWS: 8 });
  const edited = kernelOf(CODE.replace('const ROWS = 2u;', ''));
  expect(inVariantOf(used, edited).constants).toEqual({ SLOPE: 0.2, GROUP: 4 });
});
