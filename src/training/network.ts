// A network of layers: its tensors as slots, and the work of its passes in order.

import type { Slot, Work } from '../gpu/work';
import { layers } from '../layers';
import {
  backwardChain,
  forwardChain,
  type Link,
  layTape,
  type Pass,
  type SlotsByName,
  type Tape,
  type Wanted,
} from '../layers/chain';
import { type ParameterSpec, type Shape, sizeOf } from '../layers/layer';
import { withoutMoves } from '../layers/reorder';
import type { LayerConfig } from './config';
import { divideWeights, type SpectralWeight, spectralBuffers } from './spectral-norm';

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

/** A tensor that is kept but not trained, with its place. */
export interface BufferSlots extends TensorSpec {
  readonly buffer: Slot;
}

export interface Network {
  readonly name: NetworkName;
  readonly input: Shape;
  readonly output: Shape;
  readonly layers: readonly Link[];
  readonly tensors: readonly TensorSlots[];
  readonly buffers: readonly BufferSlots[];
  /** Weights that its layers compute with in another form. */
  readonly spectral: readonly SpectralWeight[];
}

export function buildNetwork(name: NetworkName, configs: readonly LayerConfig[], input: Shape): Network {
  const tensors: TensorSlots[] = [];
  const buffers: BufferSlots[] = [];
  const spectral: SpectralWeight[] = [];
  let created = input;
  const list = configs.map((config) => {
    const layer = layers.get(config.type).create(config, created);
    created = layer.outputShape(created);
    return layer;
  });
  let shape = input;
  const built = withoutMoves(list).map((layer, position): Link => {
    const slotOf = (spec: ParameterSpec, prefix = ''): Slot => ({
      name: `${prefix}${name}.${position}.${spec.name}`,
      length: sizeOf(spec.shape),
    });
    const parameters: Record<string, Slot> = {};
    const gradients: Record<string, Slot> = {};
    for (const spec of layer.parameters(shape)) {
      const parameter = slotOf(spec);
      const gradient = slotOf(spec, 'grad.');
      parameters[spec.name] = parameter;
      gradients[spec.name] = gradient;
      tensors.push({ ...spec, name: parameter.name, parameter, gradient });
    }
    const kept: Record<string, Slot> = {};
    const keep = (spec: ParameterSpec): Slot => {
      const buffer = slotOf(spec);
      buffers.push({ ...spec, name: buffer.name, buffer });
      return buffer;
    };
    for (const spec of layer.buffers?.(shape) ?? []) kept[spec.name] = keep(spec);
    for (const weightName of layer.spectralNorm ?? []) {
      const spec = layer.parameters(shape).find(({ name }) => name === weightName)!;
      const [left, right] = spectralBuffers(spec).map(keep) as [Slot, Slot];
      const [weight, gradient] = [parameters[weightName]!, gradients[weightName]!];
      const normalized = slotOf(spec, 'normalised ');
      const normalizedGrad = slotOf(spec, 'gradient by normalised ');
      const sigma: Slot = { name: `${weight.name} sigma`, length: 1 };
      spectral.push({ spec, weight, gradient, left, right, normalized, normalizedGrad, sigma });
      parameters[weightName] = normalized;
      gradients[weightName] = normalizedGrad;
    }
    const input = shape;
    shape = layer.outputShape(shape);
    const label = `${name}[${position}] ${configs[position]!.type}`;
    return { layer, input, output: shape, label, parameters, gradients, buffers: kept };
  });
  return { name, input, output: shape, layers: built, tensors, buffers, spectral };
}

/** The same layers on other slots, where `replaced` has one for a slot: on averaged weights, say. */
export function withSlots(network: Network, replaced: ReadonlyMap<Slot, Slot>): Network {
  const of = (slot: Slot): Slot => replaced.get(slot) ?? slot;
  const map = (slots: SlotsByName): SlotsByName =>
    Object.fromEntries(Object.entries(slots).map(([name, slot]) => [name, of(slot)]));
  return {
    ...network,
    spectral: network.spectral.map((own) => ({
      ...own,
      weight: of(own.weight),
      gradient: of(own.gradient),
      left: of(own.left),
      right: of(own.right),
    })),
    layers: network.layers.map((layer) => ({
      ...layer,
      parameters: map(layer.parameters),
      gradients: map(layer.gradients),
      buffers: map(layer.buffers),
    })),
  };
}

interface RecordedTape extends Tape {
  readonly work: readonly Work[];
}

/**
 * The forward pass of `batch` samples. The last result goes to `output` where one is given. A tape that is not kept has no
 * backward pass.
 */
export function forward(
  network: Network,
  input: Slot,
  batch: number,
  pass: Pass,
  { output, keep = true }: { readonly output?: Slot; readonly keep?: boolean } = {},
): RecordedTape {
  const tape = layTape(network.layers, input, batch, pass, output && { output });
  // An update divides its weights once, for all of its passes.
  const divided = pass.mode === 'evaluate' ? divideWeights(network.spectral, { iterate: false }) : [];
  return { ...tape, work: [...divided, ...forwardChain(network.layers, tape, { keep })] };
}

/** The backward pass over a tape, from ∂loss/∂output; see `backwardChain`. */
export const backward = (network: Network, tape: Tape, outputGrad: Slot, wanted: Wanted) =>
  backwardChain(network.layers, tape, outputGrad, wanted);
