// A quick proof that an adapter computes what it should: every layer's forward pass against its float64 reference.

import * as v from 'valibot';
import type { Device } from '../gpu/device';
import { runWork } from '../gpu/testing';
import type { Slot } from '../gpu/work';
import { layers } from '../layers';
import { sizeOf } from '../layers/layer';
import { normals } from '../math/philox';

export interface Check {
  /** The layer. */
  readonly name: string;
  /** The largest difference over the reference's largest magnitude; NaN where the GPU gave one. */
  readonly error: number;
  readonly tolerance: number;
  readonly pass: boolean;
}

// float32 sums of a hundred terms and the adapters' own exp and tanh stay an order of magnitude below.
const TOLERANCE = 2e-5;

/** Runs the specimens of all layers that compute on the GPU; one check a layer, with its worst specimen. GPU errors reject. */
export async function selfCheck(device: Device): Promise<readonly Check[]> {
  const checks: Check[] = [];
  for (const name of layers.names) {
    const { specimens } = layers.get(name);
    const errors: number[] = [];
    for (const specimen of specimens) {
      const error = await specimenError(device, name, specimen);
      if (error !== undefined) errors.push(error);
    }
    // reshape and flatten compute nothing.
    if (errors.length === 0) continue;
    const error = errors.reduce((worst, one) => (one <= worst ? worst : one), 0);
    checks.push({ name, error, tolerance: TOLERANCE, pass: error <= TOLERANCE });
  }
  return checks;
}

/** Undefined for a layer that only views its input as another shape. */
async function specimenError(
  device: Device,
  name: string,
  { config: given, input: shape, batch }: { config: unknown; input: readonly number[]; batch: number },
): Promise<number | undefined> {
  const plugin = layers.get(name);
  const config = v.parse(plugin.schema, given);
  const layer = plugin.create(config, shape);
  if (layer.isView) return undefined;
  const draw = (slot: Slot, draw: number) => normals(slot.length, { seed: [1, 0], stream: 0, draw });
  const input: Slot = { name: 'input', length: batch * sizeOf(shape) };
  const output: Slot = { name: 'output', length: batch * sizeOf(layer.outputShape(shape)) };
  const parameters = layer
    .parameters(shape)
    .map((spec): Slot => ({ name: spec.name, length: sizeOf(spec.shape) }));
  const values = new Map([input, ...parameters].map((slot, i) => [slot, draw(slot, i)]));
  const byName = <T>(value: (slot: Slot) => T) =>
    Object.fromEntries(parameters.map((slot) => [slot.name, value(slot)]));
  const forward = layer.forward({
    batch,
    input,
    output,
    parameters: byName((slot) => slot),
    buffers: {},
    saved: {},
    mode: 'train',
  });
  const [bytes] = await runWork(device, forward, values, [output]);
  const found = new Float32Array(bytes!);
  const numbers = byName((slot) => Float64Array.from(values.get(slot)!));
  const rows = Float64Array.from(values.get(input)!);
  const size = sizeOf(shape);
  const expected = Array.from({ length: batch }, (_, row) => [
    ...plugin.reference(config, rows.subarray(row * size, (row + 1) * size), numbers),
  ]).flat();
  return relativeError(found, expected);
}

/** Largest difference over the largest magnitude expected. A NaN anywhere gives NaN. */
export function relativeError(found: ArrayLike<number>, expected: readonly number[]): number {
  let [worst, largest] = [0, 0];
  expected.forEach((value, i) => {
    const difference = Math.abs(found[i]! - value);
    // Not Math.max alone: a NaN that was seen must stay.
    worst = Number.isNaN(difference) ? Number.NaN : Math.max(worst, difference);
    largest = Math.max(largest, Math.abs(value));
  });
  return worst / (largest || 1);
}
