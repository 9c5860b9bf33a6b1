// r1, r2 (Mescheder, Geiger & Nowozin 2018): γ/2 · ‖v‖², whose gradient is γ · v.

// include lib/penalty.wgsl

fn penaltyTerm(squaredNorm: f32, weight: f32) -> f32 { return 0.5 * weight * squaredNorm; }
fn penaltyScale(squaredNorm: f32, weight: f32) -> f32 { return weight; }
