// A small classifier of this project's own layers, trained here on labelled pictures: what tells which class a sample is
// of, how sure that is, and features to compare sets in. Convolutions of stride 2, then two dense layers.

import * as v from 'valibot';
import { crossEntropy } from '../../shaders/crossEntropy.wgsl';
import { shiftImages } from '../../shaders/shiftImages.wgsl';
import type { DataSource } from '../data/source';
import type { Device } from '../gpu/device';
import type { StreamSettings } from '../gpu/draw';
import { layOutArena, Memory } from '../gpu/memory';
import { Plan } from '../gpu/plan';
import { Readback } from '../gpu/readback';
import { submitPass } from '../gpu/submit';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';
import { EVALUATE } from '../layers/chain';
import { sizeOf } from '../layers/layer';
import { toChannelsLast } from '../math/axes';
import { seedWords } from '../math/philox';
import { STREAMS } from '../math/streams';
import { optimizers } from '../optimizers';
import type { LayerConfig } from '../training/config';
import { FAULT_WORDS, NO_FAULT } from '../training/fault';
import { initialTensors } from '../training/initialize';
import { backward, buildNetwork, forward } from '../training/network';
import { writeGroups } from '../training/store';
import { specialize } from '../wgsl/specialize';
import type { LabelledData } from './held-out';
import type { Rows } from './neighbours';
import { type Pictures, pictureCount, pictureSize } from './pictures';

/** What a classifier says of pictures, a row for each. */
export interface Classified {
  /** Softmax over the classes. */
  readonly probabilities: Rows;
  /** What the last layer is given. */
  readonly features: Rows;
}

export interface Classifier {
  readonly classes: number;
  /** Share of the held-out pictures that are put into their class. */
  readonly accuracy: number;
  /** Of pictures of the size it was trained on. */
  classify(pictures: Pictures): Promise<Classified>;
  destroy(): void;
}

export interface ClassifierOptions {
  /** Of initial weights and batches. */
  readonly seed?: number;
  readonly updates?: number;
}

const TRAINING_BATCH = 128;
const CLASSIFYING_BATCH = 256;
const FEATURES = 64;
const EPOCHS = 6;
/** The classifier is there to score with: at most about as long as this takes, however much data there is. */
const MOST_UPDATES = 1000;
/** What a submit should take at most, in milliseconds. */
const SUBMIT_TIME = 50;

/**
 * Trains a classifier on one part of the data and measures it on the other. The same seed gives the same classifier on
 * one adapter.
 */
export async function trainClassifier(
  device: Device,
  data: LabelledData,
  options: ClassifierOptions = {},
): Promise<Classifier> {
  const { training, heldOut, trainingCount, heldOutCount } = data;
  const { seed = 1 } = options;
  const updates =
    options.updates ?? Math.min(MOST_UPDATES, Math.ceil((EPOCHS * trainingCount) / TRAINING_BATCH));
  const classes = training.classes!;
  const size = sizeOf(training.shape);
  // The name only says what its tensors are called.
  const network = buildNetwork('discriminator', layersFor(training.shape, classes), training.shape);
  const memory = new Memory(device.gpu);
  const allocate = (name: string, length: number): Slot => {
    const slot = { name: `classifier ${name}`, length };
    memory.allocate(slot);
    return slot;
  };

  const arena = (name: string, slots: readonly Slot[]) => {
    const laidOut = layOutArena(`classifier ${name}`, slots);
    memory.allocateArena(laidOut);
    return laidOut;
  };
  const parameters = arena(
    'parameters',
    network.tensors.map(({ parameter }) => parameter),
  );
  const gradients = arena(
    'gradients',
    network.tensors.map(({ gradient }) => gradient),
  );
  const adam = optimizers.get('adam');
  const optimizer = adam.create(
    v.parse(adam.schema, { type: 'adam', learningRate: 4e-3, schedule: { type: 'linear' } }),
    { network: 'discriminator', updates },
  );
  const state = Object.fromEntries(
    optimizer.stateNames.map((name) => [
      name,
      arena(
        name,
        network.tensors.map(({ name, parameter }) => ({ name, length: parameter.length })),
      ).whole,
    ]),
  );
  writeGroups(memory, [{ arena: parameters, specs: network.tensors }], initialTensors([network], seed));

  const clock = allocate('clock', 1);
  const fault = allocate('fault', FAULT_WORDS);
  memory.write(fault, NO_FAULT);
  const streamOf = (stream: number) => ({ seed: seedWords(seed), stream, stride: 1, offset: 0 });
  const draw = (source: DataSource, name: string, stream: number, batch: number) => {
    const tables: Record<string, Slot> = {};
    for (const [table, numbers] of Object.entries(source.tables)) {
      tables[table] = allocate(`${name} ${table}`, numbers.length);
      memory.write(tables[table], numbers);
    }
    const pictures = allocate(`${name} pictures`, batch * size);
    const labels = allocate(`${name} labels`, batch);
    const common = { clock, batch, stream: streamOf(stream), tables };
    return {
      pictures,
      labels,
      work: [
        ...source.draw({ ...common, output: pictures }),
        ...source.drawLabels!({ ...common, output: labels }),
      ],
    };
  };
  const shown = draw(training, 'training', STREAMS.classifierData, TRAINING_BATCH);
  const asked = draw(heldOut, 'held-out', STREAMS.classifierHeldOut, CLASSIFYING_BATCH);
  const update = [...shown.work, ...updateWork()];
  const judged = forward(network, asked.pictures, CLASSIFYING_BATCH, EVALUATE, { keep: false });
  const [features, logits] = [judged.inputs.at(-1)!, judged.output];
  // Read back after the pass, when slots that are reused would hold something else.
  for (const slot of [features, logits]) memory.allocate(slot);
  memory.allocateTransient('classifier', [update, asked.work, judged.work]);
  // Quicker products take longer to compile than they save here, and end in other last bits.
  const [updatePlan, drawPlan, classifyPlan] = await Promise.all([
    Plan.fixed(device, memory, 'classifier update', update),
    Plan.fixed(device, memory, 'classifier held-out batch', asked.work),
    Plan.fixed(device, memory, 'classifier', judged.work),
  ]);
  const readback = new Readback(device.gpu, 'classifier');

  let atOnce = 1;
  for (let done = 0; done < updates; ) {
    const count = Math.min(atOnce, updates - done);
    const start = performance.now();
    submitPass(device.gpu, 'classifier updates', (pass) => {
      for (let i = 0; i < count; i++) updatePlan.encode(pass);
    });
    await device.gpu.queue.onSubmittedWorkDone();
    const taken = performance.now() - start;
    done += count;
    // The first compiles.
    if (taken < SUBMIT_TIME / 2) atOnce *= 2;
    else if (taken > SUBMIT_TIME) atOnce = Math.max(1, Math.floor(atOnce / 2));
  }
  const accuracy = await measure();
  return { classes, accuracy, classify, destroy };

  function updateWork(): Work[] {
    const random = { clock, stream: streamOf(STREAMS.classifierData) };
    const shifted: Slot = { name: 'classifier shifted', length: shown.pictures.length };
    const tape = forward(network, shifted, TRAINING_BATCH, { mode: 'train', random });
    const logitsGrad: Slot = { name: 'classifier logitsGrad', length: TRAINING_BATCH * classes };
    const losses: Slot = { name: 'classifier losses', length: TRAINING_BATCH };
    const wanted = { input: false, parameters: true };
    return [
      shiftWork(training.shape, {
        clock,
        images: shown.pictures,
        shifted,
        random: { ...streamOf(STREAMS.classifierShift), count: TRAINING_BATCH },
      }),
      ...tape.work,
      crossEntropyWork({
        batch: TRAINING_BATCH,
        classes,
        logits: tape.output,
        labels: shown.labels,
        logitsGrad,
        losses,
        clock,
      }),
      ...backward(network, tape, logitsGrad, wanted).work,
      ...optimizer.update({ clock, fault, parameters: parameters.whole, gradients: gradients.whole, state }),
    ];
  }

  /** Passes a batch through, and gives the numbers of some slots. */
  async function pass(plans: readonly Plan[], slots: readonly Slot[]): Promise<ArrayBuffer[]> {
    const regions = slots.map((slot) => memory.region(slot));
    const read = submitPass(
      device.gpu,
      'classifier',
      (pass) => {
        for (const plan of plans) plan.encode(pass);
      },
      (encoder) => readback.encode(encoder, regions),
    );
    const bytes = await read();
    let at = 0;
    return slots.map((slot, i) => {
      const own = bytes.slice(at, at + 4 * slot.length);
      at += regions[i]!.size;
      return own;
    });
  }

  async function measure(): Promise<number> {
    let right = 0;
    for (let first = 0; first < heldOutCount; first += CLASSIFYING_BATCH) {
      memory.write(clock, new Uint32Array([first / CLASSIFYING_BATCH]));
      const [scores, truth] = await pass([drawPlan, classifyPlan], [logits, asked.labels]);
      const labels = new Uint32Array(truth!);
      const rows = { width: classes, numbers: new Float32Array(scores!) };
      const count = Math.min(CLASSIFYING_BATCH, heldOutCount - first);
      for (let i = 0; i < count; i++) if (largestOf(rows, i) === labels[i]) right++;
    }
    return right / heldOutCount;
  }

  async function classify(pictures: Pictures): Promise<Classified> {
    if (pictureSize(pictures) !== size)
      throw new RangeError(`This classifier was trained on pictures of [${training.shape.join(', ')}].`);
    const count = pictureCount(pictures);
    const result = {
      probabilities: { width: classes, numbers: new Float32Array(count * classes) },
      features: { width: FEATURES, numbers: new Float32Array(count * FEATURES) },
    };
    const pixels = toChannelsLast(pictures.pixels, training.shape);
    for (let first = 0; first < count; first += CLASSIFYING_BATCH) {
      const end = Math.min(count, first + CLASSIFYING_BATCH);
      memory.write(asked.pictures, pixels.subarray(first * size, end * size));
      const [scores, seen] = await pass([classifyPlan], [logits, features]);
      const rows = end - first;
      result.probabilities.numbers.set(
        softmax(new Float32Array(scores!, 0, rows * classes), classes),
        first * classes,
      );
      result.features.numbers.set(new Float32Array(seen!, 0, rows * FEATURES), first * FEATURES);
    }
    return result;
  }

  function destroy(): void {
    for (const plan of [updatePlan, drawPlan, classifyPlan]) plan.destroy();
    readback.destroy();
    memory.destroy();
  }
}

export interface ShiftSlots {
  readonly clock: Slot;
  readonly images: Slot;
  readonly shifted: Slot;
  readonly random: StreamSettings & { readonly count: number };
}

/** Images of a shape, each moved by up to a pixel (shaders/shiftImages.wgsl). */
export function shiftWork(shape: readonly number[], slots: ShiftSlots): Work {
  const [CHANNELS, HEIGHT, WIDTH] = shape as readonly [number, number, number];
  const kernel = specialize(shiftImages, { CHANNELS, HEIGHT, WIDTH });
  return work(kernel, { ...slots }, linearGrid(slots.images.length, shiftImages));
}

export interface CrossEntropySlots {
  readonly batch: number;
  readonly classes: number;
  /** [batch, classes], as is `logitsGrad`. */
  readonly logits: Slot;
  readonly logitsGrad: Slot;
  /** u32 [batch]. */
  readonly labels: Slot;
  /** [batch] */
  readonly losses: Slot;
  readonly clock: Slot;
}

/** The gradient of the mean loss; counts the update (shaders/crossEntropy.wgsl). */
export function crossEntropyWork({ batch, classes, ...slots }: CrossEntropySlots): Work {
  return work(crossEntropy, { ...slots, shape: { batch, classes } }, linearGrid(batch, crossEntropy));
}

/** Three convolutions, and more where the picture's shorter side would still be longer than 8. */
function layersFor([, height, width]: readonly number[], classes: number): LayerConfig[] {
  const common = { bias: true, initializer: 'he', standardDeviation: 0.02 };
  const activation: LayerConfig = { type: 'leakyRelu', slope: 0.1 };
  const convolution = (channels: number, kernel: number): LayerConfig[] => [
    { type: 'conv2d', channels, kernel, stride: 2, padding: (kernel - 1) / 2, ...common },
    activation,
  ];
  const dense = (units: number): LayerConfig => ({ type: 'dense', units, ...common });
  const more = Math.max(0, Math.ceil(Math.log2(Math.min(height!, width!) / 64)));
  return [
    ...convolution(8, 5),
    ...convolution(16, 5),
    ...Array.from({ length: 1 + more }, () => convolution(32, 3)).flat(),
    { type: 'flatten' },
    dense(FEATURES),
    activation,
    dense(classes),
  ];
}

/** The place of the largest number of a row. */
export function largestOf({ width, numbers }: Rows, row: number): number {
  let best = 0;
  for (let k = 1; k < width; k++) if (numbers[row * width + k]! > numbers[row * width + best]!) best = k;
  return best;
}

function softmax(logits: Float32Array, classes: number): Float32Array {
  const output = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const row = logits.subarray(start, start + classes);
    const largest = row.reduce((most, x) => Math.max(most, x), Number.NEGATIVE_INFINITY);
    const weights = Float64Array.from(row, (x) => Math.exp(x - largest));
    const sum = weights.reduce((total, x) => total + x, 0);
    output.set(
      weights.map((x) => x / sum),
      start,
    );
  }
  return output;
}
