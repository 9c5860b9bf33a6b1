// Smooth functions in forms that neither overflow nor lose digits, for any finite x.

// tanh saturates to ±1 in float32 from 9.02 on; some drivers return NaN far outside.
fn safeTanh(x: vec4f) -> vec4f { return tanh(clamp(x, vec4f(-15.0), vec4f(15.0))); }

// σ(x) = 1/(1 + exp(−x)), with the exponential of a number ≤ 0.
fn sigmoid(x: vec4f) -> vec4f {
  let e = exp(-abs(x));
  return select(e, vec4f(1.0), x >= vec4f(0.0)) / (1.0 + e);
}

// log(1 + t) for t in [0, 1]: dividing by the rounded 1 + t − 1 takes the rounding of the sum back (Goldberg 1991, Theorem 4).
fn log1p(t: vec4f) -> vec4f {
  let sum = 1.0 + t;
  let rounded = sum - 1.0;
  return select(log(sum) * (t / rounded), t, rounded == vec4f(0.0));
}

// softplus(x) = log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|))
fn softplus(x: vec4f) -> vec4f { return max(x, vec4f(0.0)) + log1p(exp(-abs(x))); }

// exp(x) − 1 for x ≤ 0: a Taylor polynomial where the subtraction would cancel.
fn expm1(x: vec4f) -> vec4f {
  let series = x * (1.0 + x * (1.0 / 2.0 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0))))));
  return select(exp(x) - 1.0, series, x > vec4f(-0.3));
}
