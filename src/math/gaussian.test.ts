// Densities of normal distributions against their moments, closed forms, and samples.

import { describe, expect, test } from 'vitest';
import { affineImage, type Gaussian, gaussianBox, gaussianDensity } from './gaussian';
import { boxRule, integrate, valuesAt } from './quadrature';

const examples: Gaussian[] = [
  { mean: [0.7], covariance: [2.25] },
  { mean: [-0.4, 1.1], covariance: [1.5, -0.6, -0.6, 0.8] },
];

describe.each(examples)('the density of N($mean, $covariance)', (gaussian) => {
  const n = gaussian.mean.length;
  const rule = boxRule(gaussianBox(gaussian, 9), 12, 12);
  const density = valuesAt(rule, gaussianDensity(gaussian));
  const expectation = (f: (x: Float64Array) => number) => {
    const values = valuesAt(rule, f);
    return integrate(
      rule,
      values.map((value, i) => value * density[i]!),
    );
  };

  test('integrates to one', () => expect(integrate(rule, density)).toBeCloseTo(1, 12));

  test('has the mean and the covariance it was given', () => {
    for (let i = 0; i < n; i++) {
      expect(expectation((x) => x[i]!)).toBeCloseTo(gaussian.mean[i]!, 11);
      for (let j = 0; j < n; j++) {
        const covariance = expectation((x) => (x[i]! - gaussian.mean[i]!) * (x[j]! - gaussian.mean[j]!));
        expect(covariance).toBeCloseTo(gaussian.covariance[i * n + j]!, 11);
      }
    }
  });
});

test('the standard normal is 1/√2π at 0', () => {
  expect(gaussianDensity({ mean: [0], covariance: [1] })([0])).toBeCloseTo(0.3989422804014327, 15);
});

describe('affineImage', () => {
  test('is N(bias, W Wᵀ), rows of W being outputs', () => {
    const image = affineImage({ weight: [2, 0, 1, 3], bias: [5, -1] });
    expect(image).toEqual({ mean: [5, -1], covariance: [4, 2, 2, 10] });
  });

  test('takes more inputs than outputs', () => {
    expect(affineImage({ weight: [3, 4], bias: [1] })).toEqual({ mean: [1], covariance: [25] });
  });

  test('its density is the change of variables: p(Wz + b) = φ(z) / |det W|', () => {
    const weight = [1.2, -0.5, 0.3, 0.8];
    const image = gaussianDensity(affineImage({ weight, bias: [0.1, -0.2] }));
    const standard = gaussianDensity({ mean: [0, 0], covariance: [1, 0, 0, 1] });
    for (const [u, v] of [
      [0, 0],
      [1, -2],
      [-0.3, 0.9],
    ] as const) {
      const x = [1.2 * u - 0.5 * v + 0.1, 0.3 * u + 0.8 * v - 0.2];
      expect(image(x)).toBeCloseTo(standard([u, v]) / (1.2 * 0.8 + 0.5 * 0.3), 13);
    }
  });
});
