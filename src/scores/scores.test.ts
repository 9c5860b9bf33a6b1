// Image scores: parts against brute force and closed forms, the whole on sets whose faults are known.

import { describe, expect, test } from 'vitest';
import { normals, philox, seedWords, uniforms } from '../math/philox';
import { thumbnails } from './features';
import { scoreImages } from './image-scores';
import { compareManifolds, manifoldOf } from './manifold';
import { imagesOf, median, nearestImages, picturesOf } from './nearest-images';
import { nearestOthers, type Rows, squaredDistance } from './neighbours';
import { type Pictures, slicePictures } from './pictures';
import { double, halve, laplacianPyramid, type Plane } from './pyramid';
import { slicedWasserstein } from './sliced-wasserstein';

const random = (count: number, draw: number) => normals(count, { seed: seedWords(9), stream: 0, draw });
const plane = (height: number, width: number, of: (y: number, x: number) => number): Plane => ({
  height,
  width,
  pixels: Float32Array.from({ length: height * width }, (_, i) => of(Math.floor(i / width), i % width)),
});
const noise = (height: number, width: number, draw: number): Plane => ({
  height,
  width,
  pixels: random(height * width, draw),
});

describe('a pyramid', () => {
  test('halving is the 5 × 5 binomial filter with mirrored borders, at every second pixel', () => {
    const input = noise(7, 6, 1);
    const taps = [1, 4, 6, 4, 1];
    const mirror = (i: number, length: number) => (i < 0 ? -i : i >= length ? 2 * (length - 1) - i : i);
    const small = halve(input);
    expect([small.height, small.width]).toEqual([4, 3]);
    for (let y = 0; y < 4; y++) {
      for (let x = 0; x < 3; x++) {
        let sum = 0;
        for (let dy = -2; dy <= 2; dy++)
          for (let dx = -2; dx <= 2; dx++) {
            const from = mirror(2 * y + dy, 7) * 6 + mirror(2 * x + dx, 6);
            sum += (taps[dy + 2]! * taps[dx + 2]! * input.pixels[from]!) / 256;
          }
        expect(small.pixels[y * 3 + x]).toBeCloseTo(sum, 5);
      }
    }
  });

  test('even planes stay even, and the middle of a slope a slope', () => {
    const flat = plane(9, 8, () => 0.7);
    for (const x of [...halve(flat).pixels, ...double(halve(flat), 9, 8).pixels])
      expect(x).toBeCloseTo(0.7, 6);
    const slope = plane(16, 16, (y, x) => x + 2 * y);
    const back = double(halve(slope), 16, 16);
    for (let y = 5; y < 11; y++)
      for (let x = 5; x < 11; x++) expect(back.pixels[y * 16 + x]).toBeCloseTo(x + 2 * y, 4);
  });

  test('its levels add up to the picture again', () => {
    for (const [height, width] of [
      [28, 28],
      [15, 9],
    ] as const) {
      const input = noise(height, width, 2);
      const levels = laplacianPyramid(input, 3);
      expect(levels.map((level) => level.width)).toEqual([width, Math.ceil(width / 2), Math.ceil(width / 4)]);
      const whole = levels.reduceRight((coarse, detail) => ({
        ...detail,
        pixels: double(coarse, detail.height, detail.width).pixels.map((x, i) => x + detail.pixels[i]!),
      }));
      whole.pixels.forEach((x, i) => {
        expect(x).toBeCloseTo(input.pixels[i]!, 5);
      });
    }
  });
});

const rows = (count: number, width: number, draw: number, shift = 0): Rows => ({
  width,
  numbers: random(count * width, draw).map((x) => x + shift),
});
/** Every distance, square roots and all. */
const distances = (a: Rows, b: Rows) =>
  Array.from({ length: a.numbers.length / a.width }, (_, i) =>
    Array.from({ length: b.numbers.length / b.width }, (_, j) =>
      Math.hypot(
        ...Array.from(
          { length: a.width },
          (_, k) => a.numbers[i * a.width + k]! - b.numbers[j * b.width + k]!,
        ),
      ),
    ),
  );
const ascending = (values: readonly number[]) => [...values].sort((a, b) => a - b);

describe('neighbours', () => {
  test.each([1, 7, 8, 21])('in %i dimensions are those of brute force', (width) => {
    const [a, b] = [rows(60, width, 3), rows(45, width, 4)];
    const own = distances(a, a);
    const nearest = nearestOthers(a, 4);
    own.forEach((list, i) => {
      const expected = ascending(list.filter((_, j) => j !== i)).slice(0, 4);
      expected.forEach((distance, k) => {
        expect(Math.sqrt(nearest[i * 4 + k]!)).toBeCloseTo(distance, 5);
      });
    });
    const pictures = (set: Rows): Pictures => ({ channels: 1, height: 1, width, pixels: set.numbers });
    const found = nearestImages(pictures(b), picturesOf(pictures(a)));
    distances(b, a).forEach((list, i) => {
      expect(found.distances[i]).toBeCloseTo(Math.min(...list), 5);
      const index = list.indexOf(Math.min(...list));
      expect(found.pictures.pixels.subarray(i * width, (i + 1) * width)).toEqual(
        a.numbers.subarray(index * width, (index + 1) * width),
      );
    });
    // Itself is the nearest of its own set, and passed over where others are asked for.
    expect(Math.max(...nearestImages(pictures(a), picturesOf(pictures(a))).distances)).toBe(0);
    // The GPU's rounding is no difference.
    const rounded: Rows = { ...a, numbers: a.numbers.map((x) => x + 1e-7) };
    const other = nearestImages(pictures(rounded), picturesOf(pictures(a)), { others: true });
    own.forEach((list, i) => {
      expect(other.distances[i]).toBeCloseTo(ascending(list)[1]!, 5);
    });
  });

  test('a distance beyond the bound is only known to be beyond it', () => {
    const a = rows(2, 21, 5);
    const whole = squaredDistance(a, 0, a, 1);
    expect(squaredDistance(a, 0, a, 1, whole)).toBe(whole);
    expect(squaredDistance(a, 0, a, 1, whole / 2)).toBeGreaterThan(whole / 2);
  });

  test('as many others as asked for have to be there', () => {
    expect(() => nearestOthers(rows(4, 2, 1), 4)).toThrow(RangeError);
  });
});

describe('precision, recall, density, coverage', () => {
  const compare = (real: Rows, generated: Rows) => compareManifolds(manifoldOf(real), manifoldOf(generated));

  test('are those of their definitions, by brute force', () => {
    const [real, generated] = [rows(80, 6, 6), rows(60, 6, 7, 0.4)];
    const [rr, gg, rg] = [distances(real, real), distances(generated, generated), distances(real, generated)];
    const radius = (list: readonly number[], i: number, k: number) =>
      ascending(list.filter((_, j) => j !== i))[k - 1]!;
    const generatedRows = gg.map((_, j) => j);
    const share = (values: readonly boolean[]) => values.filter(Boolean).length / values.length;
    const insideOf = (k: number) =>
      rg.map((list, i) => {
        const reach = radius(rr[i]!, i, k);
        return list.map((d) => d <= reach);
      });
    const [inside3, inside5] = [insideOf(3), insideOf(5)];
    const reaches = gg.map((list, j) => radius(list, j, 3));
    expect(compare(real, generated)).toEqual({
      precision: share(generatedRows.map((j) => inside3.some((list) => list[j]!))),
      recall: share(rg.map((list) => list.some((d, j) => d <= reaches[j]!))),
      density: inside5.flat().filter(Boolean).length / (5 * 60),
      coverage: share(inside5.map((list) => list.some(Boolean))),
    });
  });

  test('are 1 for the same set, and density more by its own row', () => {
    const set = rows(50, 4, 8);
    expect(compare(set, set)).toEqual({ precision: 1, recall: 1, density: 1.2, coverage: 1 });
  });

  test('are 0 for sets far apart', () => {
    expect(compare(rows(50, 4, 8), rows(50, 4, 9, 100))).toEqual({
      precision: 0,
      recall: 0,
      density: 0,
      coverage: 0,
    });
  });

  test('a dropped mode costs recall and coverage; rows from nowhere cost precision and density', () => {
    const modes = (draw: number, ...shifts: number[]) => ({
      width: 4,
      numbers: Float32Array.from(shifts.flatMap((shift, i) => [...rows(100, 4, draw + i, shift).numbers])),
    });
    const real = modes(10, 0, 50);
    const dropped = compare(real, modes(20, 0, 0));
    const whole = compare(real, modes(20, 0, 50));
    expect(dropped.precision).toBeGreaterThan(0.85);
    expect(dropped.recall).toBeLessThan(0.51);
    expect(dropped.coverage).toBeLessThan(0.51);
    expect(whole.recall).toBeGreaterThan(0.85);
    expect(whole.coverage).toBeGreaterThan(0.85);
    const strange = compare(real, modes(20, 0, 50, 500));
    expect(strange.precision).toBeLessThan(0.67);
    expect(strange.density).toBeLessThan(0.8 * whole.density);
    expect(strange.recall).toBeCloseTo(whole.recall, 1);
  });
});

/** Bars: upright or level at a random place, of any thickness; `which` keeps one kind. */
function bars(
  count: number,
  draw: number,
  options: { which?: number; noise?: number; channels?: number } = {},
) {
  const { which, noise = 0, channels = 1 } = options;
  const pixels = new Float32Array(count * channels * 784);
  for (let i = 0; i < count; i++) {
    const words = philox([i, draw, 0, 0], seedWords(1));
    const upright = which ?? words[0] % 2;
    const [from, width] = [4 + (words[1] % 16), 1 + (words[2] % 5)];
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < 784; p++) {
        const along = upright ? p % 28 : Math.floor(p / 28);
        pixels[(i * channels + c) * 784 + p] = along >= from && along < from + width ? 1 : -1;
      }
  }
  const jitter = uniforms(pixels.length, { seed: seedWords(2), stream: 0, draw });
  return {
    channels,
    height: 28,
    width: 28,
    pixels: pixels.map((x, i) => x + noise * (jitter[i]! - 0.5)),
  };
}

describe('the sliced Wasserstein distance', () => {
  test('of the same pictures is 0', () => {
    const set = bars(64, 1, { noise: 0.1 });
    expect(slicedWasserstein(set, [set], { patches: 512, directions: 8 })).toEqual([0]);
  });

  test('of normal patches and of two-valued ones is what the directions make of them', () => {
    // White noise of 7 × 7 is one patch a picture. Projected to random directions normals stay normal, and sums of 49 coins
    // nearly so; one coin for all pixels gives a scaled coin: W1(normal σ, ±σ) with σ the direction's |sum|.
    const count = 4000;
    const normal: Pictures = { channels: 1, height: 7, width: 7, pixels: random(count * 49, 30) };
    const other: Pictures = { ...normal, pixels: random(count * 49, 31).map((x) => 5 * x + 3) };
    const coins: Pictures = { ...normal, pixels: random(count * 49, 32).map(Math.sign) };
    const [same, tossed] = slicedWasserstein(normal, [other, coins], { directions: 16 });
    // Mean and deviation are taken out, so that another affine copy of the noise is only as far as chance makes it.
    expect(same).toBeLessThan(40);
    expect(tossed).toBeLessThan(60);
    const sheet = random(count, 33).map(Math.sign);
    const even: Pictures = {
      ...normal,
      pixels: Float32Array.from({ length: count * 49 }, (_, i) => sheet[Math.floor(i / 49)]!),
    };
    const [far] = slicedWasserstein(normal, [even], { directions: 128 });
    // E over directions u of W1(N(0,1), ±s) with s = |Σu|, where Σu ~ N(0, 1): by quadrature of
    // W1(s) = E| |Z| − s |, E over s = |N(0,1)|: two independent half normals, E||Z| − |S|| = (4 − 2√2)/√π.
    expect(far! / 1000).toBeCloseTo((4 - 2 * Math.SQRT2) / Math.sqrt(Math.PI), 1);
  });

  test('sees other textures and one kind left out, more than chance', () => {
    const options = { patches: 4096, directions: 32 };
    const [chance, noisy, upright] = slicedWasserstein(
      bars(512, 1),
      [bars(512, 2), bars(512, 3, { noise: 1 }), bars(512, 4, { which: 1 })],
      options,
    );
    expect(noisy!).toBeGreaterThan(2 * chance!);
    expect(upright!).toBeGreaterThan(2 * chance!);
  });

  test('takes colour, and pictures that are not square', () => {
    const set = (draw: number): Pictures => ({
      channels: 3,
      height: 30,
      width: 17,
      pixels: random(20 * 3 * 30 * 17, draw),
    });
    const [distance] = slicedWasserstein(set(40), [set(41)], { patches: 100, directions: 4 });
    expect(distance).toBeGreaterThan(0);
    expect(distance).toBeLessThan(500);
  });

  test('refuses sets that differ in number or size, and pictures smaller than a patch', () => {
    expect(() => slicedWasserstein(bars(10, 1), [bars(9, 1)])).toThrow(RangeError);
    const small: Pictures = { channels: 1, height: 6, width: 20, pixels: new Float32Array(240) };
    expect(() => slicedWasserstein(small, [small])).toThrow('7 × 7');
  });
});

test('images of a set are pictures, whatever piece they are in', () => {
  const bytes = Uint8Array.from({ length: 3 * 2 * 2 * 3 }, (_, i) => 7 * i);
  const set = { name: 'x', count: 3, channels: 3, height: 2, width: 2 } as const;
  const images = [...imagesOf({ ...set, pieces: [bytes.slice(0, 24), bytes.slice(24)] })];
  expect(images).toHaveLength(3);
  // Channel 1 of the last image's pixel (1, 0) lies in the bytes as [2, 1, 0, 1].
  expect(images[2]![1 * 4 + 2]).toBeCloseTo((7 * (2 * 12 + 2 * 3 + 1)) / 127.5 - 1, 6);
});

test('a mirrored copy is found where training mirrors', () => {
  const set = {
    name: 'two',
    count: 2,
    channels: 1,
    height: 2,
    width: 3,
    pieces: [Uint8Array.of(0, 1, 2, 3, 4, 5, 60, 60, 60, 60, 60, 60)],
  } as const;
  const mirrored = { channels: 1, height: 2, width: 3, pixels: Float32Array.of(2, 1, 0, 5, 4, 3) } as const;
  const query = { ...mirrored, pixels: mirrored.pixels.map((byte) => byte / 127.5 - 1) };
  const distance = (options?: { mirrored: boolean }) =>
    nearestImages(query, imagesOf(set, options)).distances[0];
  expect(distance()).toBeGreaterThan(0.01);
  expect(distance({ mirrored: true })).toBe(0);
});

test('thumbnails are the first level of at most 256 numbers', () => {
  const of = (channels: number, side: number) =>
    thumbnails({ channels, height: side, width: side, pixels: new Float32Array(2 * channels * side * side) })
      .width;
  expect([of(1, 28), of(1, 16), of(3, 32), of(3, 64), of(1, 64)]).toEqual([196, 256, 192, 192, 256]);
  const set = bars(3, 1, { channels: 3 });
  const { numbers, width } = thumbnails(set);
  expect(width).toBe(3 * 7 * 7);
  const last = { height: 28, width: 28, pixels: set.pixels.subarray(8 * 784) };
  expect(numbers.subarray(8 * 49)).toEqual(halve(halve(last)).pixels);
});

describe('all scores', () => {
  const [real, other] = [bars(300, 1), bars(300, 2)];
  const options = { patches: 2048, directions: 16 };

  test('stand beside those of other real pictures', () => {
    const same = scoreImages(other, real, other, options);
    for (const name of ['swd', 'precision', 'recall', 'density', 'coverage'] as const)
      expect(same[name]).toBe(same[`${name}Real`]);
    expect(same.precision).toBeGreaterThan(0.8);
    expect(same.recall).toBeGreaterThan(0.8);
  });

  test('one kind left out costs recall and coverage, not precision', () => {
    const scores = scoreImages(bars(300, 3, { which: 0 }), real, other, options);
    expect(scores.precision).toBeGreaterThan(0.8);
    expect(scores.recall).toBeLessThan(0.7);
    expect(scores.coverage).toBeLessThan(0.7);
    expect(scores.swd).toBeGreaterThan(scores.swdReal);
  });

  test('copies are nearer than real pictures are to each other', () => {
    const [noisy, otherNoisy] = [bars(300, 1, { noise: 0.5 }), bars(300, 2, { noise: 0.5 })];
    const typical = (pictures: Pictures) =>
      median(nearestImages(slicePictures(pictures, 0, 64), picturesOf(noisy)).distances);
    expect(typical(noisy)).toBe(0);
    expect(typical(otherNoisy)).toBeGreaterThan(1);
    expect(scoreImages(noisy, noisy, otherNoisy, options).swd).toBe(0);
  });

  test('too few pictures say nothing', () => {
    const few = slicePictures(real, 0, 15);
    expect(() => scoreImages(few, few, few)).toThrow('at least 16');
  });
});
