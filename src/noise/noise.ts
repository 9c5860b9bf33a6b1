// The contract of a kind of noise: what G is given as z.

import * as v from 'valibot';
import type { Draw } from '../gpu/draw';
import { linearGrid, type Work, work } from '../gpu/work';
import { wholeFrom } from '../math/ranges';
import type { Kernel } from '../wgsl/kernel';

export interface NoiseSource {
  /** Numbers a sample. */
  readonly size: number;
  /** The work that fills `draw.output`, [batch, size], from one draw of one stream. */
  draw(draw: Draw): readonly Work[];
}

// biome-ignore lint/suspicious/noExplicitAny: a schema of any object with a `type` and a `size`.
export type NoiseSchema = v.GenericSchema<any, { readonly type: string; readonly size: number }>;

/** A kind of noise as a plug-in: its name and options in a configuration, and how to make it. */
export interface NoisePlugin<Schema extends NoiseSchema = NoiseSchema> {
  readonly type: string;
  /** What it is, in a sentence, and its distribution, in a line. */
  readonly summary: string;
  readonly formula: string;
  readonly schema: Schema;
  create(config: v.InferOutput<Schema>): NoiseSource;
}

/** Types a plug-in by its schema; a noise's file exports what this returns as its default. */
export function defineNoise<Schema extends NoiseSchema>(plugin: NoisePlugin<Schema>): NoisePlugin<Schema> {
  return plugin;
}

/** How many numbers a sample of noise has. */
export const sizeSchema = v.pipe(
  wholeFrom(1, 65_536),
  v.description('Numbers of one sample of noise: the dimensions of the latent space.'),
  v.examples([8]),
);

/** A source whose numbers are independent: `kernel` draws four of the flat output an invocation (lib/noise.wgsl). */
export function elementwiseNoise<Shapes extends NoiseBindings>(
  kernel: Kernel<Shapes, string>,
  size: number,
): NoiseSource {
  return {
    size,
    draw: (draw) => [noiseWork(kernel as unknown as NoiseKernel, draw, size * draw.batch, 4)],
  };
}

type NoiseBindings =
  typeof import('../../shaders/normalNoise.wgsl').drawNoise extends Kernel<infer Shapes, string>
    ? Shapes
    : never;
export type NoiseKernel = Kernel<NoiseBindings, string>;

/** One dispatch that draws `count` things, `perInvocation` of them an invocation. */
export function noiseWork(kernel: NoiseKernel, draw: Draw, count: number, perInvocation: number): Work {
  const { clock, output, stream } = draw;
  const random = { ...stream, count };
  return work(
    kernel,
    { clock, random, output },
    linearGrid(Math.ceil(count / perInvocation), kernel as Kernel),
  );
}
