// The second-order pass of any layer: its own, or what follows for one that is linear in its input.

import type { Work } from '../gpu/work';
import type { CurvatureSlots, Layer } from './layer';

/** True for a layer whose derivative changes with its input: `curvature` then has an inputGrad. */
export const bends = (layer: Layer): boolean => layer.bends ?? layer.curvature !== undefined;

/** `Layer.curvature`, also of layers that leave it out; of those, inputGrad and the gradients of `offsets` stay unwritten, being 0. */
export function curvatureOf(layer: Layer, slots: CurvatureSlots): readonly Work[] {
  if (layer.curvature) return layer.curvature(slots);
  const { inputTangent, inputGrad: _none, parameterGrads = {}, ...rest } = slots;
  const { offsets = ['bias'] } = layer;
  const grads = Object.fromEntries(
    Object.entries(parameterGrads).filter(([name]) => !offsets.includes(name)),
  );
  if (Object.keys(grads).length === 0) return [];
  return layer.backward({ ...rest, input: inputTangent, parameterGrads: grads });
}
