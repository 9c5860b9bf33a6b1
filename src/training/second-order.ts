// How the derivative of a network along a direction of its input changes with its parameters: what the gradient of a penalty
// on that derivative is made of. No layer has second-order kernels but those of what its derivative changes by.
//
// For a network of layers y = f(x; θ), with δ the gradients of the outputs by the last one and ẋ the tangents of the inputs, the
// directional derivative is ⟨δ, J(x; θ)·ẋ⟩ at every layer. Backwards from the top, with x̄ its gradient by a layer's input:
//
//   θ̄ = ∂/∂θ ⟨δ, J(x; θ)·ẋ⟩ + (∂y/∂θ)ᵀ ȳ        x̄ = ∂/∂x ⟨δ, J(x; θ)·ẋ⟩ + Jᵀ ȳ
//
// The first terms are the layers' `curvature`, the second ones an ordinary backward pass, which a network that is piecewise
// linear does not need: there x̄ is 0.

import type { Slot, Work } from '../gpu/work';
import { bends, curvatureOf } from '../layers/curvature';
import { addedPass, addWork } from './gradient-sum';
import { type Network, passSlots, type Tape } from './network';
import type { TrainedNetwork } from './trained-network';

/** The tangents of all layers' inputs, where the first one's is `direction`, and the work that finds them. */
function tangents(network: Network, tape: Tape, direction: Slot) {
  const found: (Slot | undefined)[] = network.layers.map(() => undefined);
  const list: Work[] = [];
  const { layers } = network;
  // Above the last layer that has parameters or bends, nothing asks for them.
  const last = layers.findLastIndex(
    ({ layer, gradients }) => Object.keys(gradients).length > 0 || bends(layer),
  );
  let tangent = direction;
  for (let i = 0; i <= last; i++) {
    const { layer, label } = layers[i]!;
    found[i] = tangent;
    if (layer.isView || i === last) continue;
    const behind = layers[i + 1]!.layer;
    const ending = layer.takesEndings && i + 1 < last && !bends(behind) ? behind.ending : undefined;
    const output = tape.outputs[i]!;
    const outputTangent: Slot = { name: `${label} tangent`, length: output.length };
    list.push(
      ...layer.tangent({
        ...passSlots(layers[i]!, i, tape.pass),
        batch: tape.batch,
        input: tape.inputs[i]!,
        output,
        saved: tape.saved[i]!,
        inputTangent: tangent,
        outputTangent,
        ...(ending && { through: { ending, preactivation: tape.inputs[i + 1]! } }),
      }),
    );
    tangent = outputTangent;
    if (ending) i++;
  }
  return { found, list };
}

/**
 * Adds to the network's gradients those of Σ ⟨direction, ∂output/∂input⟩ over the batch of a tape, direction held.
 * `outputGrads` are of a backward pass over the tape that wanted the `curvature`, from a gradient of the output that is held too.
 */
export function addDerivativeGrads(
  network: TrainedNetwork,
  tape: Tape,
  outputGrads: readonly (Slot | undefined)[],
  direction: Slot,
): Work[] {
  const { found, list } = tangents(network, tape, direction);
  const { layers } = network;
  const lowest = layers.findIndex(({ gradients }) => Object.keys(gradients).length > 0);
  const inputGrads: (Slot | undefined)[] = layers.map(({ layer, label }, i) =>
    i > lowest && bends(layer) ? { name: `${label} curvature`, length: tape.inputs[i]!.length } : undefined,
  );
  const given = (on: Network, i: number) => ({
    ...passSlots(on.layers[i]!, i, tape.pass),
    batch: tape.batch,
    input: tape.inputs[i]!,
    output: tape.outputs[i]!,
    saved: tape.saved[i]!,
    ...(Object.keys(on.layers[i]!.gradients).length > 0 && { parameterGrads: on.layers[i]!.gradients }),
  });
  /** The layers' own terms, from the top: what they need lives no longer than it has to. */
  const ownTerms = (on: Network) =>
    [...on.layers].reverse().flatMap(({ layer }, fromTop) => {
      const i = layers.length - 1 - fromTop;
      const [outputGrad, inputTangent, inputGrad] = [outputGrads[i], found[i], inputGrads[i]];
      if (layer.isView || !outputGrad || !inputTangent) return [];
      return curvatureOf(layer, {
        ...given(on, i),
        outputGrad,
        inputTangent,
        ...(inputGrad && { inputGrad }),
      });
    });
  /** What they add to the gradients of the layers below. */
  const passedDown = (on: Network) => {
    const work: Work[] = [];
    const top = inputGrads.findLastIndex((slot) => slot !== undefined);
    let grad = inputGrads[top];
    for (let i = top - 1; i >= lowest; i--) {
      const { layer, label } = on.layers[i]!;
      if (layer.isView) continue;
      const inputGrad: Slot | undefined =
        i > lowest ? { name: `${label} second inputGrad`, length: tape.inputs[i]!.length } : undefined;
      work.push(...layer.backward({ ...given(on, i), outputGrad: grad!, ...(inputGrad && { inputGrad }) }));
      if (inputGrad && inputGrads[i]) work.push(addWork(inputGrad, inputGrads[i]!));
      grad = inputGrad;
    }
    return work;
  };
  return [
    ...list,
    ...addedPass(network, 'curvature', ownTerms),
    ...addedPass(network, 'passed down', passedDown),
  ];
}
