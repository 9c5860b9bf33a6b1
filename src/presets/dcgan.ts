// The networks of DCGAN (Radford et al. 2016, https://arxiv.org/abs/1511.06434), as layer lists for any size.

import type { LayerConfig } from '../training/config';

/** 4 × 4, stride 2, padding 1: halves or doubles each side, and every pixel is covered equally often. */
const halving = { kernel: 4, stride: 2, padding: 1 };
const leakyRelu: LayerConfig = { type: 'leakyRelu', slope: 0.2 };

/** What the weights of convolutions and dense layers begin as. */
export type Start = { readonly initializer: string; readonly standardDeviation?: number };
/** DCGAN's: normal, of deviation 0.02. */
const DCGAN_START: Start = { initializer: 'normal', standardDeviation: 0.02 };

export interface GeneratorOptions {
  /** [height, width] that the noise is turned into; each transposed convolution doubles it. */
  readonly from: readonly [height: number, width: number];
  /** Channels there and behind each transposed convolution but the last. */
  readonly widths: readonly number[];
  /** Of the image. */
  readonly channels: 1 | 3;
  /** Units of a dense layer before all that, where there is to be one. */
  readonly hidden?: number;
  readonly start?: Start;
}

/** Batch norm and ReLU behind everything but the last transposed convolution, which ends in tanh. */
export function dcganGenerator(options: GeneratorOptions): LayerConfig[] {
  const { from, widths, channels, hidden, start = DCGAN_START } = options;
  const normed: LayerConfig[] = [{ type: 'batchNorm' }, { type: 'relu' }];
  // Batch norm takes the mean away, and a bias with it.
  const before = { bias: false, ...start };
  const [first, ...between] = widths;
  return [
    ...(hidden === undefined ? [] : [{ type: 'dense', units: hidden, ...before }, ...normed]),
    { type: 'dense', units: from[0] * from[1] * first!, ...before },
    { type: 'reshape', shape: [first, ...from] },
    ...normed,
    ...between.flatMap((width) => [
      { type: 'convTranspose2d', channels: width, ...halving, ...before },
      ...normed,
    ]),
    { type: 'convTranspose2d', channels, ...halving, ...start },
    { type: 'tanh' },
  ];
}

export interface DiscriminatorOptions {
  /** Channels behind each convolution; each halves the sides. */
  readonly widths: readonly number[];
  readonly start?: Start;
  /** Batch norm behind every convolution but the first. */
  readonly batchNorm?: boolean;
}

/** Leaky ReLUs, and one logit at the end. */
export function dcganDiscriminator(options: DiscriminatorOptions): LayerConfig[] {
  const { widths, start = DCGAN_START, batchNorm = true } = options;
  return [
    ...widths.flatMap((width, i): LayerConfig[] => {
      const normed = batchNorm && i > 0;
      const convolution = { type: 'conv2d', channels: width, ...halving, ...start };
      return normed
        ? [{ ...convolution, bias: false }, { type: 'batchNorm' }, leakyRelu]
        : [convolution, leakyRelu];
    }),
    { type: 'flatten' },
    { type: 'dense', units: 1, ...start },
  ];
}
