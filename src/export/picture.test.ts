// What is drawn where, by a pen that only writes down what it is asked; how it looks is for eyes.

import { describe, expect, test } from 'vitest';
import {
  drawPicture,
  fieldColour,
  fieldPoints,
  frameAround,
  type Pen,
  pictureSize,
  type RunPicture,
} from './picture';

interface Stroke {
  readonly what: string;
  readonly args: readonly unknown[];
  readonly fillStyle: unknown;
}

function draw(picture: RunPicture): Stroke[] {
  const strokes: Stroke[] = [];
  const state: Record<string, unknown> = {};
  const pen = new Proxy(state, {
    get(target, what: string) {
      if (what in target) return target[what];
      return (...args: unknown[]) => {
        strokes.push({ what, args, fillStyle: target.fillStyle });
        return { width: 50 };
      };
    },
  });
  drawPicture(pen as unknown as Pen, picture);
  return strokes;
}
const texts = (strokes: Stroke[]) =>
  strokes.filter(({ what }) => what === 'fillText').map(({ args }) => args[0]);
const dots = (strokes: Stroke[]) =>
  strokes.filter(({ what }) => what === 'arc').map(({ args: [x, y], fillStyle }) => [x, y, fillStyle]);

const frame = { low: [-2, -2], high: [2, 2] };
const plane: RunPicture = {
  title: 'ring, step 5',
  caption: 'good',
  frame,
  real: Float32Array.of(0, 0, -2, 2),
  generated: Float32Array.of(1, -1, 9, 9, Number.NaN, 0),
  field: new Float32Array(128 * 128).fill(0.5),
};
const [PANEL, GAP, HEAD] = [384, 24, 84];

describe('a picture of the plane', () => {
  test('has three labelled panels', () => {
    expect(pictureSize(plane)).toEqual({ width: 3 * PANEL + 4 * GAP, height: HEAD + PANEL + 64 });
    expect(texts(draw(plane))).toEqual(
      expect.arrayContaining([
        'ring, step 5',
        'good',
        'Real samples',
        'Generated samples',
        'D(x): how real D finds a point',
        '0',
        '½',
        '1',
      ]),
    );
  });

  test('puts samples where they are, up being up, and says how many it cannot show', () => {
    const strokes = draw(plane);
    const second = GAP + PANEL + GAP;
    expect(dots(strokes).slice(0, 3)).toEqual([
      [GAP + PANEL / 2, HEAD + PANEL / 2, '#0072b2'],
      [GAP, HEAD, '#0072b2'],
      [second + 0.75 * PANEL, HEAD + 0.75 * PANEL, '#d55e00'],
    ]);
    expect(texts(strokes)).toContain('2 of 3 outside');
  });

  test('colours the field row by row from the top', () => {
    const field = new Float32Array(128 * 128).fill(0);
    field[1] = 1;
    const third = GAP + 2 * (PANEL + GAP);
    const cells = draw({ ...plane, field }).filter(
      ({ what, args }) => what === 'fillRect' && args[2] === 3 && args[3] === 3,
    );
    expect(cells).toHaveLength(128 * 128);
    expect(cells[0]).toMatchObject({ args: [third, HEAD, 3, 3], fillStyle: 'rgb(213, 94, 0)' });
    expect(cells[1]).toMatchObject({ args: [third + 3, HEAD, 3, 3], fillStyle: 'rgb(0, 114, 178)' });
    expect(cells[128]).toMatchObject({ args: [third, HEAD + 3, 3, 3], fillStyle: 'rgb(213, 94, 0)' });
  });

  test('draws the line where D cannot tell between what it takes for real and for generated', () => {
    const field = Float32Array.from({ length: 128 * 128 }, (_, i) => (i % 128 < 64 ? 0.25 : 0.75));
    const third = GAP + 2 * (PANEL + GAP);
    const strokes = draw({ ...plane, field }).filter(({ what }) => what === 'moveTo' || what === 'lineTo');
    expect(strokes).toHaveLength(2 * 127);
    for (const { args } of strokes) expect(args[0]).toBeCloseTo(third + PANEL / 2, 9);
  });

  test('of a generator alone has one panel', () => {
    const { real: _, field: __, ...alone } = plane;
    expect(pictureSize(alone).width).toBe(PANEL + 2 * GAP);
    expect(texts(draw(alone))).not.toContain('Real samples');
  });
});

test('a picture of the line has histograms of densities, and D as a curve', () => {
  const line: RunPicture = {
    title: 't',
    caption: 'c',
    frame: { low: [0], high: [64] },
    real: Float32Array.of(0.5, 0.6, 1.5, 99),
    generated: Float32Array.of(3.5),
    field: new Float32Array(384).fill(1),
    density: () => 0.25,
  };
  const strokes = draw(line);
  const bars = strokes.filter(
    ({ what, fillStyle, args }) => what === 'fillRect' && fillStyle === '#0072b2' && (args[3] as number) > 0,
  );
  // Two of four samples in a bin of width 1 stand for a density of ½, one for ¼; the highest anywhere is generated: 1.
  expect(bars.map(({ args }) => (args[3] as number) / (PANEL - 28))).toEqual([0.5 / 1.1, 0.25 / 1.1]);
  expect(texts(strokes)).toEqual(
    expect.arrayContaining(['Real samples, and the true density', '0.0', '64', '½']),
  );
});

test('the field is asked at the centres of its cells', () => {
  const points = fieldPoints(frame);
  expect(points).toHaveLength(2 * 128 * 128);
  expect([...points.slice(0, 4)]).toEqual([-2 + 1 / 64, 2 - 1 / 64, -2 + 3 / 64, 2 - 1 / 64]);
  expect([...points.slice(-2)]).toEqual([2 - 1 / 64, -2 + 1 / 64]);
  expect(fieldPoints({ low: [0], high: [384] })[1]).toBe(1.5);
});

test('a frame is square, holds its box with a margin, and is never empty', () => {
  expect(frameAround([0, 10], [4, 12])).toEqual({ low: [2 - 2.2, 11 - 2.2], high: [2 + 2.2, 11 + 2.2] });
  expect(frameAround([3], [3])).toEqual({ low: [2.45], high: [3.55] });
});

test('the field’s colours are white where D cannot tell, and their ends are far apart for every eye', () => {
  expect(fieldColour(0.5)).toBe('rgb(255, 255, 255)');
  expect(fieldColour(0)).toBe('rgb(213, 94, 0)');
  expect(fieldColour(1)).toBe('rgb(0, 114, 178)');
  expect(fieldColour(0.75)).toBe('rgb(128, 185, 217)');
});
