// A quick proof that an adapter computes what it should: every layer's forward pass against its float64 reference.

import type { Device } from '../gpu/device';
import { runWork } from '../gpu/testing';
import { layers } from '../layers';
import type { Specimen } from '../layers/layer';
import { prepareSpecimen, samplesFromGpu } from '../layers/specimen';

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
    // Some views compute nothing.
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
  specimen: Specimen<unknown>,
): Promise<number | undefined> {
  const { layer, outputShape, slots, written, reference } = prepareSpecimen(
    layers.get(name),
    specimen,
    'train',
  );
  if (layer.isView) return undefined;
  const [bytes] = await runWork(device, layer.forward(slots), written, [slots.output]);
  return relativeError(samplesFromGpu(bytes!, outputShape), reference().output);
}

/** Largest difference over the largest magnitude expected. A NaN anywhere gives NaN. */
export function relativeError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let [worst, largest] = [0, 0];
  Array.from(expected).forEach((value, i) => {
    const difference = Math.abs(found[i]! - value);
    // Not Math.max alone: a NaN that was seen must stay.
    worst = Number.isNaN(difference) ? Number.NaN : Math.max(worst, difference);
    largest = Math.max(largest, Math.abs(value));
  });
  return worst / (largest || 1);
}
