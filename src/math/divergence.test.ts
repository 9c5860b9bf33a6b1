// Divergences and the game's value by quadrature against closed forms.

import { describe, expect, test } from 'vitest';
import { gameValue, jensenShannon, kullbackLeibler, optimalDiscriminator, optimalValue } from './divergence';
import { type Gaussian, gaussianDensity, invert } from './gaussian';
import { boxRule, valuesAt } from './quadrature';
import { sigmoid } from './smooth';

/** ½ (tr(Σ_q⁻¹ Σ_p) + (μ_q − μ_p)ᵀ Σ_q⁻¹ (μ_q − μ_p) − n + log(det Σ_q / det Σ_p)). */
function klOfGaussians(p: Gaussian, q: Gaussian): number {
  const n = p.mean.length;
  const { determinant, inverse } = invert(q.covariance);
  let sum = Math.log(determinant / invert(p.covariance).determinant) - n;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const shift = (q.mean[i]! - p.mean[i]!) * (q.mean[j]! - p.mean[j]!);
      sum += inverse[i * n + j]! * (p.covariance[j * n + i]! + shift);
    }
  }
  return sum / 2;
}

const line = boxRule({ low: [-12], high: [18] }, 40, 16);
const plane = boxRule({ low: [-9, -9], high: [10, 10] }, 12, 16);
const on = (rule: typeof line, gaussian: Gaussian) => valuesAt(rule, gaussianDensity(gaussian));
const normal = (mean: number, deviation: number) => on(line, { mean: [mean], covariance: [deviation ** 2] });

describe('kullbackLeibler', () => {
  test.each([
    [0, 1, 0, 1],
    [0, 1, 1.5, 1],
    [0.5, 0.7, -0.3, 1.3],
    [0, 1.3, 0.4, 0.9],
  ])('of N(%d, %d²) from N(%d, %d²) is the closed form', (m, s, n, t) => {
    const p = { mean: [m], covariance: [s * s] };
    const q = { mean: [n], covariance: [t * t] };
    expect(kullbackLeibler(line, on(line, p), on(line, q))).toBeCloseTo(klOfGaussians(p, q), 10);
  });

  test('of correlated normals in the plane is the closed form', () => {
    const p = { mean: [0.3, -0.5], covariance: [1, 0.4, 0.4, 0.6] };
    const q = { mean: [0, 0.6], covariance: [1.2, -0.2, -0.2, 0.9] };
    expect(kullbackLeibler(plane, on(plane, p), on(plane, q))).toBeCloseTo(klOfGaussians(p, q), 9);
  });
});

describe('jensenShannon', () => {
  test('of equals is 0', () =>
    expect(jensenShannon(line, normal(0.3, 1), normal(0.3, 1))).toBeCloseTo(0, 14));

  test('far apart is log 2', () => {
    expect(jensenShannon(line, normal(-6, 0.5), normal(12, 0.5))).toBeCloseTo(Math.LN2, 12);
  });

  test('is symmetric', () => {
    const [p, q] = [normal(0, 1), normal(1.5, 0.6)];
    expect(jensenShannon(line, p, q)).toBeCloseTo(jensenShannon(line, q, p), 14);
  });

  test('of close neighbours is an eighth of the squared shift (Fisher information), in nats', () => {
    // JS(N(0,1) ‖ N(ε,1)) = ε²/8 + O(ε⁴)
    expect(jensenShannon(line, normal(0, 1), normal(0.01, 1)) / 1e-4).toBeCloseTo(1 / 8, 4);
  });
});

describe('the best discriminator', () => {
  const [p, q] = [normal(0, 1), normal(1.5, 1)];

  test('of two normals with the same variance is a sigmoid: logit (m_G² − 2 m_G x)/2', () => {
    const best = optimalDiscriminator(p, q);
    for (let i = 0; i < line.weights.length; i += 7) {
      expect(best[i]).toBeCloseTo(sigmoid((1.5 ** 2 - 3 * line.points[i]!) / 2), 12);
    }
  });

  test('reaches V = −2 log 2 + 2 JS, and no other D does', () => {
    const best = optimalDiscriminator(p, q);
    const js = jensenShannon(line, p, q);
    expect(gameValue(line, best, p, q)).toBeCloseTo(optimalValue(js), 12);
    const logit = (value: number) => Math.log(value / (1 - value));
    const changed = (change: (logit: number) => number) => best.map((value) => sigmoid(change(logit(value))));
    for (const worse of [changed((x) => x + 0.1), changed((x) => 0.9 * x), changed((x) => -x)]) {
      expect(gameValue(line, worse, p, q)).toBeLessThan(optimalValue(js) - 1e-4);
    }
  });

  test('V stays finite where float32 rounded D to 0 or 1', () => {
    const rounded = optimalDiscriminator(p, q).map((value) => Math.fround(value));
    rounded[0] = 0;
    rounded[rounded.length - 1] = 1;
    expect(gameValue(line, rounded, p, q)).toBeCloseTo(optimalValue(jensenShannon(line, p, q)), 5);
  });

  test('is ½ where neither density is left', () => expect(optimalDiscriminator([0], [0])[0]).toBe(0.5));

  test('V of a D that says ½ everywhere is −log 4', () => {
    const half = new Float64Array(line.weights.length).fill(0.5);
    expect(gameValue(line, half, p, q)).toBeCloseTo(-Math.log(4), 12);
    expect(optimalValue(0)).toBeCloseTo(-Math.log(4), 15);
  });
});
