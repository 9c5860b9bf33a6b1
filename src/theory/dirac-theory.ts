// The Dirac-GAN in closed form: what one step does near its equilibrium, and exactly anywhere.
// Mescheder, Geiger and Nowozin, Which Training Methods for GANs do actually Converge?, 2018, section 2.
//
// Real data sit at 0, the generator's at θ, and D's logit is ψ·x. With the losses of the original game (minimax or
// non-saturating) the gradients at a point (ψ, θ), u = ψθ, are
//
//   ∂loss_D/∂ψ = σ(u)·θ        ∂loss_G/∂θ = −σ(u)·ψ (minimax) or −σ(−u)·ψ (non-saturating)
//
// and near the equilibrium (0, 0) both σ are f′(0) = ½. With a = h_D/2 and b = h_G/2 a step is then the linear map
//
//   simultaneous       [1  −a ]     eigenvalues 1 ± i√(ab):  growth √(1 + ab) > 1, rotation atan √(ab)
//                      [b   1 ]
//   alternating,       [1  −ka    ]  determinant 1, trace 2 − kab:  for kab ≤ 4 growth 1, rotation acos(1 − kab/2);
//   k steps of D       [b  1 − kab]  beyond, one eigenvalue is real and below −1: it flips sides and grows

import { sigmoid } from '../math/smooth';

export interface DiracSetting {
  readonly loss: 'minimax' | 'nonSaturating';
  readonly steps: 'simultaneous' | 'alternating';
  /** h_D and h_G. */
  readonly discriminatorRate: number;
  readonly generatorRate: number;
  /** k; 1 for simultaneous steps. */
  readonly discriminatorSteps: number;
  /** Steps to take near the equilibrium, where not as many as usual. */
  readonly iterations?: number;
}

/** (ψ, θ). */
export type DiracPoint = readonly [psi: number, theta: number];
/** Row by row, acting on (ψ, θ). */
export type Matrix2 = readonly [number, number, number, number];

/** How the dominant eigenvalue grows, and turns, per step: |λ| and arg λ in radians, from ψ towards θ. */
export interface Rotation {
  readonly growth: number;
  readonly angle: number;
}

/** One step near the equilibrium. */
export function linearStep(setting: DiracSetting): Matrix2 {
  const a = (setting.discriminatorSteps * setting.discriminatorRate) / 2;
  const b = setting.generatorRate / 2;
  return setting.steps === 'simultaneous' ? [1, -a, b, 1] : [1, -a, b, 1 - a * b];
}

/** The closed form of the header. */
export function closedForm(setting: DiracSetting): Rotation {
  const product = (setting.discriminatorSteps * setting.discriminatorRate * setting.generatorRate) / 4;
  if (setting.steps === 'simultaneous') {
    return { growth: Math.sqrt(1 + product), angle: Math.atan(Math.sqrt(product)) };
  }
  if (product <= 4) return { growth: 1, angle: Math.acos(1 - product / 2) };
  return { growth: product / 2 - 1 + Math.sqrt(product * (product / 4 - 1)), angle: Math.PI };
}

/** Growth and angle of a measured map: of its dominant eigenvalue. */
export function rotationOf([m00, m01, m10, m11]: Matrix2): Rotation {
  const half = (m00 + m11) / 2;
  const determinant = m00 * m11 - m01 * m10;
  const discriminant = half * half - determinant;
  if (discriminant >= 0) {
    const root = Math.sqrt(discriminant);
    const dominant = half + (half >= 0 ? root : -root);
    return { growth: Math.abs(dominant), angle: dominant < 0 ? Math.PI : 0 };
  }
  const growth = Math.sqrt(determinant);
  return { growth, angle: Math.sign(m10) * Math.acos(half / growth) };
}

/** One step in float64, exact anywhere. */
export function exactStep(setting: DiracSetting, [psi, theta]: DiracPoint): DiracPoint {
  const { discriminatorRate, generatorRate, discriminatorSteps, steps, loss } = setting;
  let updated = psi;
  for (let k = 0; k < discriminatorSteps; k++)
    updated -= discriminatorRate * sigmoid(updated * theta) * theta;
  const seen = steps === 'simultaneous' ? psi : updated;
  const slope = sigmoid((loss === 'minimax' ? 1 : -1) * seen * theta);
  return [updated, theta + generatorRate * slope * seen];
}

/**
 * The 2 × 2 map that takes each point of a trajectory to the next, by least squares. Every step counts the same
 * however far out it is: errors are relative to the distance from the equilibrium.
 */
export function fitLinearMap(trajectory: readonly DiracPoint[]): Matrix2 {
  // Normal equations: M = (Σ z′zᵀ) (Σ zzᵀ)⁻¹.
  let [xx, xy, yy, px, py, qx, qy] = [0, 0, 0, 0, 0, 0, 0];
  for (let t = 0; t + 1 < trajectory.length; t++) {
    const [x, y] = trajectory[t]!;
    const [p, q] = trajectory[t + 1]!;
    const scale = 1 / (x * x + y * y);
    xx += scale * x * x;
    xy += scale * x * y;
    yy += scale * y * y;
    px += scale * p * x;
    py += scale * p * y;
    qx += scale * q * x;
    qy += scale * q * y;
  }
  const determinant = xx * yy - xy * xy;
  return [
    (px * yy - py * xy) / determinant,
    (py * xx - px * xy) / determinant,
    (qx * yy - qy * xy) / determinant,
    (qy * xx - qx * xy) / determinant,
  ];
}
