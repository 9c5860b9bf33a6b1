// The theory experiments as figures: D beside D*, V beside its formula, and the Dirac-GAN's orbits.

import { fieldColour } from '../export/picture';
import { type HeatMap, type Mark, type Panel, type Point, svg, type Tone } from '../export/svg';
import { affineImage } from '../math/gaussian';
import type { DampedResult, DiracResult, Trajectory } from '../theory/dirac';
import type { DiracPoint } from '../theory/dirac-theory';
import type { TheoryResults } from '../theory/index';
import { type DiscriminatorResult, type Profile, TOLERANCES } from '../theory/optimal-discriminator';
import { realGaussian } from '../theory/pairs';

/** SVG texts by file name, of the experiments that were run. */
export function theoryFigures({
  optimum,
  equilibrium,
  profiles,
  dirac,
  damping,
}: TheoryResults): Map<string, string> {
  const figures = new Map<string, string>();
  const trained = optimum.map((result, i): Trained => ({ result, profile: profiles[i]! }));
  const [line, plane] = [1, 2].map((dimensions) =>
    trained.filter(({ result }) => result.dimensions === dimensions),
  );
  if (line!.length > 0) figures.set('discriminator-1d.svg', lineFigure(line!));
  if (plane!.length > 0) figures.set('discriminator-2d.svg', planeFigure(plane!));
  if (optimum.length + equilibrium.length > 0)
    figures.set('value.svg', valueFigure([...optimum, ...equilibrium]));
  if (dirac.length > 0) figures.set('dirac.svg', diracFigure(dirac));
  if (damping.length > 0) figures.set('damping.svg', dampingFigure(damping));
  return figures;
}

interface Trained {
  readonly result: DiscriminatorResult;
  readonly profile: Profile;
}

const caption = (result: DiscriminatorResult) =>
  `${result.pair.name}: JS ${result.js.toFixed(3).replace('-', '')}, |D − D*| ${result.weightedError.toFixed(4)}`;

function lineFigure(trained: readonly Trained[]): string {
  return svg({
    title: 'D after training, beside D* = p_data / (p_data + p_G)',
    caption:
      'One dimension. G is held, D is trained alone. |D − D*| in the headings is weighted by (p_data + p_G)/2.',
    legend: [
      { text: 'D*, the best there is', tone: 'quiet', shape: 'line' },
      { text: 'D, trained', tone: 'ink', shape: 'dashed' },
      { text: 'p_data', tone: 'data', shape: 'area' },
      { text: 'p_G', tone: 'generated', shape: 'area' },
    ],
    rows: chunks(trained, 3).flatMap((row) => [row.map(curvePanel), row.map(errorPanel)]),
  });
}

function curvePanel({ result, profile }: Trained): Panel {
  const { points, discriminator, optimum, data, generated } = profile;
  const highest = Math.max(...data, ...generated);
  const along = (values: ArrayLike<number>, scale = 1): Point[] =>
    Array.from(points, (x, i) => [x, values[i]! * scale]);
  return {
    title: caption(result),
    x: lineAxis(profile),
    y: { low: 0, high: 1, label: 'D(x)' },
    width: 360,
    height: 170,
    marks: [
      { type: 'area', tone: 'data', points: along(data, 0.9 / highest) },
      { type: 'area', tone: 'generated', points: along(generated, 0.9 / highest) },
      { type: 'line', tone: 'quiet', points: along(optimum) },
      { type: 'line', tone: 'ink', dashed: true, points: along(discriminator) },
    ],
  };
}

function errorPanel({ profile }: Trained): Panel {
  const { points, discriminator, optimum } = profile;
  return {
    x: { ...lineAxis(profile), label: 'x' },
    y: { low: -0.05, high: 0.05, label: 'D − D*' },
    width: 360,
    height: 60,
    marks: [
      {
        type: 'line',
        tone: 'ink',
        points: Array.from(points, (x, i) => [x, discriminator[i]! - optimum[i]!]),
      },
    ],
  };
}

const lineAxis = ({ box }: Profile) => ({ low: box.low[0]!, high: box.high[0]! });

const SIDE = 190;

function planeFigure(trained: readonly Trained[]): string {
  return svg({
    title: 'D after training, beside D* = p_data / (p_data + p_G)',
    caption:
      'Two dimensions. Ellipses: one and two standard deviations. |D − D*| is black from 0.1 on; in the headings it is weighted ' +
      'by (p_data + p_G)/2.',
    legend: [
      { text: 'p_data', tone: 'data', shape: 'line' },
      { text: 'p_G', tone: 'generated', shape: 'dashed' },
    ],
    rows: chunks(trained, 2).map((pair) => pair.flatMap(planePanels)),
  });
}

function planePanels({ result, profile }: Trained): Panel[] {
  const { box, columns, discriminator, optimum } = profile;
  const panel = (
    values: ArrayLike<number>,
    colour: HeatMap['colour'],
    label: string,
    marks: readonly Mark[],
    title?: string,
  ): Panel => ({
    ...(title && { title }),
    x: { low: box.low[0]!, high: box.high[0]!, label },
    y: { low: box.low[1]!, high: box.high[1]! },
    width: SIDE,
    height: Math.round((SIDE * (box.high[1]! - box.low[1]!)) / (box.high[0]! - box.low[0]!)),
    marks: [{ type: 'heat', columns, values, colour }, ...marks],
  });
  const errors = optimum.map((best, i) => Math.abs(discriminator[i]! - best) / 0.1);
  return [
    panel(optimum, fieldColour, 'D*', outlines(result, 'print', 'print'), caption(result)),
    panel(discriminator, fieldColour, 'D, trained', outlines(result, 'print', 'print')),
    panel(errors, grey, '|D − D*|', outlines(result, 'data', 'generated')),
  ];
}

const grey = (share: number) =>
  `rgb(${Array(3)
    .fill(Math.round(255 * (1 - share)))
    .join(', ')})`;

/** Where the real and, dashed, the generated normal reach one and two standard deviations. */
function outlines({ pair }: DiscriminatorResult, real: Tone, generatedTone: Tone): Mark[] {
  const { mean, covariance } = affineImage(pair.generator);
  const data = realGaussian(pair);
  return [1, 2].flatMap((deviations): Mark[] => [
    { type: 'line', tone: real, points: ellipse(data.mean, data.covariance, deviations) },
    { type: 'line', tone: generatedTone, dashed: true, points: ellipse(mean, covariance, deviations) },
  ]);
}

/** The image of a circle under the covariance's Cholesky factor. */
function ellipse(mean: readonly number[], covariance: readonly number[], deviations: number): Point[] {
  const a = Math.sqrt(covariance[0]!);
  const b = covariance[2]! / a;
  const c = Math.sqrt(covariance[3]! - b * b);
  return Array.from({ length: 65 }, (_, i): Point => {
    const angle = (i / 64) * 2 * Math.PI;
    const [u, v] = [deviations * Math.cos(angle), deviations * Math.sin(angle)];
    return [mean[0]! + a * u, mean[1]! + b * u + c * v];
  });
}

function valueFigure(results: readonly DiscriminatorResult[]): string {
  const js = { low: -0.02, high: 0.72, label: 'JS(p_data ‖ p_G), nats' };
  const below = (value: number, result: DiscriminatorResult) => value - result.optimalValue;
  const spread = ({ batchValue }: DiscriminatorResult) => 2 * batchValue.standardError;
  const across = (y: number): Point[] => [
    [js.low, y],
    [js.high, y],
  ];
  return svg({
    title: 'V(D, G) of the trained D, beside −2 log 2 + 2 JS',
    caption: 'G is held, D is trained alone. Bars: two standard errors of the estimate from batches.',
    legend: [
      { text: 'the formula', tone: 'quiet', shape: 'line' },
      { text: 'by quadrature', tone: 'data', shape: 'dot' },
      { text: "by the trainer's batches", tone: 'generated', shape: 'dot' },
    ],
    rows: [
      [
        {
          title: 'V',
          x: js,
          y: { low: -1.5, high: 0.1, label: 'V, nats' },
          width: 400,
          height: 300,
          marks: [
            {
              type: 'line',
              tone: 'quiet',
              points: [
                [0, -2 * Math.LN2],
                [Math.LN2, 0],
              ],
            },
            {
              type: 'dots',
              tone: 'generated',
              radius: 4,
              points: results.map((r) => [r.js, r.batchValue.mean]),
            },
            { type: 'dots', tone: 'data', radius: 2.5, points: results.map((r) => [r.js, r.value]) },
          ],
        },
        {
          title: 'V less the formula',
          x: js,
          y: { low: -0.03, high: 0.03, label: 'nats' },
          width: 400,
          height: 300,
          marks: [
            {
              type: 'line',
              tone: 'quiet',
              points: across(0),
            },
            {
              type: 'line',
              tone: 'quiet',
              dashed: true,
              points: across(-TOLERANCES.value),
            },
            {
              type: 'ranges',
              tone: 'generated',
              ranges: results.map((r) => {
                const at = below(r.batchValue.mean, r);
                return [r.js, at - spread(r), at + spread(r)];
              }),
            },
            {
              type: 'dots',
              tone: 'generated',
              points: results.map((r) => [r.js, below(r.batchValue.mean, r)]),
            },
            { type: 'dots', tone: 'data', points: results.map((r) => [r.js, below(r.value, r)]) },
          ],
        },
      ],
    ],
  });
}

function diracFigure(results: readonly DiracResult[]): string {
  return svg({
    title: 'The Dirac-GAN on the trainer, beside float64 and the closed form',
    caption:
      'Above: the trainer’s steps from (0, 1). Below: how the distance from the equilibrium grows near it, in e-folds.',
    legend: [
      { text: 'the trainer', tone: 'generated', shape: 'dot' },
      { text: 'float64; the closed form', tone: 'ink', shape: 'line' },
    ],
    rows: chunks(results, 3).flatMap((row) => [row.map(orbitPanel), row.map(growthPanel)]),
  });
}

function dampingFigure(results: readonly DampedResult[]): string {
  return svg({
    title: 'The Dirac-GAN with R1 on the trainer, beside float64',
    caption:
      'Simultaneous steps of one size from (0, 1). Without R1 they go round and out, with it they come to rest at (0, 0).',
    legend: [
      { text: 'the trainer', tone: 'generated', shape: 'dot' },
      { text: 'float64', tone: 'ink', shape: 'line' },
    ],
    rows: chunks(results, 3).map((row) => row.map(orbitPanel)),
  });
}

function orbitPanel({ setting, wide }: Pick<DiracResult, 'setting' | 'wide'>): Panel {
  const reach = 1.05 * Math.max(...wide.exact.flatMap((point) => point.map(Math.abs)));
  const { steps, loss, discriminatorRate, generatorRate, discriminatorSteps, gamma } = setting;
  const k = discriminatorSteps > 1 ? `, k = ${discriminatorSteps}` : '';
  return {
    title:
      gamma === undefined
        ? `${steps}, ${loss}, h ${discriminatorRate} and ${generatorRate}${k}`
        : `${loss}, γ = ${gamma}`,
    x: { low: -reach, high: reach, label: 'ψ, of D' },
    y: { low: -reach, high: reach, label: 'θ, of G' },
    width: 290,
    height: 290,
    marks: [
      { type: 'line', tone: 'ink', points: wide.exact },
      { type: 'dots', tone: 'generated', radius: 2, points: wide.measured },
    ],
  };
}

function growthPanel(result: DiracResult): Panel {
  const steps = result.near.measured.length - 1;
  const slope = Math.log(result.expected.growth);
  const measured = growth(result, result.near);
  // Through the end: where a step flips sides, the first few still turn towards the direction that grows.
  const last = measured.at(-1)![1];
  const line: Point[] = [
    [0, last - slope * steps],
    [steps, last],
  ];
  const values = [...measured, ...line].map(([, y]) => y);
  const margin = Math.max(0.1, (Math.max(...values) - Math.min(...values)) * 0.1);
  return {
    x: { low: 0, high: steps, label: 'steps' },
    y: { low: Math.min(...values) - margin, high: Math.max(...values) + margin, label: 'log growth' },
    width: 290,
    height: 90,
    marks: [
      {
        type: 'line',
        tone: 'ink',
        points: line,
      },
      { type: 'dots', tone: 'generated', radius: 1.5, points: measured },
    ],
  };
}

/** log of the distance from the equilibrium, relative to the start, in the norm whose circles the step's orbits are. */
function growth({ setting }: DiracResult, { measured }: Trajectory): Point[] {
  const a = (setting.discriminatorSteps * setting.discriminatorRate) / 2;
  const b = setting.generatorRate / 2;
  // Alternating steps keep b ψ² − ab ψθ + a θ², simultaneous ones turn circles of b ψ² + a θ² into larger ones.
  const mixed = setting.steps === 'alternating' && a * b < 4 ? a * b : 0;
  const norm = ([psi, theta]: DiracPoint) =>
    Math.sqrt(b * psi * psi - mixed * psi * theta + a * theta * theta);
  const start = norm(measured[0]!);
  return measured.map((point, t) => [t, Math.log(norm(point) / start)]);
}

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, i) => list.slice(i * size, (i + 1) * size));
