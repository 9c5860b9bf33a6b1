// A network of layers: its tensors as slots, and the work of its passes in order.

import { copyRows } from '../../shaders/copyRows.wgsl';
import type { StreamSettings } from '../gpu/draw';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { layers } from '../layers';
import { bends } from '../layers/curvature';
import { type Layer, type LayerRandom, type ParameterSpec, type Shape, sizeOf } from '../layers/layer';
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

type SlotsByName = Readonly<Record<string, Slot>>;

export interface NetworkLayer {
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
  readonly label: string;
  readonly parameters: SlotsByName;
  readonly gradients: SlotsByName;
  readonly buffers: SlotsByName;
}

export interface Network {
  readonly name: NetworkName;
  readonly input: Shape;
  readonly output: Shape;
  readonly layers: readonly NetworkLayer[];
  readonly tensors: readonly TensorSlots[];
  readonly buffers: readonly BufferSlots[];
  /** Weights that its layers compute with in another form. */
  readonly spectral: readonly SpectralWeight[];
}

export function buildNetwork(name: NetworkName, configs: readonly LayerConfig[], input: Shape): Network {
  const tensors: TensorSlots[] = [];
  const buffers: BufferSlots[] = [];
  const spectral: SpectralWeight[] = [];
  let shape = input;
  const built = configs.map((config, position): NetworkLayer => {
    const layer = layers.get(config.type).create(config, shape);
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
    if (layer.spectralNorm) {
      const spec = layer.parameters(shape).find(({ name }) => name === 'weight')!;
      const [left, right] = spectralBuffers(spec).map(keep) as [Slot, Slot];
      const [weight, gradient] = [parameters.weight!, gradients.weight!];
      const normalized = slotOf(spec, 'normalised ');
      const normalizedGrad = slotOf(spec, 'gradient by normalised ');
      const sigma: Slot = { name: `${weight.name} sigma`, length: 1 };
      spectral.push({ spec, weight, gradient, left, right, normalized, normalizedGrad, sigma });
      parameters.weight = normalized;
      gradients.weight = normalizedGrad;
    }
    const input = shape;
    shape = layer.outputShape(shape);
    const label = `${name}[${position}] ${config.type}`;
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

/** Whether a sample's output depends on the batch that it is in. */
export const mixesBatch = ({ layers }: Network): boolean => layers.some(({ layer }) => layer.mixesBatch);

/** How a pass is meant; one that trains draws its random numbers from a stream of its own. */
export type Pass =
  | { readonly mode: 'train'; readonly random: { readonly clock: Slot; readonly stream: StreamSettings } }
  | { readonly mode: 'evaluate' };

export const EVALUATE: Pass = { mode: 'evaluate' };

/** What one forward pass leaves for the backward pass: each layer's input and output, and what it saved. */
export interface Tape {
  readonly batch: number;
  readonly pass: Pass;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly saved: readonly SlotsByName[];
  readonly output: Slot;
  readonly work: readonly Work[];
}

/** What a layer is given in every pass of a mode. */
export function passSlots({ layer, parameters, buffers }: NetworkLayer, position: number, pass: Pass) {
  const random: LayerRandom | undefined =
    layer.isRandom && pass.mode === 'train' ? { ...pass.random, lane: position } : undefined;
  return { parameters, buffers, mode: pass.mode, ...(random && { random }) };
}

/**
 * The forward pass of `batch` samples. The last result goes to `output` where one is given. A layer of matrix products
 * takes the activation behind it into its own dispatch. A tape that is not kept has no backward pass.
 */
export function forward(
  network: Network,
  input: Slot,
  batch: number,
  pass: Pass,
  { output, keep = true }: { readonly output?: Slot; readonly keep?: boolean } = {},
): Tape {
  const inputs: Slot[] = [];
  const outputs: Slot[] = [];
  const saved: SlotsByName[] = [];
  // An update divides its weights once, for all of its passes.
  const list: Work[] = pass.mode === 'evaluate' ? divideWeights(network.spectral, { iterate: false }) : [];
  const lastWorking = network.layers.findLastIndex(({ layer }) => !layer.isView);
  const outputSlot = (i: number): Slot => {
    const { label, output: shape } = network.layers[i]!;
    return i === lastWorking && output ? output : { name: `${label} output`, length: batch * sizeOf(shape) };
  };
  let current = input;
  for (let i = 0; i < network.layers.length; i++) {
    const networkLayer = network.layers[i]!;
    const { layer } = networkLayer;
    const ending = layer.takesEndings ? network.layers[i + 1]?.layer.ending : undefined;
    inputs.push(current);
    saved.push(pass.mode === 'train' ? savedSlots(networkLayer, batch) : {});
    if (!layer.isView) {
      const next = outputSlot(i);
      const slots = {
        ...passSlots(networkLayer, i, pass),
        batch,
        input: current,
        output: next,
        saved: saved[i]!,
      };
      const into = ending && { ending, activated: outputSlot(i + 1), keep };
      list.push(...layer.forward({ ...slots, ...(into && { into }) }));
      current = next;
      if (into) {
        outputs.push(next);
        inputs.push(next);
        saved.push({});
        current = into.activated;
        i++;
      }
    }
    outputs.push(current);
  }
  return { batch, pass, inputs, outputs, saved, output: current, work: list };
}

function savedSlots({ layer, input, label }: NetworkLayer, batch: number): SlotsByName {
  const lengths = layer.saved?.(input, batch) ?? {};
  return Object.fromEntries(
    Object.entries(lengths).map(([name, length]) => [name, { name: `${label} ${name}`, length }]),
  );
}

/** What a backward pass is to find. */
export interface Wanted {
  readonly input: boolean;
  readonly parameters: boolean;
  /** Whether its curvature will be asked for: `outputGrads` then has those of all layers that it takes. */
  readonly curvature?: boolean;
}

/**
 * The backward pass over a tape, from ∂loss/∂output. Goes down only as far as somebody wants a gradient: to the
 * input, or to the lowest layer that has parameters. A layer of matrix products goes on through the activation before it.
 * `outputGrads` are the gradients of the layers' outputs, where they were found by themselves.
 */
export function backward(
  network: Network,
  tape: Tape,
  outputGrad: Slot,
  wanted: Wanted,
): {
  readonly inputGrad?: Slot;
  readonly outputGrads: readonly (Slot | undefined)[];
  readonly work: readonly Work[];
} {
  const lowest = wanted.input
    ? 0
    : network.layers.findIndex(({ parameters }) => Object.keys(parameters).length > 0);
  const list: Work[] = [];
  const outputGrads: (Slot | undefined)[] = network.layers.map(() => undefined);
  let grad = outputGrad;
  for (let i = network.layers.length - 1; i >= Math.max(0, lowest); i--) {
    const networkLayer = network.layers[i]!;
    const { layer, label, gradients } = networkLayer;
    outputGrads[i] = grad;
    if (layer.isView) continue;
    const input = tape.inputs[i]!;
    const passesOn = wanted.input || i > lowest;
    const inputGrad = passesOn ? { name: `${label} inputGrad`, length: input.length } : undefined;
    const before = network.layers[i - 1]?.layer;
    const joins = layer.takesEndings && passesOn && before && !(wanted.curvature && bends(before));
    const ending = joins ? before.ending : undefined;
    list.push(
      ...layer.backward({
        ...passSlots(networkLayer, i, tape.pass),
        batch: tape.batch,
        input,
        output: tape.outputs[i]!,
        saved: tape.saved[i]!,
        outputGrad: grad,
        ...(inputGrad && { inputGrad }),
        ...(ending && { through: { ending, preactivation: tape.inputs[i - 1]! } }),
        ...(wanted.parameters && Object.keys(gradients).length > 0 && { parameterGrads: gradients }),
      }),
    );
    if (inputGrad) grad = inputGrad;
    if (ending) i--;
  }
  return { ...(wanted.input && { inputGrad: grad }), outputGrads, work: list };
}

/** Copies `count` numbers between slots: batches behind batches. From and to the start where not said. */
export function copyWork(
  source: Slot,
  destination: Slot,
  count: number,
  { from = 0, to = 0 }: { readonly from?: number; readonly to?: number } = {},
): Work {
  const shape = { count, sourceStart: from, destinationStart: to };
  return work(copyRows, { source, destination, shape }, linearGrid(count, copyRows));
}
