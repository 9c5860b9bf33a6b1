// The work of normalisations: statistics of rows, what becomes of each number, and the way back. See shaders/lib/normalize.wgsl.

import * as narrow from '../../shaders/normalize.wgsl';
import * as wide from '../../shaders/normalize4.wgsl';
import { linearGrid, NOTHING, type Slot, type Work, work } from '../gpu/work';
import { graft } from '../wgsl/graft';
import { specialize } from '../wgsl/specialize';
import { columnSums } from './columnSums';
import type { CurvatureSlots, IntoActivation, ProductEnding, ThroughActivation } from './layer';

/** Numbers as [groups, rows, columns]: what is normalised together are the rows of a group and column. */
export interface Normalization {
  readonly groups: number;
  readonly rows: number;
  readonly columns: number;
  /** What weight and bias belong to, where there are any. */
  readonly affine: 'columns' | 'rows' | undefined;
  readonly epsilon: number;
}

/** Running statistics, [columns] each: of one group after the other. */
export interface Running {
  readonly mean: Slot;
  readonly variance: Slot;
}

/** Rows that an invocation goes through where nothing has to be put together afterwards. */
const ROWS_EACH = 8;
/** Invocations that keep any adapter busy. */
const ENOUGH = 4096;

/** Words of the statistics: mean and inverse deviation of each group and column. */
export const statisticsLength = ({ groups, columns }: Normalization): number => 2 * groups * columns;

const kernelsOf = ({ columns }: Normalization) => (columns % 4 === 0 ? wide : narrow);
const lanesOf = ({ columns }: Normalization) => (columns % 4 === 0 ? columns / 4 : columns);

/** Parts whose sums are put together: about as many as there are blocks of rows in a part, so that neither takes long. */
function partsOf(normalization: Normalization): number {
  const { groups, rows } = normalization;
  const most = Math.ceil(Math.sqrt(rows / narrow.partStatistics.constants.BLOCK));
  return Math.max(1, Math.min(most, Math.ceil(ENOUGH / (groups * lanesOf(normalization)))));
}

function shapeOf(normalization: Normalization, parts: number) {
  const { groups, rows, epsilon } = normalization;
  return {
    groups,
    rows,
    columns: lanesOf(normalization),
    parts,
    epsilon,
    momentum: 0,
    share: 1 / rows,
    mode: narrow.normalize.constants.PLAIN as number,
    parameter: 0,
  };
}

const numbersIn = ({ groups, rows, columns }: Normalization): number => groups * rows * columns;

const partialSlot = ({ groups, columns }: Normalization, parts: number, of: string): Slot => ({
  name: `${of} in parts`,
  length: 2 * groups * parts * columns,
});

/** Mean and inverse deviation of `input` into `statistics`, and into running statistics where they are given. */
export function findStatistics(
  normalization: Normalization,
  input: Slot,
  statistics: Slot,
  running?: Running & { readonly momentum: number },
): Work[] {
  const { partStatistics, joinStatistics, joinBatchStatistics } = kernelsOf(normalization);
  const parts = partsOf(normalization);
  const partial = partialSlot(normalization, parts, statistics.name);
  const shape = shapeOf(normalization, parts);
  const places = normalization.groups * lanesOf(normalization);
  return [
    work(
      partStatistics,
      { shape, input, partial },
      linearGrid(places * parts, partStatistics),
      4 * numbersIn(normalization),
    ),
    running
      ? work(
          joinBatchStatistics,
          {
            shape: { ...shape, momentum: running.momentum },
            parts: partial,
            found: statistics,
            runningMean: running.mean,
            runningVariance: running.variance,
          },
          linearGrid(lanesOf(normalization), joinBatchStatistics),
        )
      : work(
          joinStatistics,
          { shape, parts: partial, found: statistics },
          linearGrid(places, joinStatistics),
        ),
  ];
}

/** Running statistics as `statistics`. */
export function takeStatistics(normalization: Normalization, running: Running, statistics: Slot): Work {
  const { takeRunningStatistics } = kernelsOf(normalization);
  return work(
    takeRunningStatistics,
    {
      shape: shapeOf(normalization, 1),
      runningMean: running.mean,
      runningVariance: running.variance,
      found: statistics,
    },
    linearGrid(lanesOf(normalization), takeRunningStatistics),
  );
}

const affineConstant = ({ affine }: Normalization): number => {
  const { COLUMNS, ROWS, NOTHING: NEITHER } = narrow.normalize.constants;
  return affine === 'columns' ? COLUMNS : affine === 'rows' ? ROWS : NEITHER;
};

const FUNCTIONS = ['activation', 'derivative'];

/** output = (input − mean)/deviation · weight + bias. */
export function normalized(
  normalization: Normalization,
  slots: {
    readonly input: Slot;
    readonly statistics: Slot;
    readonly weight?: Slot | undefined;
    readonly bias?: Slot | undefined;
    readonly output: Slot;
    readonly into?: IntoActivation | undefined;
  },
): Work {
  const { input, statistics, output, into } = slots;
  // Read-only bindings that are not used get what is bound anyway.
  const { weight = statistics, bias = statistics } = slots;
  const { normalize } = kernelsOf(normalization);
  const { PLAIN, INTO, ONWARD } = normalize.constants;
  const kernel = specialize(ended(normalize, into?.ending), { AFFINE: affineConstant(normalization) });
  const parts = Math.ceil(normalization.rows / ROWS_EACH);
  return work(
    kernel,
    {
      shape: {
        ...shapeOf(normalization, parts),
        mode: into ? (into.keep ? INTO : ONWARD) : PLAIN,
        parameter: into?.ending.parameter ?? 0,
      },
      input,
      statistics,
      weight,
      bias,
      // What is not kept has no slot of its own to be written to.
      output: into && !into.keep ? NOTHING : output,
      activated: into?.activated ?? NOTHING,
    },
    linearGrid(normalization.groups * parts * lanesOf(normalization), kernel),
    4 * numbersIn(normalization),
  );
}

const ended = <K extends typeof narrow.normalize | typeof narrow.normalizeBack>(
  kernel: K,
  ending: ProductEnding | undefined,
): K => (ending ? (graft(kernel as never, ending.functions, FUNCTIONS) as unknown as K) : kernel);

interface GradientSlots {
  readonly input: Slot;
  readonly statistics: Slot;
  readonly weight?: Slot | undefined;
  readonly outputGrad: Slot;
  /** [groups, columns]: Σ g and Σ g · x̂, of `findGradSums`. */
  readonly gradSum: Slot;
  readonly productSum: Slot;
  /** True on the way back, where a row's weight is met first; false for tangents. */
  readonly weightFirst: boolean;
}

const weightFirstConstant = ({ affine }: Normalization, weightFirst: boolean): number =>
  affine === 'rows' && weightFirst ? 1 : 0;

/** Σ g and Σ g · x̂ over the rows; g is the output's gradient, times the weight where it `weightFirst` belongs to rows. */
export function findGradSums(normalization: Normalization, slots: GradientSlots): Work[] {
  const { input, statistics, weight = statistics, outputGrad, gradSum, productSum, weightFirst } = slots;
  const { partGradSums, joinGradSums } = kernelsOf(normalization);
  const parts = partsOf(normalization);
  const partial = partialSlot(normalization, parts, productSum.name);
  const shape = shapeOf(normalization, parts);
  const places = normalization.groups * lanesOf(normalization);
  const kernel = specialize(partGradSums, {
    AFFINE: affineConstant(normalization),
    WEIGHT_FIRST: weightFirstConstant(normalization, weightFirst),
  });
  return [
    work(
      kernel,
      { shape, input, statistics, weight, outputGrad, partial },
      linearGrid(places * parts, kernel),
      5 * numbersIn(normalization),
    ),
    work(
      joinGradSums,
      { shape, parts: partial, gradSums: gradSum, productSums: productSum },
      linearGrid(places, joinGradSums),
    ),
  ];
}

/** The gradient of the input, or the tangent of the output; `constant` where the statistics are not the input's own. */
export function normalizedBack(
  normalization: Normalization,
  slots: GradientSlots & {
    readonly inputGrad: Slot;
    readonly constant?: boolean;
    readonly through?: ThroughActivation | undefined;
  },
): Work {
  const { input, statistics, weight = statistics, outputGrad, gradSum, productSum, weightFirst } = slots;
  const { inputGrad, constant, through } = slots;
  const { normalizeBack } = kernelsOf(normalization);
  const { PLAIN, BACK } = normalizeBack.constants;
  const kernel = specialize(ended(normalizeBack, through?.ending), {
    AFFINE: affineConstant(normalization),
    WEIGHT_FIRST: weightFirstConstant(normalization, weightFirst),
  });
  const parts = Math.ceil(normalization.rows / ROWS_EACH);
  const shape = shapeOf(normalization, parts);
  return work(
    kernel,
    {
      shape: {
        ...shape,
        share: constant ? 0 : shape.share,
        mode: through ? BACK : PLAIN,
        parameter: through?.ending.parameter ?? 0,
      },
      input,
      statistics,
      weight,
      outputGrad,
      gradSum,
      productSum,
      preactivation: through?.preactivation ?? input,
      inputGrad,
    },
    linearGrid(normalization.groups * parts * lanesOf(normalization), kernel),
    7 * numbersIn(normalization),
  );
}

/** inputTangent → outputTangent: the way back is its own transpose, but for the place of the weight. */
export function normalizedTangent(
  normalization: Normalization,
  slots: Pick<GradientSlots, 'input' | 'statistics' | 'weight'> & {
    readonly inputTangent: Slot;
    readonly outputTangent: Slot;
    readonly constant?: boolean;
    readonly through?: ThroughActivation | undefined;
  },
): Work[] {
  const { inputTangent, outputTangent, constant, through, ...rest } = slots;
  const sums = (name: string): Slot => ({ name, length: normalization.groups * normalization.columns });
  const gradients: GradientSlots = {
    ...rest,
    outputGrad: inputTangent,
    gradSum: sums('Σ ẋ'),
    productSum: sums('Σ ẋ·x̂'),
    weightFirst: false,
  };
  return [
    ...findGradSums(normalization, gradients),
    normalizedBack(normalization, {
      ...gradients,
      inputGrad: outputTangent,
      through,
      ...(constant !== undefined && { constant }),
    }),
  ];
}

/**
 * A layer's `curvature`, where statistics are the input's own. The gradient of the weight is the sums of the columns of
 * [weightRows, weights] terms.
 */
export function normalizedCurvature(
  normalization: Normalization,
  slots: CurvatureSlots,
  { weightRows, weights }: { readonly weightRows: number; readonly weights: number },
): Work[] {
  const { input, outputGrad, inputTangent, parameterGrads } = slots;
  const { weight } = slots.parameters;
  const statistics = slots.saved.statistics!;
  const { inputGrad = { name: 'unused', length: input.length } } = slots;
  const weightTerms: Slot = { name: 'curvature by weight', length: input.length };
  const { crossTerms, joinCurvatureMeans, normalizeCurvature } = kernelsOf(normalization);
  const { groups, rows, columns } = normalization;
  const slot = (name: string, each = 1): Slot => ({ name, length: each * groups * columns });
  const sumsOf = (numbers: Slot, weightFirst: boolean) => ({
    input,
    statistics,
    weight,
    outputGrad: numbers,
    gradSum: slot(`Σ ${numbers.name}`),
    productSum: slot(`Σ ${numbers.name} · x̂`),
    weightFirst,
  });
  const cross: Slot = { name: 'g · ẋ', length: numbersIn(normalization) };
  const [ofGrad, ofTangent, ofCross] = [
    sumsOf(outputGrad, true),
    sumsOf(inputTangent, false),
    sumsOf(cross, true),
  ];
  const curvatureMeans = slot('means of the curvature', 5);
  const parts = Math.ceil(rows / ROWS_EACH);
  const shape = shapeOf(normalization, parts);
  const everywhere = (kernel: typeof crossTerms | typeof normalizeCurvature) =>
    linearGrid(groups * parts * lanesOf(normalization), kernel);
  const kernel = specialize(normalizeCurvature, {
    AFFINE: affineConstant(normalization),
    WEIGHT_FIRST: weightFirstConstant(normalization, true),
  });
  return [
    work(crossTerms, { shape, outputGrad, inputTangent, output: cross }, everywhere(crossTerms)),
    ...[ofGrad, ofTangent, ofCross].flatMap((sums) => findGradSums(normalization, sums)),
    work(
      joinCurvatureMeans,
      {
        shape,
        gradSum: ofGrad.gradSum,
        productSum: ofGrad.productSum,
        tangentSum: ofTangent.gradSum,
        tangentProductSum: ofTangent.productSum,
        crossSum: ofCross.gradSum,
        means: curvatureMeans,
      },
      linearGrid(groups * lanesOf(normalization), joinCurvatureMeans),
    ),
    work(
      kernel,
      {
        shape,
        input,
        statistics,
        weight: weight ?? statistics,
        outputGrad,
        inputTangent,
        curvatureMeans,
        inputGrad,
        output: weightTerms,
      },
      everywhere(kernel),
      20 * numbersIn(normalization),
    ),
    ...(parameterGrads?.weight ? columnSums(weightTerms, weightRows, weights, parameterGrads.weight) : []),
  ];
}

/** outputGrad · x̂ for every number: what `columnSums` makes the gradient of weights of, where they belong to rows. */
export function weightGradWork(
  normalization: Normalization,
  slots: {
    readonly input: Slot;
    readonly statistics: Slot;
    readonly outputGrad: Slot;
    readonly output: Slot;
  },
): Work {
  const { weightGradTerms } = kernelsOf(normalization);
  const parts = Math.ceil(normalization.rows / ROWS_EACH);
  return work(
    weightGradTerms,
    { shape: shapeOf(normalization, parts), ...slots },
    linearGrid(normalization.groups * parts * lanesOf(normalization), weightGradTerms),
    3 * numbersIn(normalization),
  );
}
