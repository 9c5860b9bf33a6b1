import { describe, expect, it } from 'vitest';
import type { Driver } from '../gpu/drivers';
import { machine } from '../gpu/systemForTests';
import { layers } from '../layers';
import { adviceFor, doctor, formatDoctor } from './doctor';
import { relativeError } from './selfCheck';

describe('doctor', () => {
  it('finds an adapter that computes every layer rightly', async () => {
    const report = await doctor();
    expect(report.ok).toBe(true);
    expect(report.checks.map(({ name }) => name)).toEqual(layers.names);
    // float32 is never exact on these: an error of 0 would mean that nothing was computed.
    expect(report.checks.find(({ name }) => name === 'dense')?.error).toBeGreaterThan(1e-9);
    expect(report.limits?.maxStorageBuffersPerShaderStage).toBeGreaterThanOrEqual(8);
    expect(report.features).toContain('core-features-and-limits');
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    const text = formatDoctor(report);
    expect(text).toContain(report.adapter!.name);
    expect(text).toContain(report.driver!.origin);
    expect(text).toMatch(/check dense +right/);
    expect(text).toContain('webgan can train here.');
  });

  it('says why there is no adapter, without failing itself', async () => {
    const report = await doctor({ adapter: '/gone_icd.json' });
    expect(report).toMatchObject({ ok: false, checks: [] });
    expect(formatDoctor(report)).toMatch(/adapter +none[\s\S]*webgan cannot train here\.\n.*gone_icd/);
  });
});

describe('adviceFor', () => {
  const swiftshader: Driver = { name: 'swiftshader', origin: 'a test' };
  const gpu: Driver = { name: 'gpu', origin: 'a test' };
  const right = { name: 'dense', error: 1e-7, tolerance: 2e-5, pass: true };

  it('has none for a GPU that computes rightly', () => {
    expect(adviceFor(machine([]), gpu, false, [right])).toEqual([]);
  });

  it('names what is wrong', () => {
    const wrong = { ...right, name: 'tanh', pass: false };
    expect(adviceFor(machine([]), gpu, false, [right, wrong])[0]).toContain('computes tanh wrongly');
  });

  it('knows a faster driver than SwiftShader, and a GPU that is there but not reached', () => {
    expect(adviceFor(machine([]), swiftshader, true, [right])[0]).toContain('lavapipe');
    expect(adviceFor(machine(['/dev/dri/renderD128']), swiftshader, true, [right])[0]).toContain(
      '/dev/dri/renderD128',
    );
  });
});

describe('relativeError', () => {
  it('is relative to the largest number, and NaN for any NaN', () => {
    expect(relativeError([1, 4.5], [1, 4])).toBe(0.125);
    expect(relativeError([Number.NaN, 4], [1, 4])).toBeNaN();
    expect(relativeError([1], [1, 4])).toBeNaN();
  });
});
