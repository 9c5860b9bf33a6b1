// Networks of residual blocks as layer lists: those of SNGAN (Miyato et al. 2018) and small ones after R3GAN (Huang et al. 2024).

import type { LayerConfig } from '../training/config';

/** As high and wide behind it as before. */
const around = { kernel: 3, padding: 1 };
const relu: LayerConfig = { type: 'relu' };
const halve: LayerConfig = { type: 'avgPool2d', kernel: 2 };
const double: LayerConfig = { type: 'upsample', scale: 2 };

/** SNGAN's generator for 32 × 32 pixels: 4 × 4, doubled by each of three blocks of `width` channels. */
export function snganGenerator(width: number, channels: 1 | 3): LayerConfig[] {
  const conv = (outputs: number, shape: object = around): LayerConfig => ({
    type: 'conv2d',
    channels: outputs,
    ...shape,
    initializer: 'xavier',
  });
  const normed: LayerConfig[] = [{ type: 'batchNorm' }, relu];
  const block: LayerConfig = {
    type: 'residual',
    layers: [...normed, double, conv(width), ...normed, conv(width)],
    // A convolution of single pixels and copies of pixels may change places: this way round is four times cheaper.
    shortcut: [conv(width, { kernel: 1 }), double],
  };
  return [
    { type: 'dense', units: 4 * 4 * width, initializer: 'xavier' },
    { type: 'reshape', shape: [width, 4, 4] },
    block,
    block,
    block,
    ...normed,
    conv(channels),
    { type: 'tanh' },
  ];
}

/** SNGAN's discriminator for 32 × 32 pixels: four blocks, of which two halve the sides, sums over all pixels, and one logit. */
export function snganDiscriminator(width: number): LayerConfig[] {
  const spectral = { initializer: 'xavier', spectralNorm: true };
  const conv = (shape: object = around): LayerConfig => ({
    type: 'conv2d',
    channels: width,
    ...shape,
    ...spectral,
  });
  const pixelwise = conv({ kernel: 1 });
  const block: LayerConfig = { type: 'residual', layers: [relu, conv(), relu, conv()] };
  return [
    // The first block takes pixels, which no ReLU should cut.
    { type: 'residual', layers: [conv(), relu, conv(), halve], shortcut: [halve, pixelwise] },
    { type: 'residual', layers: [relu, conv(), relu, conv(), halve], shortcut: [halve, pixelwise] },
    block,
    block,
    relu,
    // Sums over 8 × 8 pixels, as 64 times their mean.
    { type: 'avgPool2d', kernel: 8 },
    { type: 'flatten' },
    { type: 'scale', factor: 64 },
    { type: 'dense', units: 1, ...spectral },
  ];
}

const leakyRelu: LayerConfig = { type: 'leakyRelu', slope: 0.2 };
/** He's deviation √(2/(1 + slope²)/inputs), of which √(1/inputs) is left to the layers. */
const GAIN = Math.sqrt(2 / (1 + 0.2 ** 2));

/** A convolution whose weights begin with the deviation gain/√inputs. */
function conv(
  from: number,
  to: number,
  gain: number,
  shape: { kernel: number; padding?: number },
): LayerConfig {
  const standardDeviation = gain / Math.sqrt(from * shape.kernel ** 2);
  return { type: 'conv2d', channels: to, ...shape, bias: false, initializer: 'normal', standardDeviation };
}

/** Between two stages, and to and from pixels: as many channels as wanted, pixel by pixel. */
const pixelwise = (from: number, to: number) => conv(from, to, 1, { kernel: 1 });

/**
 * A block without normalisation, of three convolutions that begin as Fixup has them (Zhang et al. 2019): the first two with L^(−1/4)
 * of He's deviation, L being the number of blocks in the network, and the last one with zeros, so that each block is the identity.
 */
function bottleneck(width: number, blocks: number): LayerConfig {
  const gain = GAIN * blocks ** (-1 / 4);
  return {
    type: 'residual',
    layers: [
      conv(width, width, gain, { kernel: 1 }),
      leakyRelu,
      conv(width, width, gain, around),
      leakyRelu,
      conv(width, width, 0, { kernel: 1 }),
    ],
  };
}

export interface R3ganOptions {
  /** Pixels along each side where the network is narrowest; doubled from stage to stage. */
  readonly side: number;
  /** Channels of the stages, the one of fewest pixels first. */
  readonly widths: readonly [number, ...number[]];
  readonly channels: 1 | 3;
}

/** One block a stage, sides doubled between them, and pixels read off the last. */
export function r3ganGenerator({ side, widths, channels }: R3ganOptions): LayerConfig[] {
  const [first] = widths;
  return [
    { type: 'dense', units: side * side * first, initializer: 'he' },
    { type: 'reshape', shape: [first, side, side] },
    ...widths.flatMap((width, i) => [
      ...(i === 0 ? [] : [pixelwise(widths[i - 1]!, width), double]),
      bottleneck(width, widths.length),
    ]),
    pixelwise(widths.at(-1)!, channels),
  ];
}

/** The generator's stages from the last to the first, and one logit. */
export function r3ganDiscriminator({ widths, channels }: R3ganOptions): LayerConfig[] {
  const falling = widths.toReversed();
  return [
    pixelwise(channels, falling[0]!),
    ...falling.flatMap((width, i) => [
      ...(i === 0 ? [] : [halve, pixelwise(falling[i - 1]!, width)]),
      bottleneck(width, widths.length),
    ]),
    { type: 'flatten' },
    { type: 'dense', units: 1 },
  ];
}
