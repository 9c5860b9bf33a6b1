// The sheet of images: as many as fit the picture, all within it, none over another.

import { describe, expect, test } from 'vitest';
import { sheetLayout, sheetOf } from './sheet';

const SHAPES = [
  { width: 28, height: 28 },
  { width: 32, height: 16 },
  { width: 16, height: 64 },
  { width: 1, height: 1 },
  { width: 256, height: 256 },
];
const VIEWS = [
  { width: 588, height: 588, pixelRatio: 1 },
  { width: 366, height: 366, pixelRatio: 1 },
  { width: 1098, height: 1098, pixelRatio: 3 },
  { width: 2048, height: 1800, pixelRatio: 2 },
];

describe('sheetOf', () => {
  test('square images: eight of them over seven rows', () =>
    expect(sheetOf({ width: 28, height: 28 })).toEqual({ columns: 8, rows: 7 }));
  test('never more generated images than a batch of samples has', () => {
    for (const shape of SHAPES) {
      const { columns, rows } = sheetOf(shape);
      expect(columns * rows).toBeLessThanOrEqual(64);
      expect(rows).toBeGreaterThanOrEqual(2);
    }
  });
});

describe('sheetLayout', () => {
  test.each(SHAPES)('$width × $height pixels fit every canvas, at whole pixels', (shape) => {
    for (const view of VIEWS) {
      const sheet = sheetOf(shape);
      const { real, generated } = sheetLayout(sheet, shape, view);
      expect([real.rows, generated.rows]).toEqual([1, sheet.rows]);
      for (const { columns, rows, origin, size, pitch, margin } of [real, generated]) {
        for (const number of [...origin, ...size, ...pitch, margin])
          expect(Number.isInteger(number)).toBe(true);
        expect(origin[0] - margin).toBeGreaterThanOrEqual(0);
        expect(origin[1] - margin).toBeGreaterThanOrEqual(0);
        expect(pitch[0]).toBeGreaterThan(size[0]);
        expect(pitch[1]).toBeGreaterThan(size[1]);
        expect(origin[0] + (columns - 1) * pitch[0] + size[0] + margin).toBeLessThanOrEqual(view.width);
        expect(origin[1] + (rows - 1) * pitch[1] + size[1] + margin).toBeLessThanOrEqual(view.height);
      }
      expect(real.origin[1] + real.size[1] + real.margin).toBeLessThan(
        generated.origin[1] - generated.margin,
      );
    }
  });

  test('enlarges a whole number of times where that costs little', () => {
    const shape = { width: 8, height: 8 };
    const { real } = sheetLayout(sheetOf(shape), shape, VIEWS[0]!);
    expect(real.size[0] % 8).toBe(0);
  });
});
