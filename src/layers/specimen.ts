// A layer's specimen on the GPU and in float64: numbers for everything that its passes bind, drawn once in PyTorch's order,
// and what the plug-in's reference makes of them. For the suite of all layers and for the self-check.

import * as v from 'valibot';
import type { Slot } from '../gpu/work';
import { toChannelsFirst, toChannelsLast } from '../math/axes';
import { type DrawAddress, normals, philox } from '../math/philox';
import {
  type ForwardSlots,
  type Layer,
  type LayerPlugin,
  type LayerRandom,
  type Mode,
  type ParameterSpec,
  type ReferencePass,
  type Shape,
  type Specimen,
  sizeOf,
} from './layer';
import { toKernels } from './parameter';
import { referenceOf } from './reference';

/** A tensor of a specimen: in PyTorch's layout on the CPU, and its place on the GPU. */
export interface SpecimenTensor {
  readonly spec: ParameterSpec;
  readonly data: Float32Array;
  readonly slot: Slot;
}

/** What to move, and along which direction each; for derivatives by differences. */
export interface Moved {
  readonly input?: ArrayLike<number>;
  readonly parameters?: Readonly<Record<string, ArrayLike<number>>>;
}

export interface PreparedSpecimen {
  readonly layer: Layer;
  readonly outputShape: Shape;
  /** [batch, …shape] in PyTorch's order, as is everything but `written`. */
  readonly input: Float32Array;
  readonly parameters: readonly SpecimenTensor[];
  readonly buffers: readonly SpecimenTensor[];
  readonly slots: ForwardSlots;
  /** What lies on the GPU before the forward pass. */
  readonly written: ReadonlyMap<Slot, Float32Array | Uint32Array>;
  /** The float64 output of the whole batch, and the buffers afterwards, with what is `moved` moved by `step`. */
  reference(moved?: Moved, step?: number): { output: Float64Array; buffers: Record<string, Float64Array> };
}

const RANDOM = { seed: [11, 5], stream: 98, stride: 2, offset: 1 } as const;
const CLOCK = 3;
const LANE = 4;

/** Away from 0, where relu and its kin have no derivative for differences to find. */
const offCorner = (x: number): number => (Math.abs(x) < 0.01 ? Math.sign(x || 1) * 0.02 : x);

/** Normal numbers of a specimen; `place` says which of its many draws. */
export function specimenNumbers(length: number, place: number): Float32Array<ArrayBuffer> {
  const address: DrawAddress = { seed: [7, 0], stream: 99, draw: place };
  return normals(length, address).map(offCorner);
}

const specimenWord = (index: number): number => philox([index, 70, 99, 0], [7, 0])[0]!;

/** Draws a specimen's numbers and gives its slots names. */
export function prepareSpecimen(
  // biome-ignore lint/suspicious/noExplicitAny: plug-ins of all schemas; each parses its own configuration.
  plugin: LayerPlugin<any>,
  // biome-ignore lint/suspicious/noExplicitAny: likewise.
  { config: given, input: shape, batch, groups = 1 }: Specimen<any>,
  mode: Mode,
): PreparedSpecimen {
  const config = v.parse(plugin.schema, given);
  const layer = plugin.create(config, shape);
  const outputShape = layer.outputShape(shape);
  const slot = (name: string, length: number): Slot => ({ name, length });
  const input = specimenNumbers(batch * sizeOf(shape), 0);
  const inputSlot = slot('input', input.length);
  const tensor = (spec: ParameterSpec, data: Float32Array): SpecimenTensor => ({
    spec,
    data,
    slot: slot(spec.name, data.length),
  });
  const parameters = layer
    .parameters(shape)
    .map((spec, i) => tensor(spec, specimenNumbers(sizeOf(spec.shape), 1 + i)));
  // Variances must stay positive: above where training starts them.
  const buffers = (layer.buffers?.(shape) ?? []).map((spec, i) => {
    const start = spec.initializer.type === 'constant' ? spec.initializer.value : 0;
    return tensor(
      spec,
      specimenNumbers(sizeOf(spec.shape), 30 + i).map((x) => start + Math.abs(x) / 2),
    );
  });
  const { classes } = layer;
  const labels = Uint32Array.from({ length: batch }, (_, row) => (classes ? specimenWord(row) % classes : 0));
  const labelSlot = slot('labels', batch);
  const saved = mode === 'train' ? Object.entries(layer.saved?.(shape, batch, groups) ?? {}) : [];
  const clock = slot('clock', 1);
  const random: LayerRandom = { clock, stream: RANDOM, lane: LANE };
  const draws = layer.isRandom && mode === 'train';
  const bySpec = <T>(tensors: readonly SpecimenTensor[], value: (tensor: SpecimenTensor) => T) =>
    Object.fromEntries(tensors.map((tensor) => [tensor.spec.name, value(tensor)]));

  const reference: PreparedSpecimen['reference'] = (moved = {}, step = 0) => {
    const shifted = (data: Float32Array, by?: ArrayLike<number>) =>
      Float64Array.from(data, (x, i) => x + step * (by?.[i] ?? 0));
    const x = shifted(input, moved.input);
    const values = bySpec(parameters, ({ spec, data }) => shifted(data, moved.parameters?.[spec.name]));
    let kept: Record<string, Float64Array> = bySpec(buffers, ({ data }) => Float64Array.from(data));
    // Group after group, each with the buffers that the one before it left.
    const outputs = Array.from({ length: groups }, (_, group) => {
      const part = <T extends Float64Array | Uint32Array>(all: T) =>
        all.slice((group * all.length) / groups, ((group + 1) * all.length) / groups) as T;
      const pass: ReferencePass = {
        shape,
        batch: batch / groups,
        mode,
        buffers: kept,
        labels: part(labels),
        words: (index) =>
          philox([index, CLOCK * RANDOM.stride + RANDOM.offset, RANDOM.stream, LANE], RANDOM.seed),
      };
      const result = referenceOf(plugin, config, part(x), values, pass);
      kept = result.buffers;
      return result.output;
    });
    return { output: Float64Array.from(outputs.flatMap((output) => [...output])), buffers: kept };
  };

  return {
    layer,
    outputShape,
    input,
    parameters,
    buffers,
    slots: {
      batch,
      groups,
      input: inputSlot,
      output: slot('output', batch * sizeOf(outputShape)),
      parameters: bySpec(parameters, (one) => one.slot),
      buffers: bySpec(buffers, (one) => one.slot),
      saved: Object.fromEntries(saved.map(([name, length]) => [name, slot(`saved ${name}`, length)])),
      mode,
      ...(classes && { labels: labelSlot }),
      ...(draws && { random }),
    },
    written: new Map<Slot, Float32Array | Uint32Array>([
      [inputSlot, toChannelsLast(input, shape)],
      ...[...parameters, ...buffers].map(({ spec, data, slot }) => [slot, toKernels(data, spec)] as const),
      ...(classes ? [[labelSlot, labels] as const] : []),
      ...(draws ? [[clock, Uint32Array.of(CLOCK)] as const] : []),
    ]),
    reference,
  };
}

/** A batch of samples read back, in PyTorch's order. */
export const samplesFromGpu = (bytes: ArrayBuffer, shape: Shape): Float32Array =>
  toChannelsFirst(new Float32Array(bytes), shape);
