// Edited shaders in the variant that is in use.

import { expect, test } from 'vitest';
import { describe } from './describe';
import { graft } from './graft';
import type { Kernel } from './kernel';
import { specialize } from './specialize';
import { afterEdit } from './variant';

const kernelOf = (code: string): Kernel => describe(code, 'a.wgsl', () => undefined).kernels.main!;
const CODE =
  'const ROWS = 2u;\nconst SLOPE = 0.2;\nconst GROUP = 4u;\n@compute @workgroup_size(GROUP) fn main() { /* one */ }';

test('keeps what was specialised and takes everything else from the edited text', () => {
  const used = specialize(kernelOf(CODE), { ROWS: 8, GROUP: 16 });
  const edited = kernelOf(CODE.replace('0.2', '0.5').replace('one', 'two'));
  const variant = afterEdit(used, 'a.wgsl', { main: edited })!;
  expect(variant.constants).toEqual({ ROWS: 8, SLOPE: 0.5, GROUP: 16 });
  expect(variant.workgroupSize).toEqual([16, 1, 1]);
  expect(variant.code).toContain('/* two */');
});

test('takes the edited value of a constant that was used as it stood', () => {
  const edited = kernelOf(CODE.replace('ROWS = 2u', 'ROWS = 3u'));
  expect(afterEdit(kernelOf(CODE), 'a.wgsl', { main: edited })).toBe(edited);
});

test('drops constants that the edited text no longer has', () => {
  const used = specialize(kernelOf(CODE), { ROWS: 8 });
  const edited = kernelOf(CODE.replace('const ROWS = 2u;', ''));
  expect(afterEdit(used, 'a.wgsl', { main: edited })!.constants).toEqual({ SLOPE: 0.2, GROUP: 4 });
});

test('leaves kernels of other files alone', () => {
  expect(afterEdit(kernelOf(CODE), 'b.wgsl', { main: kernelOf(CODE) })).toBeUndefined();
});

test('follows an edit of either side of a graft', () => {
  const fileOf = (file: string, code: string) => describe(code, file, () => undefined).kernels;
  const host =
    'const ROWS = 2u;\nfn f() -> u32 { return 1u; }\n@compute @workgroup_size(4) fn main() { _ = f(); }';
  const donor = 'fn f() -> u32 { return 2u; }\n@compute @workgroup_size(4) fn other() { _ = f(); }';
  const used = specialize(
    graft(fileOf('host.wgsl', host).main!, fileOf('donor.wgsl', donor).other! as Kernel<never>, ['f']),
    { ROWS: 8 },
  );
  const newDonor = afterEdit(used, 'donor.wgsl', fileOf('donor.wgsl', donor.replace('2u', '3u')))!;
  expect(newDonor.code).toContain('return 3u');
  expect(newDonor.constants.ROWS).toBe(8);
  const newHost = afterEdit(
    newDonor,
    'host.wgsl',
    fileOf('host.wgsl', host.replace('_ = f()', '_ = 5u + f()')),
  )!;
  expect(newHost.code).toContain('5u + f()');
  expect(newHost.code).toContain('return 3u');
  expect(newHost.constants.ROWS).toBe(8);
});
