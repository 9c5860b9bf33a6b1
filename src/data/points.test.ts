// CSV texts, good and bad, and what is said about the bad ones.

import { parse, safeParse } from 'valibot';
import { expect, test } from 'vitest';
import { UserError } from '../math/errors';
import points, { fillInPoints, parsePoints } from './points';

test.each([
  ['two columns', '1,2\n-3.5,4e-1\n'],
  ['a header', 'x,y\n1,2\n-3.5,4e-1'],
  ['a byte-order mark, CRLF, blanks and blank lines', '\ufeffx , y\r\n\r\n 1, 2\r\n-3.5,0.4\r\n\r\n'],
  ['semicolons', 'x;y\n1;2\n-3.5;0.4\n'],
  ['tabs', '1\t2\n-3.5\t0.4\n'],
])('reads %s', (_, text) => {
  expect(parsePoints(text, 'p.csv')).toEqual([
    [1, 2],
    [-3.5, 0.4],
  ]);
});

test('reads one column, with and without a name', () => {
  expect(parsePoints('height\n1\n2\n', 'p.csv')).toEqual([[1], [2]]);
  expect(parsePoints('1\n2', 'p.csv')).toEqual([[1], [2]]);
});

test.each([
  ['1,2\nNaN,3\n', 'p.csv, line 2: "NaN" in column 1; a finite number would do.'],
  ['NaN,1\n', 'p.csv, line 1: "NaN" in column 1; a finite number would do.'],
  ['nan,nan\n1,2\n', 'p.csv, line 1: "nan" in column 1; a finite number would do.'],
  ['x,y\n1,1e39\n', 'p.csv, line 2: "1e39" in column 2; a finite number would do.'],
  ['1,2\n\n3,\n', 'p.csv, line 3: nothing in column 2; a finite number would do.'],
  ['1,2\n3\n', 'p.csv, line 2: 1 column where the lines above have 2; as many in every line would do.'],
  ['x,y\n1\n', 'p.csv, line 2: 1 column where the lines above have 2; as many in every line would do.'],
  ['1,2,3\n', 'p.csv, line 1: 3 columns; one or two columns of numbers would do.'],
  ['1,x\n', 'p.csv, line 1: "x" in column 2; a finite number would do.'],
  ['x,y\na,b\n', 'p.csv, line 2: "a" in column 1; a finite number would do.'],
  ['', 'p.csv: there are no points in it; a number or two a line would do.'],
  ['x,y\n', 'p.csv: there are no points in it; a number or two a line would do.'],
])('refuses %j', (text, message) => {
  expect(() => parsePoints(text, 'p.csv')).toThrow(new UserError(message));
});

test('fills the points of a file into a configuration, and nothing else', () => {
  const read = (file: string) => (file === 'p.csv' ? '1,2\n' : '');
  expect(fillInPoints({ source: 'points', file: 'p.csv', jitter: 0.1 }, read)).toEqual({
    source: 'points',
    file: 'p.csv',
    jitter: 0.1,
    points: [[1, 2]],
  });
  for (const other of [
    undefined,
    'ring',
    { source: 'ring' },
    { source: 'points', points: [[1]], file: 'q' },
  ]) {
    expect(fillInPoints(other, read)).toBe(other);
  }
});

test('a configuration has a file or points, and the points are as long as each other', () => {
  const accepts = (config: object) => safeParse(points.schema, { source: 'points', ...config }).success;
  expect(accepts({ file: 'p.csv' })).toBe(true);
  expect(accepts({ points: [[1], [2]] })).toBe(true);
  expect(accepts({})).toBe(false);
  for (const bad of [[], [[]], [[1], [1, 2]], [[1, 2, 3]], [[Number.NaN]], [['1']], [1], 'x']) {
    expect(accepts({ points: bad })).toBe(false);
  }
  const unread = parse(points.schema, { source: 'points', file: 'p.csv' });
  expect(() => points.create(unread)).toThrow('p.csv has not been read');
});
