// Divergences in nats, the best discriminator and the game's value, for densities known at the points of a quadrature rule.
// Goodfellow et al., Generative Adversarial Nets, 2014: proposition 1 and theorem 1.

import { integrate, type QuadratureRule } from './quadrature';

/** KL(p ‖ q) = ∫ p log(p/q); p log p is 0 where p is 0, and the divergence is infinite where only q is. */
export function kullbackLeibler(rule: QuadratureRule, p: ArrayLike<number>, q: ArrayLike<number>): number {
  return integrate(
    rule,
    rule.weights.map((_, i) => (p[i] === 0 ? 0 : p[i]! * Math.log(p[i]! / q[i]!))),
  );
}

/** JS(p ‖ q) = ½ KL(p ‖ m) + ½ KL(q ‖ m) with m = (p + q)/2: from 0 for equals to log 2 for strangers. */
export function jensenShannon(rule: QuadratureRule, p: ArrayLike<number>, q: ArrayLike<number>): number {
  const mixture = mixtureOf(p, q);
  return (kullbackLeibler(rule, p, mixture) + kullbackLeibler(rule, q, mixture)) / 2;
}

/** TV(p, q) = ½ ∫ |p − q|: from 0 for equals to 1 for strangers. */
export function totalVariation(rule: QuadratureRule, p: ArrayLike<number>, q: ArrayLike<number>): number {
  return integrate(
    rule,
    rule.weights.map((_, i) => Math.abs(p[i]! - q[i]!) / 2),
  );
}

/** (p + q)/2 point by point: how real and generated points are spread together. */
export function mixtureOf(p: ArrayLike<number>, q: ArrayLike<number>): Float64Array {
  return Float64Array.from(p, (value, i) => (value + q[i]!) / 2);
}

/** D*(x) = p_data(x) / (p_data(x) + p_G(x)); ½ where both have vanished, where any D is as good. */
export function optimalDiscriminator(data: ArrayLike<number>, generated: ArrayLike<number>): Float64Array {
  return Float64Array.from(data, (p, i) => (p + generated[i]! === 0 ? 0.5 : p / (p + generated[i]!)));
}

/**
 * V(D, G) = E_data[log D] + E_G[log(1 − D)] by quadrature, from D's values at the rule's points. Values that float32
 * rounded to 0 or 1 are taken for the nearest that it does not.
 */
export function gameValue(
  rule: QuadratureRule,
  discriminator: ArrayLike<number>,
  data: ArrayLike<number>,
  generated: ArrayLike<number>,
): number {
  return integrate(
    rule,
    rule.weights.map((_, i) => {
      const real = Math.log(Math.max(discriminator[i]!, 2 ** -126));
      const fake = Math.log1p(-Math.min(discriminator[i]!, 1 - 2 ** -24));
      return data[i]! * real + generated[i]! * fake;
    }),
  );
}

/** max_D V(D, G) = −2 log 2 + 2 JS. */
export const optimalValue = (js: number): number => -2 * Math.LN2 + 2 * js;
