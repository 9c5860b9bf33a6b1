// The theory experiments as text for a terminal: what was done, a table, and what was wanted.

import type { Check } from '../theory/check';
import { DIRAC_TOLERANCES, type DiracResult } from '../theory/dirac';
import type { TheoryResults } from '../theory/index';
import { type DiscriminatorResult, LARGEST_ERROR_MASS, TOLERANCES } from '../theory/optimal-discriminator';

/** Lines of all experiments that were run, and a verdict. */
export function theoryText(results: TheoryResults): string[] {
  const { settings, optimum, equilibrium, dirac, pass } = results;
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
  const count = optimum.length + equilibrium.length + dirac.length;
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

const exponent = (x: number) => x.toExponential(0);
