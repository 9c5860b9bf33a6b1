// The small networks that the presets share, as layer lists.

import type { LayerConfig } from '../training/config';

/** Dense layers of the given widths with (leaky) ReLUs between them, ending in `outputs` numbers. */
function perceptron(widths: readonly number[], outputs: number, activation: LayerConfig): LayerConfig[] {
  return [
    ...widths.flatMap((units) => [{ type: 'dense', units }, activation]),
    { type: 'dense', units: outputs },
  ];
}

export const generator = (
  widths: readonly number[],
  outputs: number,
  activation: LayerConfig = { type: 'relu' },
): LayerConfig[] => perceptron(widths, outputs, activation);

/** Ends in one logit. */
export const discriminator = (widths: readonly number[]): LayerConfig[] =>
  perceptron(widths, 1, { type: 'leakyRelu', slope: 0.2 });
