// Layers one behind the other: their slots, and the work of their passes in order. Networks are chains, and so are the branches of
// layers that hold layers.

import type { StreamSettings } from '../gpu/draw';
import type { Slot, Work } from '../gpu/work';
import { bends, curvatureOf } from './curvature';
import { type Layer, type LayerRandom, type Mode, type Shape, sizeOf } from './layer';
import { addWork } from './slots';

export type SlotsByName = Readonly<Record<string, Slot>>;

/** A layer in its place: its shapes, and where its tensors lie. */
export interface Link {
  readonly layer: Layer;
  readonly input: Shape;
  readonly output: Shape;
  readonly label: string;
  readonly parameters: SlotsByName;
  readonly gradients: SlotsByName;
  readonly buffers: SlotsByName;
}

/** How a pass is meant; one that trains draws its random numbers, where layers want some, from a stream of its own. */
export interface Pass {
  readonly mode: Mode;
  readonly random?: PassRandom;
  /** u32 [batch], maybe more behind: the classes of the samples, which layers with `classes` are told. */
  readonly labels?: Slot | undefined;
  /** Batches in one pass, behind one another, for layers that mix theirs; 1 where absent. */
  readonly groups?: number | undefined;
}

interface PassRandom {
  readonly clock: Slot;
  readonly stream: StreamSettings;
  /** The lane of the first layer, the others' follow; 0 where absent. */
  readonly firstLane?: number;
}

export const EVALUATE: Pass = { mode: 'evaluate' };

/** Where a forward pass leaves what the backward pass needs: each layer's input and output, and what it saved. */
export interface Tape {
  readonly batch: number;
  readonly pass: Pass;
  readonly inputs: readonly Slot[];
  readonly outputs: readonly Slot[];
  readonly saved: readonly SlotsByName[];
  readonly output: Slot;
}

/** What a backward pass is to find. */
export interface Wanted {
  readonly input: boolean;
  readonly parameters: boolean;
  /** Whether its curvature will be asked for: `outputGrads` then has those of all layers that it takes. */
  readonly curvature?: boolean;
}

/** What a layer is given in every pass of a mode. */
function passSlots({ layer, parameters, buffers }: Link, position: number, pass: Pass) {
  const random: LayerRandom | undefined =
    layer.isRandom && pass.random
      ? {
          clock: pass.random.clock,
          stream: pass.random.stream,
          lane: (pass.random.firstLane ?? 0) + position,
        }
      : undefined;
  const { mode, labels, groups } = pass;
  return {
    parameters,
    buffers,
    mode,
    ...(groups && { groups }),
    ...(labels && { labels }),
    ...(random && { random }),
  };
}

const tapeSlots = (link: Link, i: number, tape: Tape) => ({
  ...passSlots(link, i, tape.pass),
  batch: tape.batch,
  input: tape.inputs[i]!,
  output: tape.outputs[i]!,
  saved: tape.saved[i]!,
});

/** The next layer behind i, or before it, that is more than a view of the same numbers; −1 where there is none. */
const behind = (links: readonly Link[], i: number): number =>
  links.findIndex(({ layer }, at) => at > i && !layer.isView);
const before = (links: readonly Link[], i: number): number =>
  links.findLastIndex(({ layer }, at) => at < i && !layer.isView);

/** What the derivative of activation i is found from. */
const derivedFrom = (links: readonly Link[], i: number, tape: Tape): Slot =>
  links[i]!.layer.ending?.fromOutput ? tape.outputs[i]! : tape.inputs[i]!;

/** The activation behind layer i, where that one takes it into its own dispatch. */
const endingBehind = (links: readonly Link[], i: number) =>
  links[i]!.layer.takesEndings ? links[behind(links, i)]?.layer.ending : undefined;

/**
 * The slots of a pass of `batch` samples. The last result goes to `output` where one is given; `place` may have slots for the
 * others, by the layer's position and what they hold.
 */
export function layTape(
  links: readonly Link[],
  input: Slot,
  batch: number,
  pass: Pass,
  {
    output,
    place = (i, name, length) => ({ name: `${links[i]!.label} ${name}`, length }),
  }: {
    readonly output?: Slot;
    readonly place?: (position: number, name: string, length: number) => Slot;
  } = {},
): Tape {
  const lastWorking = links.findLastIndex(({ layer }) => !layer.isView);
  const inputs: Slot[] = [];
  const outputs: Slot[] = [];
  const saved: SlotsByName[] = [];
  let current = input;
  links.forEach(({ layer, input: shape, output: result }, i) => {
    inputs.push(current);
    const lengths =
      pass.mode === 'train' && !isTaken(links, i) ? layer.saved?.(shape, batch, pass.groups ?? 1) : undefined;
    saved.push(
      Object.fromEntries(
        Object.entries(lengths ?? {}).map(([name, length]) => [name, place(i, name, length)]),
      ),
    );
    if (!layer.isView)
      current = i === lastWorking && output ? output : place(i, 'output', batch * sizeOf(result));
    outputs.push(current);
  });
  return { batch, pass, inputs, outputs, saved, output: current };
}

/** Whether layer i is an activation that the one before it takes. */
const isTaken = (links: readonly Link[], i: number): boolean => {
  const taker = before(links, i);
  return taker >= 0 && !links[i]!.layer.isView && endingBehind(links, taker) !== undefined;
};

/**
 * The forward pass over a tape. A layer of matrix products takes the activation behind it into its own dispatch. Where it is not to
 * `keep`, there is no backward pass.
 */
export function forwardChain(
  links: readonly Link[],
  tape: Tape,
  { keep = true }: { readonly keep?: boolean } = {},
): Work[] {
  return links.flatMap((link, i) => {
    if (link.layer.isView || isTaken(links, i)) return [];
    const ending = endingBehind(links, i);
    const into = ending && {
      ending,
      activated: tape.outputs[behind(links, i)]!,
      keep: keep && !ending.fromOutput,
    };
    return link.layer.forward({ ...tapeSlots(link, i, tape), ...(into && { into }) });
  });
}

/**
 * The backward pass over a tape, from ∂loss/∂output. Goes down only as far as somebody wants a gradient: to the
 * input, or to the lowest layer that has parameters. A layer of matrix products goes on through the activation before it.
 * `outputGrads` are the gradients of the layers' outputs, where they were found by themselves.
 */
export function backwardChain(
  links: readonly Link[],
  tape: Tape,
  outputGrad: Slot,
  wanted: Wanted,
): {
  readonly inputGrad?: Slot;
  readonly outputGrads: readonly (Slot | undefined)[];
  readonly work: readonly Work[];
} {
  const lowest = wanted.input ? 0 : lowestTrained(links);
  const list: Work[] = [];
  const outputGrads: (Slot | undefined)[] = links.map(() => undefined);
  let grad = outputGrad;
  for (let i = links.length - 1; i >= Math.max(0, lowest); i--) {
    const { layer, label, gradients } = links[i]!;
    outputGrads[i] = grad;
    if (layer.isView) continue;
    const passesOn = wanted.input || i > lowest;
    const inputGrad = passesOn ? { name: `${label} inputGrad`, length: tape.inputs[i]!.length } : undefined;
    const below = before(links, i);
    const joins = layer.takesEndings && passesOn && below >= 0;
    const joined = joins ? links[below]!.layer : undefined;
    const ending = joined && !(wanted.curvature && bends(joined)) ? joined.ending : undefined;
    list.push(
      ...layer.backward({
        ...tapeSlots(links[i]!, i, tape),
        outputGrad: grad,
        ...(inputGrad && { inputGrad }),
        ...(ending && { through: { ending, preactivation: derivedFrom(links, below, tape) } }),
        ...(wanted.parameters && Object.keys(gradients).length > 0 && { parameterGrads: gradients }),
      }),
    );
    if (inputGrad) grad = inputGrad;
    if (ending) i = below;
  }
  return { ...(wanted.input && { inputGrad: grad }), outputGrads, work: list };
}

const lowestTrained = (links: readonly Link[]): number =>
  links.findIndex(({ gradients }) => Object.keys(gradients).length > 0);

/**
 * The tangent pass over a tape, from a direction of the input: `inputTangents` of the layers, where they were found by themselves,
 * and the `outputTangent`, unless only `curvature` is wanted of it.
 */
export function tangentChain(
  links: readonly Link[],
  tape: Tape,
  direction: Slot,
  { curvature = false }: { readonly curvature?: boolean } = {},
): {
  readonly inputTangents: readonly (Slot | undefined)[];
  readonly outputTangent: Slot;
  readonly work: Work[];
} {
  const inputTangents: (Slot | undefined)[] = links.map(() => undefined);
  const list: Work[] = [];
  // Above the last layer that has parameters or bends, curvature asks for nothing.
  const last = curvature
    ? links.findLastIndex(({ layer, gradients }) => Object.keys(gradients).length > 0 || bends(layer))
    : links.length;
  let tangent = direction;
  for (let i = 0; i <= Math.min(last, links.length - 1); i++) {
    const { layer, label } = links[i]!;
    inputTangents[i] = tangent;
    if (layer.isView || i === last) continue;
    const above = behind(links, i);
    const joins = layer.takesEndings && above >= 0 && above < last;
    const joined = joins ? links[above]!.layer : undefined;
    const ending = joined && !(curvature && bends(joined)) ? joined.ending : undefined;
    const outputTangent: Slot = { name: `${label} tangent`, length: tape.outputs[i]!.length };
    list.push(
      ...layer.tangent({
        ...tapeSlots(links[i]!, i, tape),
        inputTangent: tangent,
        outputTangent,
        ...(ending && { through: { ending, preactivation: derivedFrom(links, above, tape) } }),
      }),
    );
    tangent = outputTangent;
    if (ending) i = above;
  }
  return { inputTangents, outputTangent: tangent, work: list };
}

/**
 * How the derivative ⟨δ, J·ẋ⟩ of a chain along a direction changes, with the gradients δ of the outputs and the tangents ẋ of the
 * inputs held: the gradients of it by the parameters, overwritten, and by the input where that is wanted and not 0. For a layer
 * y = f(x; θ), backwards from the top, with x̄ the gradient by its input and ȳ that by its output:
 *
 *   θ̄ = ∂/∂θ ⟨δ, J(x; θ)·ẋ⟩ + (∂y/∂θ)ᵀ ȳ        x̄ = ∂/∂x ⟨δ, J(x; θ)·ẋ⟩ + Jᵀ ȳ
 *
 * The first terms are the layers' `curvature`, the second an ordinary backward pass, which a chain that is piecewise linear does not
 * need: there x̄ is 0. Gradients of which nothing is written are 0.
 */
export function curvatureChain(
  links: readonly Link[],
  tape: Tape,
  outputGrads: readonly (Slot | undefined)[],
  inputTangents: readonly (Slot | undefined)[],
  wanted: { readonly input: boolean },
): { readonly inputGrad?: Slot; readonly work: readonly Work[] } {
  const lowest = wanted.input ? 0 : lowestTrained(links);
  const list: Work[] = [];
  // ȳ, where it is not 0.
  let grad: Slot | undefined;
  for (let i = links.length - 1; i >= Math.max(0, lowest); i--) {
    const { layer, label, gradients } = links[i]!;
    if (layer.isView) continue;
    const [outputGrad, inputTangent] = [outputGrads[i], inputTangents[i]];
    const input = tape.inputs[i]!;
    const passesOn = wanted.input || i > lowest;
    const own = passesOn && bends(layer) ? { name: `${label} curvature`, length: input.length } : undefined;
    const parameterGrads = Object.keys(gradients).length > 0 ? gradients : undefined;
    const terms =
      outputGrad && inputTangent
        ? curvatureOf(layer, {
            ...tapeSlots(links[i]!, i, tape),
            outputGrad,
            inputTangent,
            ...(own && { inputGrad: own }),
            ...(parameterGrads && { parameterGrads }),
          })
        : [];
    list.push(...terms);
    if (!grad) {
      grad = own;
      continue;
    }
    const written = new Set(terms.flatMap(({ bindings }) => Object.values(bindings)));
    const passed: Slot | undefined = passesOn
      ? { name: `${label} second inputGrad`, length: input.length }
      : undefined;
    const second = Object.entries(gradients).map(([name, slot]) => {
      const apart = written.has(slot) ? { name: `second ${slot.name}`, length: slot.length } : slot;
      return { name, slot, apart };
    });
    list.push(
      ...layer.backward({
        ...tapeSlots(links[i]!, i, tape),
        outputGrad: grad,
        ...(passed && { inputGrad: passed }),
        ...(parameterGrads && {
          parameterGrads: Object.fromEntries(second.map(({ name, apart }) => [name, apart])),
        }),
      }),
      ...second.flatMap(({ slot, apart }) => (apart === slot ? [] : [addWork(slot, apart)])),
      ...(passed && own ? [addWork(passed, own)] : []),
    );
    grad = passed;
  }
  return { ...(wanted.input && grad && { inputGrad: grad }), work: list };
}
