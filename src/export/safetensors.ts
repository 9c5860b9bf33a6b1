// Reads and writes safetensors files: a JSON header of names, types, shapes and places, then the numbers.
// Format: https://github.com/huggingface/safetensors (header length as u64, little endian, header, buffer without holes).

import { UserError } from '../math/errors';

/** A named array of numbers; its array's class is its type in the file. */
export interface SafeTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array | Uint32Array;
}

export interface SafeTensors {
  readonly metadata: ReadonlyMap<string, string>;
  /** In the file's order of places. */
  readonly tensors: ReadonlyMap<string, SafeTensor>;
}

const TYPES = { F32: Float32Array, U32: Uint32Array };
const BYTES = 4;
/** The format's own limit, which keeps a broken length from reserving the memory that it claims. */
const MAX_HEADER = 100_000_000;

/**
 * Reads a whole file. Anything that the format forbids is refused with a `UserError` that begins with `file`,
 * the file's name: lengths and offsets that do not fit, overlaps, holes, duplicate names, unknown types.
 */
export function readSafetensors(bytes: Uint8Array, file: string): SafeTensors {
  const refuse = (what: string): never => {
    throw new UserError(`${file}: ${what}; a whole safetensors file would do.`);
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.byteLength < 8) refuse(`has ${bytes.byteLength} bytes, too few for the header's length`);
  const claimed = view.getBigUint64(0, true);
  if (claimed > BigInt(MAX_HEADER))
    refuse(`its header claims ${claimed} bytes, more than the format allows (${MAX_HEADER})`);
  const headerBytes = Number(claimed);
  if (8 + headerBytes > bytes.byteLength) {
    refuse(`its header claims ${headerBytes} bytes, but only ${bytes.byteLength - 8} follow`);
  }
  const header = parseHeader(bytes.subarray(8, 8 + headerBytes), refuse);
  const buffer = bytes.subarray(8 + headerBytes);

  const metadata = new Map<string, string>();
  const entries: { name: string; type: keyof typeof TYPES; shape: number[]; begin: number; end: number }[] =
    [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') {
      if (!isObject(entry)) return refuse('its __metadata__ is not an object');
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== 'string')
          return refuse(`its __metadata__ field ${JSON.stringify(key)} is not a text`);
        metadata.set(key, value);
      }
    } else {
      entries.push({
        name,
        ...parseEntry(entry, buffer.byteLength, (what) => refuse(`tensor ${JSON.stringify(name)} ${what}`)),
      });
    }
  }

  // Side by side from the first byte to the last, so every byte belongs to exactly one tensor.
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let place = 0;
  for (const { name, begin, end } of entries) {
    if (begin < place) refuse(`tensor ${JSON.stringify(name)} overlaps the one before it, at byte ${begin}`);
    if (begin > place)
      refuse(`there is a hole before tensor ${JSON.stringify(name)}, from byte ${place} to ${begin}`);
    place = end;
  }
  if (place !== buffer.byteLength)
    refuse(`${buffer.byteLength - place} bytes at its end belong to no tensor`);

  const tensors = new Map<string, SafeTensor>();
  for (const { name, type, shape, begin, end } of entries) {
    // Copied: the file may place them where a typed array may not start.
    const copy = buffer.slice(begin, end);
    tensors.set(name, {
      shape,
      data: new TYPES[type](copy.buffer, copy.byteOffset, copy.byteLength / BYTES),
    });
  }
  return { metadata, tensors };
}

type Refuse = (what: string) => never;

function parseHeader(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  if (bytes[0] !== 0x7b) refuse('its header does not begin with "{"');
  let text: string;
  let header: unknown;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    header = JSON.parse(text);
  } catch {
    return refuse('its header is not JSON');
  }
  const twice = duplicateKey(text);
  if (twice !== undefined) refuse(`its header has the name ${JSON.stringify(twice)} twice`);
  return header as Record<string, unknown>;
}

/** The first key that stands twice in one object of valid JSON: `JSON.parse` would silently keep the last. */
function duplicateKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (const [token] of json.matchAll(/"(?:[^"\\]|\\.)*"(?:\s*:)?|[{}]/g)) {
    if (token === '{') open.push(new Set());
    else if (token === '}') open.pop();
    else if (token.endsWith(':')) {
      const key = JSON.parse(token.slice(0, -1)) as string;
      if (open.at(-1)!.has(key)) return key;
      open.at(-1)!.add(key);
    }
  }
  return undefined;
}

function parseEntry(entry: unknown, available: number, refuse: Refuse) {
  if (!isObject(entry)) return refuse('is not described by an object');
  const { dtype, shape, data_offsets: offsets, ...rest } = entry;
  const [extra] = Object.keys(rest);
  if (extra !== undefined) refuse(`has an unknown field ${JSON.stringify(extra)}`);
  if (dtype !== 'F32' && dtype !== 'U32') {
    return refuse(
      `has type ${JSON.stringify(dtype)}, and only ${Object.keys(TYPES).join(' and ')} are read here`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isLength))
    return refuse('has a shape that is not a list of lengths');
  const numbers = shape.reduce((product: number, length: number) => product * length, 1);
  if (!Number.isSafeInteger(numbers * BYTES)) refuse('has a shape of more numbers than can be counted');
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isLength)) {
    return refuse('has data_offsets that are not two places');
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) refuse(`ends at byte ${end}, before it begins at ${begin}`);
  if (end > available) refuse(`ends at byte ${end}, but the file has only ${available} after its header`);
  if (end - begin !== numbers * BYTES) {
    refuse(`has ${end - begin} bytes, but its shape [${shape.join(', ')}] needs ${numbers * BYTES}`);
  }
  return { type: dtype as keyof typeof TYPES, shape: shape as number[], begin, end };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isLength = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** The bytes of a file with these tensors, in the order given; the same input gives the same bytes. */
export function writeSafetensors({ metadata, tensors }: SafeTensors): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] =
    metadata.size > 0 ? [['__metadata__', Object.fromEntries(metadata)]] : [];
  let place = 0;
  for (const [name, { shape, data }] of tensors) {
    if (name === '__metadata__') throw new RangeError('A tensor cannot be called __metadata__.');
    if (data.length !== shape.reduce((product, length) => product * length, 1)) {
      throw new RangeError(
        `Tensor ${name} has ${data.length} numbers, which is not its shape [${shape.join(', ')}].`,
      );
    }
    const dtype = data instanceof Float32Array ? 'F32' : 'U32';
    header.push([name, { dtype, shape, data_offsets: [place, place + data.byteLength] }]);
    place += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(header)));
  // Spaces fill the header up, so that the numbers start where any typed array may.
  const headerBytes = Math.ceil(json.length / 8) * 8;
  const file = new Uint8Array(8 + headerBytes + place);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, 8, 8 + headerBytes);
  file.set(json, 8);
  let offset = 8 + headerBytes;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}
