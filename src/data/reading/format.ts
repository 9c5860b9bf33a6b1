// What an image file says of itself before it is decoded: its format, size and whether it is grey, and whether it is all there.
// Decoders fill what is missing of a file with black and say nothing, and make room for whatever size it claims.

import { crc32 } from '../../math/crc32';
import { BadFile } from './files';

export interface ImageHeader {
  readonly type: 'image/png' | 'image/jpeg' | 'image/webp';
  readonly width: number;
  readonly height: number;
  /** Stored as one channel. */
  readonly grey: boolean;
}

/** More pixels than all but panoramas have; with the decoder's copies so many take a GiB and a half. */
const MAX_PIXELS = 2 ** 27;
const CUT_OFF = 'is cut off';

/** @throws BadFile for what is no PNG, JPEG or WebP image, or not all of one */
export function readImageHeader(bytes: Uint8Array): ImageHeader {
  const read = FORMATS.find(({ magic }) => magic(bytes))?.read;
  if (!read) throw new BadFile(bytes.length === 0 ? 'is empty' : 'is no PNG, JPEG or WebP image');
  const header = read(bytes);
  const { width, height } = header;
  if (!(width >= 1 && height >= 1)) throw new BadFile('is damaged: it has no pixels');
  if (width * height > MAX_PIXELS) {
    throw new BadFile(
      `says that it has ${width}×${height} pixels, more than the ${MAX_PIXELS} that are decoded`,
    );
  }
  return header;
}

const ascii = (bytes: Uint8Array, at: number, length: number) =>
  String.fromCharCode(...bytes.subarray(at, at + length));
const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

const FORMATS = [
  { magic: (bytes: Uint8Array) => ascii(bytes, 0, 8) === '\x89PNG\r\n\x1a\n', read: readPng },
  { magic: (bytes: Uint8Array) => ascii(bytes, 0, 3) === '\xff\xd8\xff', read: readJpeg },
  {
    magic: (bytes: Uint8Array) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 4) === 'WEBP',
    read: readWebp,
  },
];

/** Chunks of length, type, data, checksum, up to IEND (w3.org/TR/png). */
function readPng(bytes: Uint8Array): ImageHeader {
  const view = viewOf(bytes);
  let header: ImageHeader | undefined;
  for (let at = 8; at + 12 <= bytes.length; ) {
    const length = view.getUint32(at);
    const type = ascii(bytes, at + 4, 4);
    const end = at + 12 + length;
    if (end > bytes.length) throw new BadFile(CUT_OFF);
    if (crc32(bytes.subarray(at + 4, end - 4)) !== view.getUint32(end - 4))
      throw new BadFile('is damaged: a checksum is wrong');
    if (type === 'IHDR' && length >= 13) {
      const colourType = bytes[at + 17]!;
      header = {
        type: 'image/png',
        width: view.getUint32(at + 8),
        height: view.getUint32(at + 12),
        grey: colourType === 0 || colourType === 4,
      };
    }
    if (!header) throw new BadFile('is damaged: a PNG begins with its size');
    if (type === 'IEND') return header;
    at = end;
  }
  throw new BadFile(CUT_OFF);
}

/** Segments of marker, length, data up to the first scan; the image ends with a marker of its own (ITU-T T.81, annex B). */
function readJpeg(bytes: Uint8Array): ImageHeader {
  const view = viewOf(bytes);
  let header: ImageHeader | undefined;
  for (let at = 2; at + 4 <= bytes.length; ) {
    if (bytes[at] !== 0xff) throw new BadFile('is damaged: a JPEG has a marker where this has none');
    const marker = bytes[at + 1]!;
    // Markers may be padded.
    if (marker === 0xff) {
      at++;
      continue;
    }
    const end = at + 2 + view.getUint16(at + 2);
    if (end > bytes.length) throw new BadFile(CUT_OFF);
    // Start of frame, of whatever kind: C4, C8 and CC in between are something else.
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) {
      if (end < at + 10) throw new BadFile('is damaged: its frame is too short');
      header = {
        type: 'image/jpeg',
        height: view.getUint16(at + 5),
        width: view.getUint16(at + 7),
        grey: bytes[at + 9] === 1,
      };
    }
    if (marker === 0xda) {
      if (!header) throw new BadFile('is damaged: a JPEG says its size before its pixels');
      if (!endsImage(bytes, end)) throw new BadFile(CUT_OFF);
      return header;
    }
    at = end;
  }
  throw new BadFile(CUT_OFF);
}

/** Whether the marker that ends an image comes after `from`; what follows it is other programs'. */
function endsImage(bytes: Uint8Array, from: number): boolean {
  for (let at = bytes.lastIndexOf(0xd9); at > from; at = bytes.lastIndexOf(0xd9, at - 1))
    if (bytes[at - 1] === 0xff) return true;
  return false;
}

/** RIFF with one of three kinds of first chunk (developers.google.com/speed/webp/docs/riff_container). */
function readWebp(bytes: Uint8Array): ImageHeader {
  if (bytes.length < 30) throw new BadFile(CUT_OFF);
  const view = viewOf(bytes);
  if (view.getUint32(4, true) + 8 > bytes.length) throw new BadFile(CUT_OFF);
  const size = (width: number, height: number): ImageHeader => ({
    type: 'image/webp',
    width,
    height,
    grey: false,
  });
  const kind = ascii(bytes, 12, 4);
  if (kind === 'VP8 ') return size(view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff);
  if (kind === 'VP8L') {
    const word = view.getUint32(21, true);
    return size(1 + (word & 0x3fff), 1 + ((word >>> 14) & 0x3fff));
  }
  const threeBytes = (at: number) => view.getUint16(at, true) + 2 ** 16 * bytes[at + 2]!;
  if (kind === 'VP8X') return size(1 + threeBytes(24), 1 + threeBytes(27));
  throw new BadFile('is damaged: it is of no kind of WebP that there is');
}
