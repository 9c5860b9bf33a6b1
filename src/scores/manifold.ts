// Fidelity and variety told apart, by nearest neighbours: precision and recall (Kynkäänniemi et al. 2019), density and
// coverage (Naeem et al. 2020).
//
// A set's manifold is taken for the union of spheres around its rows, each reaching to the row's k-th nearest other.
//
//   precision  share of the generated within a sphere around something real
//   recall     share of the real within a sphere around something generated
//   density    in how many real spheres a generated row lies, over k: 1 for a good set, more for one of typical rows alone
//   coverage   share of the real whose sphere has something generated in it

import { nearestOthers, type Rows, rowCount, squaredDistance } from './neighbours';

export interface ManifoldScores {
  readonly precision: number;
  readonly recall: number;
  readonly density: number;
  readonly coverage: number;
}

/** What each paper takes. */
const PRECISION_K = 3;
const DENSITY_K = 5;

/** A set with its spheres' squared radii, made once and compared with several others. */
export interface Manifold {
  readonly rows: Rows;
  /** For k = 3 and for k = 5. */
  readonly precisionRadii: Float64Array;
  readonly densityRadii: Float64Array;
}

/** Rows of features; at least six. */
export function manifoldOf(rows: Rows): Manifold {
  const nearest = nearestOthers(rows, DENSITY_K);
  const radii = (k: number) =>
    Float64Array.from({ length: rowCount(rows) }, (_, i) => nearest[i * DENSITY_K + k - 1]!);
  return { rows, precisionRadii: radii(PRECISION_K), densityRadii: radii(DENSITY_K) };
}

export function compareManifolds(real: Manifold, generated: Manifold): ManifoldScores {
  const [realCount, count] = [rowCount(real.rows), rowCount(generated.rows)];
  const isPrecise = new Uint8Array(count);
  let [recalled, covered, hits] = [0, 0, 0];
  for (let i = 0; i < realCount; i++) {
    let [isRecalled, isCovered] = [0, 0];
    for (let j = 0; j < count; j++) {
      // The fifth nearest is no nearer than the third.
      const bound = Math.max(real.densityRadii[i]!, generated.precisionRadii[j]!);
      const distance = squaredDistance(real.rows, i, generated.rows, j, bound);
      if (distance <= real.precisionRadii[i]!) isPrecise[j] = 1;
      if (distance <= generated.precisionRadii[j]!) isRecalled = 1;
      if (distance <= real.densityRadii[i]!) {
        isCovered = 1;
        hits++;
      }
    }
    recalled += isRecalled;
    covered += isCovered;
  }
  return {
    precision: isPrecise.reduce((sum, x) => sum + x, 0) / count,
    recall: recalled / realCount,
    density: hits / (DENSITY_K * count),
    coverage: covered / realCount,
  };
}
