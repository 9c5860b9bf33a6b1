// The Dirac-GAN in closed form: what one step does near its equilibrium, and exactly anywhere.
// Mescheder, Geiger and Nowozin, Which Training Methods for GANs do actually Converge?, 2018, section 2.
//
// Real data sit at 0, the generator's at θ, and D's logit is ψ·x. With u = ψθ the gradients at a point (ψ, θ) are
//
//   ∂loss_D/∂ψ = f_D′(u)·θ        ∂loss_G/∂θ = −f_G′(u)·ψ
//
// f_D′ and f_G′ being σ(u) and σ(u) for minimax, σ(u) and σ(−u) for non-saturating and for relativistic (real logits are 0), 1 and 1
// for Wasserstein, and for hinge the same as long as u > −1. Near the equilibrium (0, 0) both are f′(0): ½, or 1 for the last two.
// With a = f′(0)·h_D and b = f′(0)·h_G a step is then the linear map
//
//   simultaneous       [1  −a ]     eigenvalues 1 ± i√(ab):  growth √(1 + ab) > 1, rotation atan √(ab)
//                      [b   1 ]
//   alternating,       [1  −ka    ]  determinant 1, trace 2 − kab:  for kab ≤ 4 growth 1, rotation acos(1 − kab/2);
//   k steps of D       [b  1 − kab]  beyond, one eigenvalue is real and below −1: it flips sides and grows
//
// R1 (section 4.1 there) adds γ/2·ψ² to D's loss. For simultaneous steps of one size h the map is then 1 + h·J, where J, the flow's
// own Jacobian, has the eigenvalues
//
//   λ = −γ/2 ± √(γ²/4 − f′(0)²)
//
// so that the game converges for every γ > 0 and small h, fastest and without turning at γ = 2 f′(0).

import { sigmoid } from '../math/smooth';

interface Slopes {
  /** f_D′(u): how D's loss rises with u. */
  readonly discriminator: (u: number) => number;
  /** f_G′(u): how G's loss falls with u. */
  readonly generator: (u: number) => number;
  /** What both are at 0. */
  readonly atRest: number;
}

const always = () => 1;
/** Least squares has no such equilibrium: its D wants to say ½ there, and ψ·0 is 0. */
const SLOPES = {
  minimax: { discriminator: sigmoid, generator: sigmoid, atRest: 0.5 },
  nonSaturating: { discriminator: sigmoid, generator: (u) => sigmoid(-u), atRest: 0.5 },
  relativistic: { discriminator: sigmoid, generator: (u) => sigmoid(-u), atRest: 0.5 },
  hinge: { discriminator: (u) => (u > -1 ? 1 : 0), generator: always, atRest: 1 },
  wasserstein: { discriminator: always, generator: always, atRest: 1 },
} satisfies Record<string, Slopes>;

export interface DiracSetting {
  readonly loss: keyof typeof SLOPES;
  readonly steps: 'simultaneous' | 'alternating';
  /** h_D and h_G. */
  readonly discriminatorRate: number;
  readonly generatorRate: number;
  /** k; 1 for simultaneous steps. */
  readonly discriminatorSteps: number;
  /** γ of R1; none where absent. */
  readonly gamma?: number;
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
  const { discriminatorRate, generatorRate, discriminatorSteps, gamma = 0 } = setting;
  const { atRest } = SLOPES[setting.loss];
  // A step of D: ψ ← kept·ψ − a·θ; k of them keep keptᵏ of ψ and add up to −a·(1 + kept + … + keptᵏ⁻¹)·θ.
  const kept = 1 - discriminatorRate * gamma;
  let moved = 0;
  for (let k = 0; k < discriminatorSteps; k++) moved = kept * moved + discriminatorRate * atRest;
  const left = kept ** discriminatorSteps;
  const b = generatorRate * atRest;
  return setting.steps === 'simultaneous' ? [left, -moved, b, 1] : [left, -moved, b * left, 1 - b * moved];
}

/** The closed form of the header, without R1. */
export function closedForm(setting: DiracSetting): Rotation {
  const { discriminatorSteps, discriminatorRate, generatorRate, loss } = setting;
  const product = discriminatorSteps * discriminatorRate * generatorRate * SLOPES[loss].atRest ** 2;
  if (setting.steps === 'simultaneous') {
    return { growth: Math.sqrt(1 + product), angle: Math.atan(Math.sqrt(product)) };
  }
  if (product <= 4) return { growth: 1, angle: Math.acos(1 - product / 2) };
  return { growth: product / 2 - 1 + Math.sqrt(product * (product / 4 - 1)), angle: Math.PI };
}

/** The eigenvalues that the header gives for R1, the dominant one of a step first. */
export function flowEigenvalues({ gamma = 0, loss }: DiracSetting): Eigenvalues {
  const discriminant = (gamma * gamma) / 4 - SLOPES[loss].atRest ** 2;
  const root = Math.sqrt(Math.abs(discriminant));
  const [re, im] = discriminant >= 0 ? [root, 0] : [0, root];
  return [
    { re: -gamma / 2 + re, im },
    { re: -gamma / 2 - re, im: -im },
  ];
}

export interface Complex {
  readonly re: number;
  readonly im: number;
}
export type Eigenvalues = readonly [Complex, Complex];

/** The larger one first; of a pair, that with the positive imaginary part. */
function eigenvaluesOf([m00, m01, m10, m11]: Matrix2): Eigenvalues {
  const half = (m00 + m11) / 2;
  const discriminant = ((m00 - m11) / 2) ** 2 + m01 * m10;
  const root = Math.sqrt(Math.abs(discriminant));
  if (discriminant < 0)
    return [
      { re: half, im: root },
      { re: half, im: -root },
    ];
  const sign = half >= 0 ? 1 : -1;
  return [
    { re: half + sign * root, im: 0 },
    { re: half - sign * root, im: 0 },
  ];
}

/** What λ of the flow a measured step of size h says: (μ − 1)/h for each of its eigenvalues μ. */
export function flowOf(map: Matrix2, h: number): Eigenvalues {
  const [first, second] = eigenvaluesOf(map);
  const perStep = ({ re, im }: Complex): Complex => ({ re: (re - 1) / h, im: im / h });
  return [perStep(first), perStep(second)];
}

/** Growth and angle of a measured map: of its dominant eigenvalue. */
export function rotationOf(map: Matrix2): Rotation {
  const [{ re, im }] = eigenvaluesOf(map);
  return { growth: Math.hypot(re, im), angle: Math.atan2((Math.sign(map[2]) || 1) * im, re) };
}

/** One step in float64, exact anywhere. */
export function exactStep(setting: DiracSetting, [psi, theta]: DiracPoint): DiracPoint {
  const { discriminatorRate, generatorRate, discriminatorSteps, steps, gamma = 0 } = setting;
  const slopes: Slopes = SLOPES[setting.loss];
  let updated = psi;
  for (let k = 0; k < discriminatorSteps; k++)
    updated -= discriminatorRate * (slopes.discriminator(updated * theta) * theta + gamma * updated);
  const seen = steps === 'simultaneous' ? psi : updated;
  return [updated, theta + generatorRate * slopes.generator(seen * theta) * seen];
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
