// Integrals by composite Gauss–Legendre quadrature, in one dimension and, as tensor products, in two.

/** Points and weights: ∫ f ≈ Σᵢ weights[i] · f(points[i]). `points` holds `dimensions` numbers a point. */
export interface QuadratureRule {
  readonly dimensions: number;
  readonly points: Float64Array;
  readonly weights: Float64Array;
}

/** A box, as lower and upper ends along each axis. */
export interface Box {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/**
 * Nodes and weights of the Gauss–Legendre rule on [−1, 1]; exact for polynomials up to degree 2·order − 1.
 * The nodes are the roots of the Legendre polynomial, by Newton's method from Tricomi's approximation.
 */
export function gaussLegendre(order: number): { nodes: Float64Array; weights: Float64Array } {
  const nodes = new Float64Array(order);
  const weights = new Float64Array(order);
  for (let i = 0; i < order; i++) {
    let x = -Math.cos((Math.PI * (i + 0.75)) / (order + 0.5));
    let slope = 0;
    // Newton doubles the digits each time; from this start four steps reach float64, eight are to spare.
    for (let iteration = 0; iteration < 8; iteration++) {
      let previous = 1;
      let value = x;
      for (let degree = 2; degree <= order; degree++) {
        [previous, value] = [value, ((2 * degree - 1) * x * value - (degree - 1) * previous) / degree];
      }
      slope = (order * (previous - x * value)) / (1 - x * x);
      x -= value / slope;
    }
    nodes[i] = x;
    weights[i] = 2 / ((1 - x * x) * slope * slope);
  }
  return { nodes, weights };
}

/** The rule for [low, high] cut into `panels` equal pieces with `order` points each. */
export function compositeRule(low: number, high: number, panels: number, order: number): QuadratureRule {
  const legendre = gaussLegendre(order);
  const half = (high - low) / panels / 2;
  const points = new Float64Array(panels * order);
  const weights = new Float64Array(panels * order);
  for (let panel = 0; panel < panels; panel++) {
    const center = low + (2 * panel + 1) * half;
    for (let i = 0; i < order; i++) {
      points[panel * order + i] = center + half * legendre.nodes[i]!;
      weights[panel * order + i] = half * legendre.weights[i]!;
    }
  }
  return { dimensions: 1, points, weights };
}

/** The rule for a box of one or two dimensions, `panels` × `order` points along each axis. */
export function boxRule(box: Box, panels: number, order: number): QuadratureRule {
  const axes = box.low.map((low, axis) => compositeRule(low, box.high[axis]!, panels, order));
  const [x, y] = axes;
  if (axes.length === 1) return x!;
  if (axes.length !== 2) throw new RangeError(`A box of ${axes.length} dimensions: only 1 and 2 are built.`);
  const columns = x!.weights.length;
  const rows = y!.weights.length;
  const points = new Float64Array(2 * rows * columns);
  const weights = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const i = row * columns + column;
      points[2 * i] = x!.points[column]!;
      points[2 * i + 1] = y!.points[row]!;
      weights[i] = x!.weights[column]! * y!.weights[row]!;
    }
  }
  return { dimensions: 2, points, weights };
}

/** The values of `f` at a rule's points. */
export function valuesAt(rule: QuadratureRule, f: (x: Float64Array) => number): Float64Array {
  const { dimensions, points } = rule;
  return rule.weights.map((_, i) => f(points.subarray(i * dimensions, (i + 1) * dimensions)));
}

/** Σᵢ weights[i] · values[i]: the integral of a function known by its values at the rule's points. */
export function integrate(rule: QuadratureRule, values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < rule.weights.length; i++) sum += rule.weights[i]! * values[i]!;
  return sum;
}
