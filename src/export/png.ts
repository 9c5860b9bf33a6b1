// PNG and APNG (https://www.w3.org/TR/png-3/): exact pixels, the same bytes everywhere, no canvas needed.

import { zlibSync } from 'fflate';
import { crc32 } from '../math/crc32';
import type { Raster } from './raster';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Colour types: grey, and RGB. */
const COLOUR_TYPES = { 1: 0, 3: 2 } as const;
/** Each row is written as its difference from the one above: rows of enlarged pixels come to nothing. */
const FILTER_UP = 2;

/** A raster as a PNG of 8 bits a channel. */
export function encodePng(raster: Raster): Uint8Array<ArrayBuffer> {
  return join([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', header(raster)),
    chunk('IDAT', zlibSync(filtered(raster))),
    chunk('IEND', new Uint8Array()),
  ]);
}

export interface Animation {
  /** How long each picture is seen. */
  readonly milliseconds: number;
  /** How long the last one is, before it begins again. */
  readonly lastMilliseconds: number;
}

/**
 * Pictures of one size, as `encodePng` wrote them, as one animation that goes round for ever. Their compressed pixels
 * are taken as they are. Where animations are not understood, the last picture is seen: it stands in front as a still.
 * @throws RangeError where there are none, where they differ in size or colours, or where one is no PNG.
 */
export function animate(
  pngs: readonly Uint8Array[],
  { milliseconds, lastMilliseconds }: Animation,
): Uint8Array<ArrayBuffer> {
  const pictures = pngs.map(partsOf);
  const [first] = pictures;
  const last = pictures.at(-1);
  if (!first || !last) throw new RangeError('An animation of no pictures.');
  if (pictures.some(({ header }) => header.some((byte, i) => byte !== first.header[i]))) {
    throw new RangeError('An animation of pictures of more than one size.');
  }
  const size = first.header.subarray(0, 8);
  let sequence = 0;
  const frames = pictures.flatMap((picture) => {
    const control = new Uint8Array(26);
    const view = new DataView(control.buffer);
    view.setUint32(0, sequence++);
    // Width and height; the offsets behind them are 0, and so are the disposal and blending: a picture replaces the last.
    control.set(size, 4);
    view.setUint16(20, picture === last ? lastMilliseconds : milliseconds);
    view.setUint16(22, 1000);
    const data = new Uint8Array(4 + picture.pixels.length);
    new DataView(data.buffer).setUint32(0, sequence++);
    data.set(picture.pixels, 4);
    return [chunk('fcTL', control), chunk('fdAT', data)];
  });
  const control = new Uint8Array(8);
  new DataView(control.buffer).setUint32(0, pictures.length);
  return join([
    Uint8Array.from(SIGNATURE),
    chunk('IHDR', first.header),
    chunk('acTL', control),
    chunk('IDAT', last.pixels),
    ...frames,
    chunk('IEND', new Uint8Array()),
  ]);
}

function header({ width, height, channels }: Raster): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(13);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  bytes[8] = 8;
  bytes[9] = COLOUR_TYPES[channels];
  return bytes;
}

function filtered({ width, height, channels, data }: Raster): Uint8Array {
  const stride = width * channels;
  const rows = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    const to = y * (stride + 1);
    rows[to] = FILTER_UP;
    for (let i = 0; i < stride; i++) {
      rows[to + 1 + i] = data[y * stride + i]! - (y > 0 ? data[(y - 1) * stride + i]! : 0);
    }
  }
  return rows;
}

/** The header and the compressed pixels of a PNG. */
function partsOf(png: Uint8Array): { header: Uint8Array; pixels: Uint8Array } {
  const view = new DataView(png.buffer, png.byteOffset, png.byteLength);
  if (SIGNATURE.some((byte, i) => png[i] !== byte)) throw new RangeError('Not a PNG.');
  let header: Uint8Array | undefined;
  const pixels: Uint8Array[] = [];
  for (let at = SIGNATURE.length; at + 12 <= png.length; ) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...png.subarray(at + 4, at + 8));
    const end = at + 8 + length;
    if (end + 4 > png.length) break;
    const data = png.subarray(at + 8, end);
    if (type === 'IHDR') header = data;
    if (type === 'IDAT') pixels.push(data);
    if (type === 'IEND' && header) return { header, pixels: join(pixels) };
    at = end + 4;
  }
  throw new RangeError('A PNG that ends too soon.');
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  for (let i = 0; i < 4; i++) bytes[4 + i] = type.charCodeAt(i);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
