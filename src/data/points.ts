// points: a list of the user's own points, one or two numbers each, drawn with replacement.

import Papa from 'papaparse';
import * as v from 'valibot';
import { drawBatch } from '../../shaders/points.wgsl';
import { UserError } from '../math/errors';
import { numberFrom } from '../math/ranges';
import { specialize } from '../wgsl/specialize';
import { defineData, sampleWork } from './source';

const wanted = 'a list of points would do, [[x], …] or [[x, y], …], all with as many finite numbers';

export default defineData({
  source: 'points',
  summary: 'A list of your own points, one or two numbers each, drawn with replacement.',
  formula: 'x = xᵢ + N(0, jitter² I),  i drawn evenly',
  schema: v.pipe(
    v.strictObject({
      source: v.literal('points'),
      /** Whoever reads it fills in `points`. */
      file: v.optional(
        v.pipe(
          v.string('the name of a CSV file would do'),
          v.description('Where the points come from: a CSV file with one or two columns.'),
        ),
      ),
      points: v.optional(
        v.pipe(
          v.custom<readonly (readonly number[])[]>(isPoints, wanted),
          v.description('The points themselves, where there is no file: [[x, y], …].'),
        ),
      ),
      jitter: v.optional(
        v.pipe(
          numberFrom(0, 100),
          v.description('Standard deviation of a normal that is added to every drawn point.'),
        ),
        0,
      ),
    }),
    v.forward(
      v.check(
        ({ file, points }) => file !== undefined || points !== undefined,
        'the name of a CSV file would do',
      ),
      ['file'],
    ),
  ),
  create: ({ file, points, jitter }) => {
    if (!points)
      throw new UserError(`data.file: ${file} has not been read; its points in data.points would do.`);
    const dimensions = points[0]!.length;
    const kernel = specialize(drawBatch, { DIMENSIONS: dimensions, COUNT: points.length, JITTER: jitter });
    const list = new Float32Array(points.flat());
    return {
      shape: [dimensions],
      tables: { list },
      draw: (draw) => [sampleWork(kernel, draw)],
      points: { list, jitter },
    };
  },
});

function isPoints(value: unknown): boolean {
  if (!Array.isArray(value)) return false;
  const columns: unknown = value[0]?.length;
  const isPoint = (row: unknown) =>
    Array.isArray(row) &&
    row.length === columns &&
    row.every((x) => typeof x === 'number' && Number.isFinite(Math.fround(x)));
  return (columns === 1 || columns === 2) && value.every(isPoint);
}

/**
 * A configuration's `data` with the points of its `file` filled in; anything else, also what a schema will refuse,
 * comes back as it is. `read` gives the text of a file.
 * @throws UserError as `parsePoints` does
 */
export function fillInPoints(data: unknown, read: (file: string) => string): unknown {
  if (typeof data !== 'object' || data === null) return data;
  const { source, file, points } = data as Record<string, unknown>;
  if (source !== 'points' || typeof file !== 'string' || points !== undefined) return data;
  return { ...data, points: parsePoints(read(file), file) };
}

/**
 * The points of a CSV text with one or two columns of numbers; a first row of names and blank lines are passed over.
 * @throws UserError naming `file` and the line of the first thing that is not so
 */
export function parsePoints(text: string, file: string): number[][] {
  const points: number[][] = [];
  let header: number | undefined;
  const { data: rows } = Papa.parse<string[]>(text, { delimiter: delimiterOf(text) });
  rows.forEach((row, index) => {
    const cells = row.map((cell) => cell.trim());
    if (cells.every((cell) => cell === '') && cells.length === 1) return;
    const fail = (what: string, remedy: string) => {
      throw new UserError(`${file}, line ${index + 1}: ${what}; ${remedy} would do.`);
    };
    if (cells.length > 2) fail(`${cells.length} columns`, 'one or two columns of numbers');
    const columns = points[0]?.length ?? header ?? cells.length;
    if (cells.length !== columns) {
      fail(`${count(cells.length, 'column')} where the lines above have ${columns}`, 'as many in every line');
    }
    if (points.length === 0 && header === undefined && cells.every(isName)) {
      header = cells.length;
      return;
    }
    points.push(
      cells.map((cell, column) => {
        const number = cell === '' ? Number.NaN : Number(cell);
        if (!Number.isFinite(Math.fround(number))) {
          fail(
            `${cell === '' ? 'nothing' : JSON.stringify(cell)} in column ${column + 1}`,
            'a finite number',
          );
        }
        return number;
      }),
    );
  });
  if (points.length === 0)
    throw new UserError(`${file}: there are no points in it; a number or two a line would do.`);
  return points;
}

// Papaparse guesses by how alike the lines are, so that one ragged line would make it guess wrong.
const delimiterOf = (text: string) => /[\t;]/.exec(text)?.[0] ?? ',';

const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`;

/** A column's name: has a letter, and is no number that went wrong. */
const isName = (cell: string) =>
  /\p{L}/u.test(cell) &&
  Number.isNaN(Number(cell)) &&
  !/^[-+]?(nan|inf|infinity|na|n\/a|null|none)$/i.test(cell);
