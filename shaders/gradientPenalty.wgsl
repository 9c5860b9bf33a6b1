// gradientPenalty (Gulrajani et al. 2017): λ · (‖v‖ − 1)², whose gradient is 2λ · (‖v‖ − 1)/‖v‖ · v. Where v = 0 it has none;
// 0 is taken, as automatic differentiation of a norm does.

// include lib/penalty.wgsl

fn penaltyTerm(squaredNorm: f32, weight: f32) -> f32 {
  let excess = sqrt(squaredNorm) - 1.0;
  return weight * excess * excess;
}
fn penaltyScale(squaredNorm: f32, weight: f32) -> f32 {
  let norm = sqrt(squaredNorm);
  return select(0.0, 2.0 * weight * (norm - 1.0) / max(norm, 1e-30), norm > 0.0);
}
