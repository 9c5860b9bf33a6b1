// The contract of a layer: what it needs, and the work of its forward, backward and tangent passes.

import type * as v from 'valibot';
import type { StreamSettings } from '../gpu/draw';
import type { Slot, Work } from '../gpu/work';
import type { Words } from '../math/philox';
import type { Kernel } from '../wgsl/kernel';

/**
 * A sample's shape, without the batch: `[2]`, `[784]`, `[16, 7, 7]` (channels, height, width). Images lie channels last on
 * the GPU, [batch, height, width, channels]: neighbouring channels are then one vec4. Whoever reads or writes samples from
 * outside turns them (`src/math/axes.ts`).
 */
export type Shape = readonly number[];

export type Initializer =
  | { readonly type: 'uniform'; readonly bound: number }
  | { readonly type: 'normal'; readonly mean: number; readonly standardDeviation: number }
  | { readonly type: 'constant'; readonly value: number }
  /** Normal numbers, together of length 1. */
  | { readonly type: 'sphere' };

/** One tensor of a layer, under PyTorch's name and with the shape that it has in PyTorch's files. */
export interface ParameterSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly initializer: Initializer;
  /** The order of its axes on the GPU, as NumPy's transpose takes it; as they are where absent. */
  readonly axes?: readonly number[];
  /** The shape that those axes are of, where it is another: of the same numbers in the same order. */
  readonly view?: Shape;
}

/** How a sample's numbers lie on the GPU: [pixels, channels]. A row of n numbers has n channels and one pixel. */
export interface Layout {
  readonly channels: number;
  readonly pixels: number;
}

/** How a pass is meant: batch norm and dropout behave differently while training and when samples are asked for. */
export type Mode = 'train' | 'evaluate';

/** Random numbers of one layer in one pass; the backward pass is given the same and may draw them again. */
export interface LayerRandom {
  /** Which update this is, in its first word. */
  readonly clock: Slot;
  readonly stream: StreamSettings;
  /** The layer's own, philox's fourth counter word. */
  readonly lane: number;
}

export interface ForwardSlots {
  readonly batch: number;
  /** Batches of one size that lie behind one another in `batch`, for a layer that `mixesBatch`; 1 where absent. */
  readonly groups?: number;
  readonly input: Slot;
  readonly output: Slot;
  readonly parameters: Readonly<Record<string, Slot>>;
  /** The layer's `buffers`: running statistics. */
  readonly buffers: Readonly<Record<string, Slot>>;
  /** The layer's `saved`, of this pass. */
  readonly saved: Readonly<Record<string, Slot>>;
  readonly mode: Mode;
  /** u32 [batch], maybe more behind: the samples' classes, in a pass that has them. */
  readonly labels?: Slot;
  /** Present for a layer that `isRandom`, in mode `train`. */
  readonly random?: LayerRandom;
  readonly into?: IntoActivation;
}

/** An activation as the end of another layer's kernel. */
export interface ProductEnding {
  /** Any kernel of the activation's file: its functions `activation` and `derivative` are grafted into the other kernel. */
  readonly functions: Kernel<never, string>;
  readonly parameter: number;
  /**
   * True where f′(f(x)) is f′(x), as that of a function which keeps the sign and whose derivative goes by it: then nobody needs the
   * activation's input once its output is there.
   */
  readonly fromOutput: boolean;
}

/** Where a layer's forward pass goes on into the activation behind it. */
export interface IntoActivation {
  readonly ending: ProductEnding;
  readonly activated: Slot;
  /** Whether a backward pass will ask for the activation's input: the layer's own `output` is only written then. */
  readonly keep: boolean;
}

/** Where a layer's backward pass goes on through the activation before it, or its tangent pass through the one behind. */
export interface ThroughActivation {
  readonly ending: ProductEnding;
  /** The activation's input, or what says the same (`fromOutput`). On the way back, `inputGrad` is the gradient of the input. */
  readonly preactivation: Slot;
}

export interface BackwardSlots extends ForwardSlots {
  readonly outputGrad: Slot;
  /** Absent where nobody wants it: below the first layer of a network that is updated. */
  readonly inputGrad?: Slot;
  readonly through?: ThroughActivation;
  /** Absent while the network is held: D's in a generator update. Overwritten, not added to. */
  readonly parameterGrads?: Readonly<Record<string, Slot>>;
}

export interface TangentSlots extends ForwardSlots {
  readonly inputTangent: Slot;
  /** Where it goes on `through` an activation behind, the tangent of that one's output. */
  readonly outputTangent: Slot;
  readonly through?: ThroughActivation;
}

export interface CurvatureSlots extends Omit<BackwardSlots, 'through'> {
  readonly inputTangent: Slot;
}

/** As what images' numbers the rows lie that a layer takes and gives; in their own order where absent. */
export interface RowOrder {
  readonly input?: Layout;
  readonly output?: Layout;
}

export interface Layer {
  outputShape(input: Shape): Shape;
  parameters(input: Shape): readonly ParameterSpec[];
  /** Tensors that are kept and stored but not trained: running statistics. */
  buffers?(input: Shape): readonly ParameterSpec[];
  /** What a forward pass in mode `train` leaves for its backward pass beside input and output: lengths in words. */
  saved?(input: Shape, batch: number, groups: number): Readonly<Record<string, number>>;
  /** True where a sample's output depends on its batch: it then heeds `groups`, as D judges real and generated samples in one pass. */
  readonly mixesBatch?: boolean;
  /** True for a layer that draws random numbers while training. */
  readonly isRandom?: boolean;
  /** How many classes the labels are of that its passes are given; absent for a layer that takes none. */
  readonly classes?: number;
  /** True for a layer that only reads its input as another shape: its output is the input's slot. */
  readonly isView?: boolean;
  /** How a layer that does nothing but move numbers finds and leaves them. */
  readonly moves?: { readonly from: Layout; readonly to: Layout };
  /**
   * The layer for rows that lie as an image does, before or behind it, so that nothing has to be moved between the two (see
   * `withoutMoves`). Absent, or undefined, where a layer can't.
   */
  lying?(order: RowOrder): Layer | undefined;
  /** Names of those weights that are to be divided by their largest singular value: the passes are then given the divided ones. */
  readonly spectralNorm?: readonly string[];
  /** What products may end in, of an elementwise activation. */
  readonly ending?: ProductEnding;
  /** True for a layer made of matrix products that heeds `into` and `through`: it saves the activations' own dispatches. */
  readonly takesEndings?: boolean;
  /** Parameters that are only added to the output; where absent, what is named `bias`. */
  readonly offsets?: readonly string[];
  forward(slots: ForwardSlots): readonly Work[];
  /** outputGrad → inputGrad and parameterGrads: ∂loss/∂output → ∂loss/∂input, ∂loss/∂parameters. */
  backward(slots: BackwardSlots): readonly Work[];
  /** inputTangent → outputTangent: the directional derivative of the output, parameters held. */
  tangent(slots: TangentSlots): readonly Work[];
  /**
   * inputGrad and parameterGrads of ⟨outputGrad, outputTangent⟩, outputGrad and inputTangent held: what the derivative of
   * the layer changes by. Absent for a layer that is (piecewise) linear in its input: inputGrad would be 0, and the
   * gradients of parameters are those of `backward` with the tangent as its input, but for its `offsets`, which have none.
   */
  curvature?(slots: CurvatureSlots): readonly Work[];
  /** Whether its derivative changes with its input: as a layer with a `curvature` does, where it does not say. */
  readonly bends?: boolean;
}

/** A small example of a layer at awkward sizes; one suite checks every specimen of every layer. */
export interface Specimen<Config> {
  readonly config: Config;
  readonly input: Shape;
  readonly batch: number;
  /** Batches that `batch` is made of, as in `ForwardSlots`. */
  readonly groups?: number;
}

/** What a reference is told beside numbers. Images are in PyTorch's order here: [channels, height, width]. */
export interface ReferencePass {
  /** The input's shape. */
  readonly shape: Shape;
  readonly batch: number;
  readonly mode: Mode;
  readonly buffers: Readonly<Record<string, Float64Array>>;
  /** Of the samples that it is given, where the layer has `classes`. */
  readonly labels?: Uint32Array;
  /** The four random words that a layer which `isRandom` has at an index. */
  words(index: number): Words;
}

/** A layer in a configuration: its name, and the options that its own schema has checked and filled in. */
export interface LayerConfig {
  readonly type: string;
  readonly [option: string]: unknown;
}

/**
 * A layer as a plug-in: its name and options in a configuration, how to make it, a float64 reference of its forward pass,
 * of one sample or, where samples depend on each other, of the batch, and specimens to check it with.
 */
export interface LayerPlugin<Schema extends LayerSchema = LayerSchema> {
  readonly type: string;
  /** What it is for, in a sentence, and what it computes, in a line. */
  readonly summary: string;
  readonly formula: string;
  readonly schema: Schema;
  create(config: v.InferOutput<Schema>, input: Shape): Layer;
  reference?(
    config: v.InferOutput<Schema>,
    input: Float64Array,
    parameters: Readonly<Record<string, Float64Array>>,
    pass: ReferencePass,
  ): Float64Array;
  /** Instead of `reference`: the whole batch's output, and those buffers that the pass changed. */
  batchReference?(
    config: v.InferOutput<Schema>,
    input: Float64Array,
    parameters: Readonly<Record<string, Float64Array>>,
    pass: ReferencePass,
  ): { readonly output: Float64Array; readonly buffers?: Readonly<Record<string, Float64Array>> };
  readonly specimens: readonly Specimen<v.InferInput<Schema>>[];
}

// biome-ignore lint/suspicious/noExplicitAny: a schema of any object with a `type`.
export type LayerSchema = v.GenericSchema<any, any>;

/** Types a plug-in by its schema; a layer's file exports what this returns as its default. */
export function defineLayer<Schema extends LayerSchema>(plugin: LayerPlugin<Schema>): LayerPlugin<Schema> {
  return plugin;
}

export const sizeOf = (shape: Shape): number => shape.reduce((product, length) => product * length, 1);
