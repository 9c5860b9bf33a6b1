// The networks of DCGAN (Radford et al. 2016, https://arxiv.org/abs/1511.06434), as layer lists for any size.

import type { LayerConfig } from '../training/config';

/** 4 × 4, stride 2, padding 1: halves or doubles each side, and every pixel is covered equally often. */
const halving = { kernel: 4, stride: 2, padding: 1 };
const normed: LayerConfig[] = [{ type: 'batchNorm' }, { type: 'relu' }];
const leakyRelu: LayerConfig = { type: 'leakyRelu', slope: 0.2 };
/** DCGAN's weights begin small and normal. */
const start = { initializer: 'normal', standardDeviation: 0.02 };
/** Batch norm takes the mean away, and a bias with it. */
const beforeNorm = { bias: false, ...start };

export interface GeneratorOptions {
  /** [height, width] that the noise is turned into; each transposed convolution doubles it. */
  readonly from: readonly [height: number, width: number];
  /** Channels there and behind each transposed convolution but the last. */
  readonly widths: readonly [number, ...number[]];
  /** Of the image. */
  readonly channels: 1 | 3;
  /** Where the images are to be of classes asked for: how many there are. */
  readonly classes?: number;
}

/** Batch norm and ReLU behind everything but the last transposed convolution, which ends in tanh; the class joins the noise. */
export function dcganGenerator({ from, widths, channels, classes }: GeneratorOptions): LayerConfig[] {
  const [first, ...between] = widths;
  return [
    ...(classes === undefined ? [] : [{ type: 'labelEmbedding', classes, size: classes }]),
    { type: 'dense', units: from[0] * from[1] * first, ...beforeNorm },
    { type: 'reshape', shape: [first, ...from] },
    ...normed,
    ...between.flatMap((width) => [
      { type: 'convTranspose2d', channels: width, ...halving, ...beforeNorm },
      ...normed,
    ]),
    { type: 'convTranspose2d', channels, ...halving, ...start },
    { type: 'tanh' },
  ];
}

export interface DiscriminatorOptions {
  /** Channels behind each convolution; each halves the sides. */
  readonly widths: readonly number[];
  /** Units of a dense layer, also with batch norm, between the convolutions and the logit, where there is to be one. */
  readonly hidden?: number;
  /** Where D is to say of which class a sample is: how many there are. */
  readonly classes?: number;
}

/**
 * Leaky ReLUs, batch norm behind everything but the first convolution, and one logit at the end, with one number for each class
 * behind it where there are some.
 */
export function dcganDiscriminator({ widths, hidden, classes = 0 }: DiscriminatorOptions): LayerConfig[] {
  return [
    ...widths.flatMap((width, i): LayerConfig[] => {
      const convolution = { type: 'conv2d', channels: width, ...halving };
      return i === 0
        ? [{ ...convolution, ...start }, leakyRelu]
        : [{ ...convolution, ...beforeNorm }, { type: 'batchNorm' }, leakyRelu];
    }),
    { type: 'flatten' },
    ...(hidden === undefined
      ? []
      : [{ type: 'dense', units: hidden, ...beforeNorm }, { type: 'batchNorm' }, leakyRelu]),
    { type: 'dense', units: 1 + classes, ...start },
  ];
}
