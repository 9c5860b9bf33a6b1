// Samples of image data as pixels: bytes, row by row, as a PNG holds them.

/** An image of 8-bit pixels, grey or RGB: [height, width, channels]. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3;
  readonly data: Uint8Array<ArrayBuffer>;
}

/** The byte of a number of an image: −1 is black, 1 white, beyond is cut off; what is not a number is black. */
export const toByte = (x: number): number => Math.max(0, Math.min(255, Math.round((x + 1) * 127.5))) || 0;

/**
 * Samples as rasters, one each.
 * @param samples [n, channels, height, width] in [−1, 1], as `Trainer.sample` gives them.
 * @param shape [channels, height, width] with 1 or 3 channels.
 * @throws RangeError where the numbers are not whole images of that shape.
 */
export function toRasters(samples: Float32Array, shape: readonly number[]): Raster[] {
  const [channels = 0, height = 0, width = 0] = shape;
  const size = channels * height * width;
  if (shape.length !== 3 || (channels !== 1 && channels !== 3) || size === 0 || samples.length % size !== 0) {
    throw new RangeError(`${samples.length} numbers are not whole images of shape [${shape.join(', ')}].`);
  }
  const plane = height * width;
  return Array.from({ length: samples.length / size }, (_, image) => {
    const data = new Uint8Array(size);
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < plane; pixel++) {
        data[pixel * channels + channel] = toByte(samples[image * size + channel * plane + pixel]!);
      }
    }
    return { width, height, channels, data };
  });
}

/** Every pixel as a square of `scale` × `scale`: no pixel is mixed with another. */
function enlarge(raster: Raster, scale: number): Raster {
  if (scale === 1) return raster;
  const { channels } = raster;
  const [width, height] = [raster.width * scale, raster.height * scale];
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const from = (Math.floor(y / scale) * raster.width + Math.floor(x / scale)) * channels;
      const to = (y * width + x) * channels;
      for (let channel = 0; channel < channels; channel++) data[to + channel] = raster.data[from + channel]!;
    }
  }
  return { width, height, channels, data };
}

export interface GridOptions {
  /** As near to a square as whole rows allow where not given. */
  readonly columns?: number;
  /** Side of the square that a pixel becomes; where not given, small images are enlarged to about 64 pixels. */
  readonly scale?: number;
}

/** Between images and around them, in pixels of the grid. */
const GAP = 2;
/** Of the gaps: neither of the images' black nor of their white. */
const BETWEEN = 0x60;

/**
 * Images of one size side by side, row by row; places that are left over have the gaps' grey.
 * @throws RangeError where there are none, or where they differ in size.
 */
export function imageGrid(images: readonly Raster[], options: GridOptions = {}): Raster {
  const [first] = images;
  if (!first) throw new RangeError('A grid of no images.');
  const { channels } = first;
  const same = (image: Raster) =>
    image.width === first.width && image.height === first.height && image.channels === channels;
  if (!images.every(same)) throw new RangeError('A grid of images of more than one size.');
  const columns = Math.max(
    1,
    Math.min(images.length, options.columns ?? Math.ceil(Math.sqrt(images.length))),
  );
  const rows = Math.ceil(images.length / columns);
  const scale = options.scale ?? Math.max(1, Math.round(64 / Math.max(first.width, first.height)));
  const [stepX, stepY] = [first.width * scale + GAP, first.height * scale + GAP];
  const [width, height] = [columns * stepX + GAP, rows * stepY + GAP];
  const data = new Uint8Array(width * height * channels).fill(BETWEEN);
  images.forEach((image, i) => {
    const large = enlarge(image, scale);
    const left = GAP + (i % columns) * stepX;
    const top = GAP + Math.floor(i / columns) * stepY;
    for (let y = 0; y < large.height; y++) {
      const row = large.data.subarray(y * large.width * channels, (y + 1) * large.width * channels);
      data.set(row, ((top + y) * width + left) * channels);
    }
  });
  return { width, height, channels, data };
}
