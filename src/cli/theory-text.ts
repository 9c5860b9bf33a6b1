// The theory experiments as text for a terminal: what was done, a table, and what was wanted.

import type { Check } from '../theory/check';
import { type DampedResult, DIRAC_TOLERANCES, type DiracResult } from '../theory/dirac';
import type { Complex } from '../theory/dirac-theory';
import { DISTANCE_TOLERANCES, type DistanceResult } from '../theory/distance';
import type { TheoryResults } from '../theory/index';
import { OBJECTIVE_TOLERANCES, type ObjectiveResult } from '../theory/objectives';
import { type DiscriminatorResult, LARGEST_ERROR_MASS, TOLERANCES } from '../theory/optimal-discriminator';

/** Lines of all experiments that were run, and a verdict. */
export function theoryText(results: TheoryResults): string[] {
  const { settings, optimum, equilibrium, dirac, damping, objectives, distance, pass } = results;
  const lines: string[] = [];
  const section = (
    heading: string,
    text: readonly string[],
    table: string[],
    checked: readonly Checked[],
  ) => {
    if (checked.length === 0) return;
    lines.push(heading, ...text.map((line) => `   ${line}`), '', ...table.map((line) => `   ${line}`));
    lines.push(...checked.flatMap(failures).map((line) => `   ${line}`), '');
  };
  section(
    '(a) The best discriminator',
    [
      'G is held, so that p_G is a known normal; D alone is trained: ' +
        `${settings.updates} updates, batches of ${settings.batchSize} a side.`,
      'It should become D* = p_data / (p_data + p_G), and V(D, G) should reach −2 log 2 + 2 JS. Wanted:',
      `|D − D*|, weighted by (p_data + p_G)/2, at most ${TOLERANCES.weightedError}; V by quadrature at most ` +
        `${TOLERANCES.value} below the formula and never above it;`,
      `V by the trainer's batches within ${TOLERANCES.batchValue} and four standard errors. ` +
        `The largest |D − D*| is of where ${100 * LARGEST_ERROR_MASS} % of both lie.`,
    ],
    optimumTable(optimum),
    optimum,
  );
  section(
    '(b) The goal of the game',
    [
      'G is held at p_G = p_data, and D starts out believing everything. It should come to say ½ everywhere, and V',
      `to be −log 4 = ${number(-Math.log(4), 4)}. Wanted: V within ${TOLERANCES.equilibrium}, by quadrature and by batches.`,
    ],
    optimumTable(equilibrium),
    equilibrium,
  );
  section(
    '(c) The Dirac-GAN',
    [
      'Real data at 0, generated at θ, D(x) = σ(ψx). Near (0, 0) simultaneous steps spiral outwards, alternating ones',
      'circle, if small enough. Wanted: growth and turn a step as in closed form, to ' +
        `${exponent(DIRAC_TOLERANCES.growth)} and ${exponent(DIRAC_TOLERANCES.angle)} rad; and the`,
      `trainer's trajectories from near and from (0, 1) within ${exponent(DIRAC_TOLERANCES.trajectory)} of float64's, relatively.`,
    ],
    diracTable(dirac),
    dirac,
  );
  section(
    '(d) The Dirac-GAN of each loss, with R1',
    [
      "R1 adds γ/2·ψ² to D's loss. In the limit of small steps the game near (0, 0) then has the eigenvalues",
      'λ = −γ/2 ± √(γ²/4 − f′(0)²); simultaneous steps of one size h have 1 + hλ, which is measured. Wanted: real and',
      `imaginary parts within ${exponent(DIRAC_TOLERANCES.eigenvalue)}, and trajectories as in (c).`,
    ],
    dampingTable(damping),
    damping,
  );
  section(
    '(e) What D of each loss comes to',
    [
      `As in (a), on the line, with p = p_data, q = p_G and D's logit r. Wanted: D at most ${OBJECTIVE_TOLERANCES.distance} from the best,`,
      `its loss by quadrature at most ${OBJECTIVE_TOLERANCES.loss} above the least there is and never below it, by batches within`,
      `${OBJECTIVE_TOLERANCES.batches} and four standard errors of that, and V by batches likewise of V by quadrature, for V is V whatever the loss.`,
    ],
    objectivesTable(objectives),
    objectives,
  );
  section(
    '(f) The distance that a Wasserstein critic finds',
    [
      'As in (a), on the line, with the penalty λ·E(|f′| − 1)². The best critic then has the slope sign(w)·(1 + |w|/(2λm)),',
      'w being the difference of the cumulative functions and m the density of the points between, and its difference of',
      `means is W₁ + ∫ w²/m /(2λ), which comes to W₁ as λ grows. Wanted: that within ${100 * DISTANCE_TOLERANCES.difference} %, f within ${DISTANCE_TOLERANCES.critic}·W₁ of f*.`,
    ],
    distanceTable(distance),
    distance,
  );
  const count = [optimum, equilibrium, dirac, damping, objectives, distance].flat().length;
  lines.push(
    pass ? `All ${count} agree with the mathematics.` : 'The trainer does not agree with the mathematics.',
  );
  return lines;
}

interface Checked {
  readonly checks: readonly Check[];
}

const passes = ({ checks }: Checked) => (checks.every(({ pass }) => pass) ? 'yes' : 'NO');

const failures = ({ checks }: Checked) =>
  checks
    .filter(({ pass }) => !pass)
    .map(({ what, measured, low, high }) => `NO: ${what} is ${measured}; from ${low} to ${high} was wanted.`);

function optimumTable(results: readonly DiscriminatorResult[]): string[] {
  return table(
    [
      ['', 'p_G to p_data', 'JS', 'V by', 'V by', 'V by', '|D − D*|', '|D − D*|', ''],
      ['', '', '(nats)', 'formula', 'quadrature', 'batches', 'weighted', 'largest', 'agrees'],
      ...results.map((result) => [
        `${result.dimensions}-D`,
        result.pair.name,
        number(result.js, 4),
        number(result.optimalValue, 4),
        number(result.value, 4),
        `${number(result.batchValue.mean, 4)} ± ${number(result.batchValue.standardError, 4)}`,
        number(result.weightedError, 4),
        number(result.largestError, 4),
        passes(result),
      ]),
    ],
    2,
  );
}

function diracTable(results: readonly DiracResult[]): string[] {
  return table(
    [
      ['steps', 'loss', 'k', 'h_D', 'h_G', 'growth', 'closed', 'turn (rad)', 'closed', 'off float64', '', ''],
      ['', '', '', '', '', 'measured', 'form', 'measured', 'form', 'near', 'wide', 'agrees'],
      ...results.map((result) => [
        result.setting.steps,
        result.setting.loss,
        String(result.setting.discriminatorSteps),
        String(result.setting.discriminatorRate),
        String(result.setting.generatorRate),
        number(result.measured.growth, 7),
        number(result.expected.growth, 7),
        number(result.measured.angle, 7),
        number(result.expected.angle, 7),
        exponent(result.near.error),
        exponent(result.wide.error),
        passes(result),
      ]),
    ],
    2,
  );
}

function dampingTable(results: readonly DampedResult[]): string[] {
  return table(
    [
      ['loss', 'γ', 'h', 'λ₁', 'closed', 'λ₂', 'closed', 'off float64', '', ''],
      ['', '', '', 'measured', 'form', 'measured', 'form', 'near', 'wide', 'agrees'],
      ...results.map((result) => [
        result.setting.loss,
        String(result.setting.gamma),
        String(result.setting.discriminatorRate),
        complex(result.measured[0]),
        complex(result.expected[0]),
        complex(result.measured[1]),
        complex(result.expected[1]),
        exponent(result.near.error),
        exponent(result.wide.error),
        passes(result),
      ]),
    ],
    1,
  );
}

function objectivesTable(results: readonly ObjectiveResult[]): string[] {
  return table(
    [
      [
        'loss',
        'p_G to p_data',
        'the best D',
        'its loss',
        '',
        'loss of D,',
        'by',
        'D from',
        'V by',
        'V by',
        '',
      ],
      ['', '', '', '', '', 'quadrature', 'batches', 'the best', 'quadrature', 'batches', 'agrees'],
      ...results.map((result) => [
        aimName(result),
        result.pair.name,
        result.objective.best,
        result.objective.lowest,
        number(result.lowestLoss, 4),
        number(result.loss, 4),
        `${number(result.batchLoss.mean, 4)} ± ${number(result.batchLoss.standardError, 4)}`,
        number(result.distance, 4),
        number(result.value, 4),
        number(result.batchValue.mean, 4),
        passes(result),
      ]),
    ],
    4,
  );
}

const aimName = ({ objective: { aim } }: ObjectiveResult) =>
  aim.labelSmoothing ? `${aim.loss}, labels 1 − ${aim.labelSmoothing}` : aim.loss;

function distanceTable(results: readonly DistanceResult[]): string[] {
  return table(
    [
      ['p_G to p_data', 'λ', 'W₁', 'difference', 'by', 'by', '|f − f*|', ''],
      ['', '', '', 'closed form', 'quadrature', 'batches', '', 'agrees'],
      ...results.map((result) => [
        result.pair.name,
        String(result.lambda),
        number(result.distance, 4),
        number(result.expected, 4),
        number(result.difference, 4),
        `${number(result.batchDifference.mean, 4)} ± ${number(result.batchDifference.standardError, 4)}`,
        number(result.criticError, 4),
        passes(result),
      ]),
    ],
    1,
  );
}

/** Columns as wide as their widest cell; the first `words` columns flush left, numbers flush right. */
function table(rows: readonly (readonly string[])[], words: number): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column < words ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!)))
      .join('  ')
      .trimEnd(),
  );
}

/** With a real minus sign, and none before a number that rounds to 0. */
function number(x: number, digits: number): string {
  const text = x.toFixed(digits);
  return (Number(text) === 0 ? text.replace('-', '') : text).replace('-', '−');
}

/** A real number where the imaginary part rounds to 0. */
function complex({ re, im }: Complex): string {
  const imaginary = number(Math.abs(im), 5);
  if (Number(imaginary) === 0) return number(re, 5);
  return `${number(re, 5)} ${im < 0 ? '−' : '+'} ${imaginary}i`;
}

const exponent = (x: number) => x.toExponential(0);
