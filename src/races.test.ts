// Every kernel with workgroup memory goes through the race detector, which must miss each barrier that is taken out.

import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { describeFile, shaderNames } from './wgsl/files';
import { findRaces, type RaceSpecimen, usesWorkgroupMemory, withoutEachBarrier } from './wgsl/races';

// Specimens lie in `x.races.ts` beside what dispatches the kernel, each exporting a list as its default.
const specimens = Object.values(
  import.meta.glob<readonly RaceSpecimen[]>('./**/*.races.ts', { eager: true, import: 'default' }),
).flat();
const folder = fileURLToPath(new URL('../shaders', import.meta.url));
const kernels = shaderNames(folder).flatMap((name) => Object.values(describeFile(folder, name).kernels));
const withSharedMemory = kernels.filter(usesWorkgroupMemory);

describe('kernels with workgroup memory', () => {
  test('are found', () => {
    expect(kernels.length).toBeGreaterThan(20);
    expect(withSharedMemory.map(({ label }) => label)).toContain('metrics.wgsl:recordDiscriminator');
  });

  for (const kernel of withSharedMemory) {
    const own = specimens.filter((specimen) => specimen.kernel.label.split('(')[0] === kernel.label);

    test(`${kernel.label} has a race specimen`, () => {
      expect(own.length).toBeGreaterThan(0);
    });

    for (const specimen of own) {
      test(`${specimen.kernel.label} computes what it should, without races`, () => {
        expect(findRaces(specimen)).toEqual({ races: [] });
      });

      test(`${specimen.kernel.label} would have a race without any one of its barriers`, () => {
        const removed = withoutEachBarrier(specimen.kernel);
        expect(removed.length).toBeGreaterThan(0);
        for (const { code, line } of removed)
          expect(findRaces(specimen, code).races, `without the barrier of line ${line}`).not.toEqual([]);
      });
    }
  }
});
