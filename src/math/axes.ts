// Reorders the axes of arrays: between the order of PyTorch's files and the order on the GPU.

/** The array with its axes in another order, as NumPy's `transpose(axes)`: axis i of the result is axis `axes[i]` of the source. */
export function transpose<T extends Float32Array | Float64Array | Uint8Array>(
  data: T,
  shape: readonly number[],
  axes: readonly number[],
): T {
  const strides = stridesOf(shape);
  const lengths = axes.map((axis) => shape[axis]!);
  const steps = axes.map((axis) => strides[axis]!);
  const result = data.slice() as T;
  const index = axes.map(() => 0);
  let from = 0;
  for (let to = 0; to < result.length; to++) {
    result[to] = data[from]!;
    for (let axis = lengths.length - 1; axis >= 0; axis--) {
      from += steps[axis]!;
      if (++index[axis]! < lengths[axis]!) break;
      from -= steps[axis]! * lengths[axis]!;
      index[axis] = 0;
    }
  }
  return result;
}

/** The order of axes that takes `transpose(…, axes)` back. */
export function inverseAxes(axes: readonly number[]): number[] {
  return axes.map((_, axis) => axes.indexOf(axis));
}

/** Samples [n, ...shape] as they lie on the GPU: images of [channels, height, width] with their channels last. */
export function toChannelsLast<T extends Float32Array | Float64Array | Uint8Array>(
  data: T,
  shape: readonly number[],
): T {
  return movesChannels(shape) ? transpose(data, batched(data, shape), [0, 2, 3, 1]) : data;
}

/** Takes `toChannelsLast` back. */
export function toChannelsFirst<T extends Float32Array | Float64Array | Uint8Array>(
  data: T,
  shape: readonly number[],
): T {
  if (!movesChannels(shape)) return data;
  const [channels, height, width] = shape as readonly [number, number, number];
  return transpose(data, batched(data, [height, width, channels]), [0, 3, 1, 2]);
}

/** Whether an image lies differently in the two orders: neither of one channel nor of one pixel. */
export const movesChannels = (shape: readonly number[]): boolean =>
  shape.length === 3 && shape[0]! > 1 && shape[1]! * shape[2]! > 1;

const batched = (data: { readonly length: number }, shape: readonly number[]): number[] => [
  data.length / shape.reduce((product, length) => product * length, 1),
  ...shape,
];

function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => shape.slice(axis + 1).reduce((product, length) => product * length, 1));
}
