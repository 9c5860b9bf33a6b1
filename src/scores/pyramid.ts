// Gaussian and Laplacian pyramids of a plane of pixels (Burt and Adelson 1983), as Karras et al. 2018 take them: the
// binomial filter [1, 4, 6, 4, 1]/16 along both axes, mirrored at the borders without repeating the last pixel.

/** One channel of one picture, [height, width]. */
export interface Plane {
  readonly height: number;
  readonly width: number;
  readonly pixels: Float32Array;
}

const TAPS = [1 / 16, 4 / 16, 6 / 16, 4 / 16, 1 / 16];

const mirror = (i: number, length: number): number => {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const place = ((i % period) + period) % period;
  return place < length ? place : period - place;
};

/** For each place of a row that is halved or doubled: up to five (place, weight) pairs it is made of. */
interface Filter {
  readonly length: number;
  readonly places: Int32Array;
  readonly weights: Float32Array;
}

const filters = new Map<string, Filter>();

/** Filters a row of `length` and keeps every second place; or spreads half a row over `length` places and filters that. */
function filterOf(kind: 'down' | 'up', length: number): Filter {
  const key = `${kind} ${length}`;
  const known = filters.get(key);
  if (known) return known;
  const outputs = kind === 'down' ? Math.ceil(length / 2) : length;
  const places = new Int32Array(5 * outputs);
  const weights = new Float32Array(5 * outputs);
  for (let i = 0; i < outputs; i++) {
    TAPS.forEach((weight, tap) => {
      const place = mirror((kind === 'down' ? 2 * i : i) + tap - 2, length);
      if (kind === 'down') {
        places[5 * i + tap] = place;
        weights[5 * i + tap] = weight;
      } else if (place % 2 === 0) {
        // Half of the places are empty; twice the weight makes up for it.
        places[5 * i + tap] = place / 2;
        weights[5 * i + tap] = 2 * weight;
      }
    });
  }
  const filter = { length: outputs, places, weights };
  filters.set(key, filter);
  return filter;
}

function apply(plane: Plane, rows: Filter, columns: Filter): Plane {
  const { width, height, pixels } = plane;
  const wide = new Float32Array(height * columns.length);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < columns.length; x++) {
      let sum = 0;
      for (let tap = 5 * x; tap < 5 * x + 5; tap++)
        sum += columns.weights[tap]! * pixels[y * width + columns.places[tap]!]!;
      wide[y * columns.length + x] = sum;
    }
  }
  const output = new Float32Array(rows.length * columns.length);
  for (let y = 0; y < rows.length; y++) {
    for (let tap = 5 * y; tap < 5 * y + 5; tap++) {
      const weight = rows.weights[tap]!;
      const from = rows.places[tap]! * columns.length;
      for (let x = 0; x < columns.length; x++) output[y * columns.length + x]! += weight * wide[from + x]!;
    }
  }
  return { height: rows.length, width: columns.length, pixels: output };
}

/** Blurred and at half the size, rounded up. */
export function halve(plane: Plane): Plane {
  return apply(plane, filterOf('down', plane.height), filterOf('down', plane.width));
}

/** At twice the size, or one less: what `halve` made of a plane of that size, without the detail. */
export function double(plane: Plane, height: number, width: number): Plane {
  return apply(plane, filterOf('up', height), filterOf('up', width));
}

/** `levels` planes: the detail that each halving takes away, finest first, and last what is left. */
export function laplacianPyramid(plane: Plane, levels: number): Plane[] {
  const pyramid: Plane[] = [];
  let current = plane;
  for (let level = 1; level < levels; level++) {
    const small = halve(current);
    const { height, width, pixels } = current;
    const coarse = double(small, height, width).pixels;
    pyramid.push({ height, width, pixels: pixels.map((x, i) => x - coarse[i]!) });
    current = small;
  }
  return [...pyramid, current];
}
