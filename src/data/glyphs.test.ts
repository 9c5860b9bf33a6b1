// Glyphs: the GPU's pixels against a float64 twin, labels that belong to them, and draws that any row can be had of alone.

import { parse } from 'valibot';
import { describe, expect, test } from 'vitest';
import type { StreamSettings } from '../gpu/draw';
import { useDevice } from '../gpu/test-device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { choose, philox, seedWords, unitFloat } from '../math/philox';
import { STREAMS } from '../math/streams';
import { GLYPHS, type Stroke } from './glyph-strokes';
import glyphs from './glyphs';

const device = useDevice();
const create = (options: object = {}) =>
  glyphs.create(parse(glyphs.schema, { source: 'glyphs', ...options }));
const SEED = seedWords(5);

async function draw(options: object, batch: number, iteration = 0, settings: Partial<StreamSettings> = {}) {
  const source = create(options);
  const clock = { name: 'clock', length: 4 };
  const output = { name: 'batch', length: batch * source.shape[1]! ** 2 };
  const labels = { name: 'labels', length: batch };
  const stream = { seed: SEED, stream: STREAMS.data, stride: 1, offset: 0, ...settings };
  const given = new Map<Slot, Float32Array | Uint32Array>([[clock, new Uint32Array([iteration])]]);
  const tables: Record<string, Slot> = {};
  for (const [name, data] of Object.entries(source.tables)) {
    tables[name] = { name, length: data.length };
    given.set(tables[name], data);
  }
  const common = { clock, batch, stream, tables };
  const list = [...source.draw({ ...common, output }), ...source.drawLabels!({ ...common, output: labels })];
  const [pixels, classes] = await runWork(device(), list, given, [output, labels]);
  return { pixels: new Float32Array(pixels!), labels: new Uint32Array(classes!) };
}

/** Distance from a point to a stroke, from what a stroke is rather than from what the shader is given. */
function distanceTo(stroke: Stroke, x: number, y: number): number {
  if (stroke.type === 'line') {
    const [[ax, ay], [bx, by]] = [stroke.from, stroke.to];
    const [dx, dy] = [bx - ax, by - ay];
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy)));
    return Math.hypot(x - ax - t * dx, y - ay - t * dy);
  }
  const { center, radius, from, to } = stroke;
  const [dx, dy] = [x - center[0], y - center[1]];
  const angle = (Math.atan2(dy, dx) * 180) / Math.PI;
  const turned = (((angle - from) % 360) + 360) % 360;
  if (turned <= to - from) return Math.abs(Math.hypot(dx, dy) - radius);
  const ends = [from, to].map((end) => {
    const a = (end * Math.PI) / 180;
    return Math.hypot(dx - radius * Math.cos(a), dy - radius * Math.sin(a));
  });
  return Math.min(...ends);
}

/** Sample `index` of a draw in float64: its class and its pixels. */
function twin(index: number, iteration: number, classes: number, size: number) {
  const words = [0, 1].flatMap((lane) => philox([index, iteration, STREAMS.data, lane], SEED));
  const label = choose(words[0]!, classes).index;
  const between = (word: number, low: number, high: number) => low + (high - low) * unitFloat(words[word]!);
  const halfWidth = between(1, 0.055, 0.13);
  const slant = between(2, -0.12, 0.26);
  const angle = Math.atan(between(3, -0.1, 0.1));
  const scale = between(4, 0.54, 0.72);
  const stretch = scale * between(5, 0.82, 1.08);
  const [centerX, centerY] = [between(6, -0.12, 0.12), between(7, -0.12, 0.12)];
  const pixels = new Float64Array(size * size);
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const x = ((column + 0.5) / size) * 2 - 1 - centerX;
      const y = 1 - ((row + 0.5) / size) * 2 - centerY;
      const up = Math.cos(angle) * y - Math.sin(angle) * x;
      const along = Math.cos(angle) * x + Math.sin(angle) * y;
      const [u, v] = [(along - slant * up) / stretch, up / scale];
      const distance = scale * Math.min(...GLYPHS[label]![1].map((stroke) => distanceTo(stroke, u, v)));
      const ink = 0.5 + ((halfWidth - distance) * size) / 2;
      pixels[row * size + column] = 2 * Math.min(1, Math.max(0, ink)) - 1;
    }
  }
  return { label, pixels };
}

test('the classes are the digits, then the capital letters', () => {
  expect(GLYPHS.map(([character]) => character).join('')).toBe('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ');
});

describe.each([
  { classes: 10, size: 28, batch: 40 },
  { classes: 36, size: 28, batch: 120 },
  { classes: 36, size: 9, batch: 5 },
])('$classes classes, $size × $size', ({ classes, size, batch }) => {
  test('pixels and labels are those of a float64 twin', async () => {
    const { pixels, labels } = await draw({ classes, size }, batch, 3);
    const seen = new Set<number>();
    for (let i = 0; i < batch; i++) {
      const expected = twin(i, 3, classes, size);
      expect(labels[i]).toBe(expected.label);
      seen.add(expected.label);
      const own = pixels.subarray(i * size * size, (i + 1) * size * size);
      let worst = 0;
      for (const [at, ink] of expected.pixels.entries()) worst = Math.max(worst, Math.abs(own[at]! - ink));
      expect(worst, `a ${GLYPHS[expected.label]![0]}`).toBeLessThan(1e-4);
    }
    // Nearly all of the glyphs there are have been looked at.
    if (size === 28) expect(seen.size).toBeGreaterThan(0.9 * classes);
  });
});

test('every class is as likely as another, and every glyph has paper, ink and edges', async () => {
  const batch = 3600;
  const { pixels, labels } = await draw({ classes: 36 }, batch);
  const counts = new Array<number>(36).fill(0);
  for (const label of labels) counts[label]!++;
  // χ² of 35 degrees of freedom: beyond 85 once in 10⁵.
  expect(counts.reduce((sum, n) => sum + (n - 100) ** 2 / 100, 0)).toBeLessThan(85);
  for (let i = 0; i < batch; i++) {
    const own = pixels.subarray(i * 784, (i + 1) * 784);
    const ink = own.filter((x) => x > 0.9).length;
    expect(ink).toBeGreaterThan(8);
    expect(ink).toBeLessThan(350);
    // The margin's corners stay paper.
    expect(Math.max(own[0]!, own[27]!, own[756]!, own[783]!)).toBe(-1);
    expect(own.some((x) => Math.abs(x) < 0.9)).toBe(true);
  }
  expect(pixels.every((x) => x >= -1 && x <= 1)).toBe(true);
});

test('a draw is a function of seed, stream, draw and row', async () => {
  const seventh = await draw({}, 33, 7);
  const first = await draw({}, 10, 7);
  expect(first.pixels).toEqual(seventh.pixels.subarray(0, 10 * 784));
  expect(first.labels).toEqual(seventh.labels.subarray(0, 10));
  for (const [iteration, settings] of [
    [8, {}],
    [7, { stream: STREAMS.sampleData }],
    [7, { seed: seedWords(6) }],
  ] as const) {
    const other = await draw({}, 33, iteration, settings);
    const same = Array.from({ length: 33 }, (_, i) => i).filter((i) =>
      other.pixels.subarray(i * 784, (i + 1) * 784).every((x, at) => x === seventh.pixels[i * 784 + at]),
    );
    expect(same).toEqual([]);
  }
});

test.each([
  [{ classes: 11 }, /10 \(digits\) or 36/],
  [{ size: 7 }, /a whole number from 8 to 256/],
])('%j is refused', (options, message) => {
  expect(() => create(options)).toThrow(message);
});
