// The Dirac-GAN's closed form against the map it stands for, and the fit against trajectories made by hand.

import { describe, expect, test } from 'vitest';
import {
  closedForm,
  type DiracPoint,
  type DiracSetting,
  exactStep,
  fitLinearMap,
  flowEigenvalues,
  flowOf,
  linearStep,
  rotationOf,
} from './dirac-theory';

const setting = (change: Partial<DiracSetting>): DiracSetting => ({
  loss: 'minimax',
  steps: 'simultaneous',
  discriminatorRate: 0.3,
  generatorRate: 0.1,
  discriminatorSteps: 1,
  ...change,
});
const settings = [
  setting({}),
  setting({ loss: 'nonSaturating' }),
  setting({ steps: 'alternating' }),
  setting({ steps: 'alternating', discriminatorSteps: 3, loss: 'nonSaturating' }),
  setting({ steps: 'alternating', discriminatorRate: 4.4, generatorRate: 4.2 }),
  setting({ loss: 'hinge' }),
  setting({ loss: 'wasserstein', steps: 'alternating', discriminatorSteps: 2 }),
  setting({ loss: 'relativistic', steps: 'alternating' }),
];
const damped = [
  setting({ gamma: 0.4 }),
  setting({ loss: 'wasserstein', gamma: 3, generatorRate: 0.3 }),
  setting({ loss: 'nonSaturating', gamma: 1.25, generatorRate: 0.3 }),
  setting({ loss: 'hinge', gamma: 0.7, steps: 'alternating', discriminatorSteps: 3 }),
];

describe.each([...settings, ...damped])('$steps $loss, k = $discriminatorSteps, γ = $gamma', (example) => {
  test('the linear step is the derivative of the exact step at the equilibrium', () => {
    const h = 1e-5;
    const [m00, m10] = exactStep(example, [h, 0]).map((x) => x / h);
    const [m01, m11] = exactStep(example, [0, h]).map((x) => x / h);
    linearStep(example).forEach((entry, i) => {
      expect([m00, m01, m10, m11][i]).toBeCloseTo(entry, 8);
    });
  });
});

test.each(settings)('the closed form is the dominant eigenvalue of a step, $steps $loss', (example) => {
  const { growth, angle } = rotationOf(linearStep(example));
  expect(growth).toBeCloseTo(closedForm(example).growth, 12);
  expect(angle).toBeCloseTo(closedForm(example).angle, 12);
});

test.each([
  ['minimax', 0.4],
  ['relativistic', 0],
  ['nonSaturating', 1.25],
  ['wasserstein', 1],
  ['hinge', 2.5],
] as const)('with R1 the flow’s eigenvalues are a simultaneous step’s, %s, γ = %d', (loss, gamma) => {
  const example = setting({ loss, gamma, discriminatorRate: 0.2, generatorRate: 0.2 });
  const found = flowOf(linearStep(example), 0.2);
  flowEigenvalues(example).forEach(({ re, im }, i) => {
    expect(found[i]!.re).toBeCloseTo(re, 12);
    expect(found[i]!.im).toBeCloseTo(im, 12);
  });
});

test('R1 makes of circles a spiral inwards, and of strong damping two real eigenvalues', () => {
  expect(flowEigenvalues(setting({ gamma: 0.6 }))).toEqual([
    { re: -0.3, im: 0.4 },
    { re: -0.3, im: -0.4 },
  ]);
  const [slow, fast] = flowEigenvalues(setting({ gamma: 1.25 }));
  expect([slow.re, fast.re]).toEqual([-0.25, -1]);
});

test('simultaneous steps grow, alternating small ones do not', () => {
  expect(closedForm(setting({ discriminatorRate: 0.2, generatorRate: 0.2 })).growth).toBeCloseTo(
    1.00498756,
    8,
  );
  expect(closedForm(setting({ steps: 'alternating' })).growth).toBe(1);
});

test('alternating steps beyond k·h_D·h_G = 16 diverge, and the closed form is continuous there', () => {
  const at = (rate: number) =>
    closedForm(setting({ steps: 'alternating', discriminatorRate: rate, generatorRate: rate }));
  expect(at(4 - 1e-9).growth).toBe(1);
  expect(at(4 - 1e-9).angle).toBeCloseTo(Math.PI, 4);
  expect(at(4 + 1e-9).growth).toBeCloseTo(1, 4);
  expect(at(4.4).growth).toBeGreaterThan(2);
});

test('the fit gives back the map that made a trajectory, a turn the other way included', () => {
  for (const map of [
    [1, -0.2, 0.1, 0.98],
    [0.9, 0.3, -0.2, 1.1],
  ] as const) {
    const trajectory: DiracPoint[] = [[1e-3, 5e-4]];
    for (let t = 0; t < 40; t++) {
      const [psi, theta] = trajectory[t]!;
      trajectory.push([map[0] * psi + map[1] * theta, map[2] * psi + map[3] * theta]);
    }
    const fitted = fitLinearMap(trajectory);
    map.forEach((entry, i) => {
      expect(fitted[i]).toBeCloseTo(entry, 9);
    });
    expect(Math.sign(rotationOf(fitted).angle)).toBe(Math.sign(map[2]));
  }
});
