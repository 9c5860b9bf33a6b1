// Race specimens of the products that share their loads through workgroup memory: two tiles each way, two rounds of depth.

import { workgroupProduct, workgroupWeightGrad } from '../../shaders/workgroupProduct.wgsl';
import { type RaceSpecimen, raceSpecimen } from '../wgsl/races';
import { specialize } from '../wgsl/specialize';

const TILE = { GROUP: 2, EACH: 2 };
const [ROWS, CHANNELS, COLUMNS] = [5, 3, 6];
const small = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => ((i * 7 + seed) % 11) - 5);

const left = small(ROWS * CHANNELS, 1);
const right = small(CHANNELS * COLUMNS, 2);
const bias = small(COLUMNS, 3);
const outputGrad = small(ROWS * COLUMNS, 4);
const sum = (length: number, term: (i: number) => number) =>
  Array.from({ length }, (_, i) => term(i)).reduce((total, x) => total + x, 0);
const product = Array.from({ length: ROWS * COLUMNS }, (_, i) => {
  const [row, column] = [Math.floor(i / COLUMNS), i % COLUMNS];
  return bias[column]! + sum(CHANNELS, (c) => left[row * CHANNELS + c]! * right[c * COLUMNS + column]!);
});
/** Of the weight's gradient: four of the five rows, and the last one. */
const PART = 4;
const partSum = (part: number, term: (row: number) => number) =>
  sum(Math.min(PART, ROWS - part * PART), (r) => term(part * PART + r));
const weightGrad = Array.from({ length: 2 * CHANNELS * COLUMNS }, (_, i) => {
  const [channel, column] = [Math.floor(i / COLUMNS) % CHANNELS, i % COLUMNS];
  return partSum(
    Math.floor(i / COLUMNS / CHANNELS),
    (r) => left[r * CHANNELS + channel]! * outputGrad[r * COLUMNS + column]!,
  );
});
const biasGrad = Array.from({ length: 2 * COLUMNS }, (_, i) =>
  partSum(Math.floor(i / COLUMNS), (r) => outputGrad[r * COLUMNS + (i % COLUMNS)]!),
);

const specimens: readonly RaceSpecimen[] = [
  raceSpecimen({
    kernel: specialize(workgroupProduct, TILE),
    grid: [2, 2, 1],
    tolerance: 0,
    bindings: {
      left,
      right,
      bias,
      product: new Float32Array(ROWS * COLUMNS),
      preactivation: new Float32Array(4),
      shape: {
        batch: ROWS,
        sourceHeight: 1,
        sourceWidth: 1,
        resultHeight: 1,
        resultWidth: 1,
        channels: CHANNELS,
        columns: COLUMNS,
        kernel: 1,
        stride: 1,
        padding: 0,
        biased: 1,
        keep: 0,
        parameter: 0,
      },
    },
    expected: { product },
  }),
  raceSpecimen({
    kernel: specialize(workgroupWeightGrad, TILE),
    grid: [2, 1, 2],
    tolerance: 0,
    bindings: {
      input: left,
      outputGrad,
      weightGrad: new Float32Array(weightGrad.length),
      biasGrad: new Float32Array(biasGrad.length),
      window: {
        batch: ROWS,
        inputHeight: 1,
        inputWidth: 1,
        inputs: CHANNELS,
        height: 1,
        width: 1,
        outputs: COLUMNS,
        kernel: 1,
        stride: 1,
        padding: 0,
        biased: 1,
        partPixels: PART,
      },
    },
    expected: { weightGrad, biasGrad },
  }),
];

export default specimens;
