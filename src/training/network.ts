// A network of layers: its tensors as slots, and the work of its passes in order.

import { copyRows } from '../../shaders/copyRows.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { layers } from '../layers';
import { type Layer, type ParameterSpec, type Shape, sizeOf } from '../layers/layer';
import type { LayerConfig } from './config';

export type NetworkName = 'generator' | 'discriminator';

/** A tensor under its full name. */
export interface TensorSpec extends ParameterSpec {
  /** PyTorch's: `generator.0.weight`. */
  readonly name: string;
}

/** A trainable tensor with its place on the GPU and its gradient's. */
export interface TensorSlots extends TensorSpec {
  readonly parameter: Slot;
  readonly gradient: Slot;
}

interface NetworkLayer {
  readonly layer: Layer;
  readonly output: Shape;
  readonly label: string;
  readonly parameters: Readonly<Record<string, Slot>>;
  readonly gradients: Readonly<Record<string, Slot>>;
}

export interface Network {
  readonly name: NetworkName;
  readonly input: Shape;
  readonly output: Shape;
  readonly layers: readonly NetworkLayer[];
  readonly tensors: readonly TensorSlots[];
}

export function buildNetwork(name: NetworkName, configs: readonly LayerConfig[], input: Shape): Network {
  const tensors: TensorSlots[] = [];
  let shape = input;
  const built = configs.map((config, position): NetworkLayer => {
    const layer = layers.get(config.type).create(config, shape);
    const own = layer.parameters(shape).map((spec): TensorSlots => {
      const tensorName = `${name}.${position}.${spec.name}`;
      const length = sizeOf(spec.shape);
      return {
        ...spec,
        name: tensorName,
        parameter: { name: tensorName, length },
        gradient: { name: `grad.${tensorName}`, length },
      };
    });
    tensors.push(...own);
    const local = (tensor: TensorSlots) => tensor.name.slice(tensor.name.lastIndexOf('.') + 1);
    const output = layer.outputShape(shape);
    shape = output;
    return {
      layer,
      output,
      label: `${name}[${position}] ${config.type}`,
      parameters: Object.fromEntries(own.map((tensor) => [local(tensor), tensor.parameter])),
      gradients: Object.fromEntries(own.map((tensor) => [local(tensor), tensor.gradient])),
    };
  });
  return { name, input, output: shape, layers: built, tensors };
}

/** What one forward pass leaves for the backward pass: each layer's input and output. */
export interface Tape {
  readonly batch: number;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly output: Slot;
  readonly work: readonly Work[];
}

/**
 * The forward pass of `batch` samples. The last result goes to `output` where one is given. A layer of matrix products
 * takes the activation behind it into its own dispatch. A tape that is not kept has no backward pass.
 */
export function forward(
  network: Network,
  input: Slot,
  batch: number,
  { output, keep = true }: { readonly output?: Slot; readonly keep?: boolean } = {},
): Tape {
  const inputs: Slot[] = [];
  const outputs: Slot[] = [];
  const list: Work[] = [];
  const lastWorking = network.layers.findLastIndex(({ layer }) => !layer.isView);
  const outputSlot = (i: number): Slot => {
    const { label, output: shape } = network.layers[i]!;
    return i === lastWorking && output ? output : { name: `${label} output`, length: batch * sizeOf(shape) };
  };
  let current = input;
  for (let i = 0; i < network.layers.length; i++) {
    const { layer, parameters } = network.layers[i]!;
    const ending = layer.takesEndings ? network.layers[i + 1]?.layer.ending : undefined;
    inputs.push(current);
    if (!layer.isView) {
      const next = outputSlot(i);
      const slots = {
        batch,
        input: current,
        output: next,
        parameters,
        buffers: {},
        saved: {},
        mode: 'train',
      } as const;
      const into = ending && { ending, activated: outputSlot(i + 1), keep };
      list.push(...layer.forward({ ...slots, ...(into && { into }) }));
      current = next;
      if (into) {
        outputs.push(next);
        inputs.push(next);
        current = into.activated;
        i++;
      }
    }
    outputs.push(current);
  }
  return { batch, inputs, outputs, output: current, work: list };
}

/**
 * The backward pass over a tape, from ∂loss/∂output. Goes down only as far as somebody wants a gradient: to the
 * input, or to the lowest layer that has parameters. A layer of matrix products goes on through the activation before it.
 */
export function backward(
  network: Network,
  tape: Tape,
  outputGrad: Slot,
  wanted: { readonly input: boolean; readonly parameters: boolean },
): { readonly inputGrad?: Slot; readonly work: readonly Work[] } {
  const lowest = wanted.input
    ? 0
    : network.layers.findIndex(({ parameters }) => Object.keys(parameters).length > 0);
  const list: Work[] = [];
  let grad = outputGrad;
  for (let i = network.layers.length - 1; i >= Math.max(0, lowest); i--) {
    const { layer, label, parameters, gradients } = network.layers[i]!;
    if (layer.isView) continue;
    const input = tape.inputs[i]!;
    const passesOn = wanted.input || i > lowest;
    const inputGrad = passesOn ? { name: `${label} inputGrad`, length: input.length } : undefined;
    const ending = layer.takesEndings && passesOn ? network.layers[i - 1]?.layer.ending : undefined;
    list.push(
      ...layer.backward({
        batch: tape.batch,
        input,
        output: tape.outputs[i]!,
        parameters,
        buffers: {},
        saved: {},
        mode: 'train',
        outputGrad: grad,
        ...(inputGrad && { inputGrad }),
        ...(ending && { through: { ending, preactivation: tape.inputs[i - 1]! } }),
        ...(wanted.parameters && Object.keys(gradients).length > 0 && { parameterGrads: gradients }),
      }),
    );
    if (inputGrad) grad = inputGrad;
    if (ending) i--;
  }
  return { ...(wanted.input && { inputGrad: grad }), work: list };
}

/** Copies all of a slot into another, from word `start` on: batches behind batches. */
export function copyWork(source: Slot, destination: Slot, start: number): Work {
  const shape = { count: source.length, start };
  return work(copyRows, { source, destination, shape }, linearGrid(source.length, copyRows));
}
