// Charts as text: ticks, places of marks, and that nothing in a label can break the document.

import { expect, test } from 'vitest';
import { type Panel, svg, ticks } from './svg';

const panel = (change: Partial<Panel>): Panel => ({
  x: { low: 0, high: 10 },
  y: { low: -1, high: 1 },
  width: 200,
  height: 100,
  marks: [],
  ...change,
});
const draw = (change: Partial<Panel>) => svg({ title: 't', caption: 'c', rows: [[panel(change)]] });

test('ticks are round, inside the axis, and hold 0 exactly', () => {
  expect(ticks({ low: -1, high: 1 }, 4)).toEqual([-1, -0.5, 0, 0.5, 1]);
  expect(ticks({ low: 0.01, high: 0.052 }, 5)).toEqual([0.01, 0.02, 0.03, 0.04, 0.05]);
  expect(ticks({ low: -7.3, high: 12.1 }, 4)).toEqual([-5, 0, 5, 10]);
});

test('a line runs through its points, y upwards', () => {
  const line = {
    type: 'line',
    tone: 'ink',
    points: [
      [0, -1],
      [10, 1],
      [5, 0],
    ],
  } as const;
  expect(draw({ marks: [line] })).toContain('class="line ink" d="M0 100L200 0L100 50"');
});

test('an area closes at y = 0', () => {
  const area = {
    type: 'area',
    tone: 'data',
    points: [
      [0, 1],
      [10, 1],
    ],
  } as const;
  expect(draw({ marks: [area] })).toContain('d="M0 50L0 0L200 0L200 50Z"');
});

test('a heat map draws its lowest row at the bottom, equal neighbours as one strip', () => {
  const heat = {
    type: 'heat',
    columns: 3,
    values: [0, 0, 1, 1, 1, 1],
    colour: (value: number) => (value > 0.5 ? '#fff' : '#000'),
  } as const;
  const drawn = draw({ marks: [heat] });
  expect(drawn).toContain('fill="#000" d="M0 1h2v1H0z"');
  expect(drawn).toContain('fill="#fff" d="M2 1h1v1H2zM0 0h3v1H0z"');
});

test('text is escaped', () => {
  const drawn = draw({ title: '<script> & "quotes"' });
  expect(drawn).toContain('&lt;script&gt; &amp; &quot;quotes&quot;');
  expect(drawn).not.toContain('<script>');
});

test('panels of a row do not overlap, nor do rows', () => {
  const drawn = svg({ title: 't', caption: '', rows: [[panel({}), panel({})], [panel({})]] });
  const places = [...drawn.matchAll(/<g transform="translate\((\d+) (\d+)\)">/g)].map((m) => [
    +m[1]!,
    +m[2]!,
  ]);
  expect(places).toHaveLength(3);
  expect(places[1]![0]! - places[0]![0]!).toBeGreaterThan(200);
  expect(places[1]![1]).toBe(places[0]![1]);
  expect(places[2]![1]! - places[0]![1]!).toBeGreaterThan(100);
});
