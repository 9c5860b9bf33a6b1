// Brings an image to the wanted size and channels: scaled until it covers the size, then cropped around its centre.

export type Channels = 1 | 3;

export interface ImageShape {
  readonly channels: Channels;
  readonly height: number;
  readonly width: number;
}

/** Pixels of an image, [height, width, channels]. */
export interface Raster extends ImageShape {
  readonly pixels: Uint8Array;
}

/** As RGB to grey: ITU-R BT.601, as Pillow and most others do. */
const LUMA = [0.299, 0.587, 0.114] as const;

/** An image of the given shape. What has it already is returned as it is. */
export function resized(image: Raster, shape: ImageShape): Uint8Array {
  const { pixels } = withChannels(image, shape.channels);
  const { height, width } = image;
  if (height === shape.height && width === shape.width) return pixels;
  const scale = Math.min(width / shape.width, height / shape.height);
  const columns = weightsOf(width, shape.width, scale);
  const rows = weightsOf(height, shape.height, scale);
  const { channels } = shape;
  // First along the rows that are needed, then along the columns.
  const top = rows[0]!.first;
  const bottom = rows.at(-1)!.first + rows.at(-1)!.weights.length;
  const narrow = new Float32Array((bottom - top) * shape.width * channels);
  for (let y = top; y < bottom; y++) {
    columns.forEach(({ first, weights }, x) => {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++)
          sum += weights[i]! * pixels[(y * width + first + i) * channels + channel]!;
        narrow[((y - top) * shape.width + x) * channels + channel] = sum;
      }
    });
  }
  const result = new Uint8Array(shape.height * shape.width * channels);
  const line = shape.width * channels;
  rows.forEach(({ first, weights }, y) => {
    for (let value = 0; value < line; value++) {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * narrow[(first - top + i) * line + value]!;
      result[y * line + value] = Math.round(sum);
    }
  });
  return result;
}

function withChannels(image: Raster, channels: ImageShape['channels']): Raster {
  if (image.channels === channels) return image;
  const count = image.height * image.width;
  const pixels = new Uint8Array(count * channels);
  for (let i = 0; i < count; i++) {
    if (channels === 3) pixels.fill(image.pixels[i]!, 3 * i, 3 * i + 3);
    else pixels[i] = Math.round(LUMA.reduce((sum, part, c) => sum + part * image.pixels[3 * i + c]!, 0));
  }
  return { ...image, channels, pixels };
}

/**
 * What each output pixel takes of which input pixels: a triangle as wide as two output pixels, or two input pixels where
 * the image grows. That is bilinear with antialiasing, what torchvision's and Pillow's `resize` do.
 */
function weightsOf(input: number, output: number, scale: number) {
  const reach = Math.max(1, scale);
  const start = (input - output * scale) / 2;
  return Array.from({ length: output }, (_, i) => {
    const center = start + (i + 0.5) * scale;
    const first = Math.max(0, Math.floor(center - reach + 0.5));
    const end = Math.min(input, Math.floor(center + reach + 0.5));
    const weights = Float64Array.from({ length: end - first }, (_, k) =>
      Math.max(0, 1 - Math.abs(first + k + 0.5 - center) / reach),
    );
    const sum = weights.reduce((total, weight) => total + weight, 0);
    return { first, weights: weights.map((weight) => weight / sum) };
  });
}
