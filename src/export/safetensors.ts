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
const LENGTH_BYTES = 8;
/** The header, a tensor in it, its shape: nothing is nested deeper. */
const MAX_DEPTH = 3;

/**
 * Reads a whole file. Anything that the format forbids is refused with a `UserError` that begins with `file`,
 * the file's name: lengths and offsets that do not fit, overlaps, holes, duplicate names, unknown types. Nothing is
 * allocated for what the file only claims to hold.
 */
export function readSafetensors(bytes: Uint8Array, file: string): SafeTensors {
  const refuse = refuser(file);
  const headerBytes = headerLength(bytes, bytes.byteLength, refuse);
  const buffer = bytes.subarray(LENGTH_BYTES + headerBytes);
  const { metadata, entries } = parseHeader(
    bytes.subarray(LENGTH_BYTES, LENGTH_BYTES + headerBytes),
    buffer.byteLength,
    refuse,
  );
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

/** The metadata alone of a file that is not in memory: of its bytes only the header is read. @throws UserError */
export async function readSafetensorsMetadata(content: Blob, file: string): Promise<SafeTensors['metadata']> {
  const refuse = refuser(file);
  const part = async (from: number, to: number) =>
    new Uint8Array(await content.slice(from, to).arrayBuffer());
  const headerBytes = headerLength(await part(0, LENGTH_BYTES), content.size, refuse);
  const end = LENGTH_BYTES + headerBytes;
  return parseHeader(await part(LENGTH_BYTES, end), content.size - end, refuse).metadata;
}

type Refuse = (what: string) => never;

const refuser =
  (file: string): Refuse =>
  (what) => {
    throw new UserError(`${file}: ${what}; a whole safetensors file would do.`);
  };

/** The header's length by the file's first bytes, held against the `size` of all of it. */
function headerLength(start: Uint8Array, size: number, refuse: Refuse): number {
  if (size < LENGTH_BYTES) refuse(`has ${size} bytes, too few for the header's length`);
  const claimed = new DataView(start.buffer, start.byteOffset, start.byteLength).getBigUint64(0, true);
  if (claimed > BigInt(MAX_HEADER))
    refuse(`its header claims ${claimed} bytes, more than the format allows (${MAX_HEADER})`);
  const rest = size - LENGTH_BYTES;
  if (claimed > BigInt(rest)) refuse(`its header claims ${claimed} bytes, but only ${rest} follow`);
  return Number(claimed);
}

interface Entry {
  readonly name: string;
  readonly type: keyof typeof TYPES;
  readonly shape: readonly number[];
  /** Places in the buffer behind the header. */
  readonly begin: number;
  readonly end: number;
}

/** Reads the header for a buffer of so many bytes; the entries come in the order of their places, and fill the buffer. */
function parseHeader(bytes: Uint8Array, available: number, refuse: Refuse) {
  const metadata = new Map<string, string>();
  const entries: Entry[] = [];
  for (const [name, entry] of Object.entries(parseJson(bytes, refuse))) {
    if (name === '__metadata__') {
      if (!isObject(entry)) return refuse('its __metadata__ is not an object');
      for (const [key, value] of Object.entries(entry)) {
        if (typeof value !== 'string') return refuse(`its __metadata__ field ${quoted(key)} is not a text`);
        metadata.set(key, value);
      }
    } else {
      const refuseEntry: Refuse = (what) => refuse(`tensor ${quoted(name)} ${what}`);
      entries.push({ name, ...parseEntry(entry, available, refuseEntry) });
    }
  }

  // Side by side from the first byte to the last, so every byte belongs to exactly one tensor.
  entries.sort((a, b) => a.begin - b.begin || a.end - b.end);
  let place = 0;
  for (const { name, begin, end } of entries) {
    if (begin < place) refuse(`tensor ${quoted(name)} overlaps the one before it, at byte ${begin}`);
    if (begin > place)
      refuse(`there is a hole before tensor ${quoted(name)}, from byte ${place} to ${begin}`);
    place = end;
  }
  if (place !== available) refuse(`${available - place} bytes at its end belong to no tensor`);
  return { metadata, entries };
}

function parseJson(bytes: Uint8Array, refuse: Refuse): Record<string, unknown> {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return refuse('its header is not text in UTF-8');
  }
  if (text[0] !== '{') refuse('its header does not begin with "{"');
  checkText(text, refuse);
  try {
    return JSON.parse(text);
  } catch {
    return refuse('its header is not JSON');
  }
}

/**
 * Refuses what `JSON.parse` would pass over: names that stand twice in one object, of which it keeps the last, numbers that
 * it rounds, names that mean something to every object. And what it would build before anyone could ask: deep nesting.
 */
function checkText(json: string, refuse: Refuse): void {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at]!;
    if (character === '{' || character === '[') {
      open.push(new Set());
      if (open.length > MAX_DEPTH) refuse(`its header is nested more than ${MAX_DEPTH} deep`);
    } else if (character === '}' || character === ']') {
      open.pop();
    } else if (character === '"') {
      const start = at;
      for (at++; at < json.length && json[at] !== '"'; at++) if (json[at] === '\\') at++;
      let behind = at + 1;
      while (isSpace(json[behind])) behind++;
      if (json[behind] === ':') checkName(json.slice(start, at + 1), open.at(-1), refuse);
    } else if (character === '-' || isDigit(character)) {
      const start = at;
      while (goesOnNumber(json[at + 1])) at++;
      const number = json.slice(start, at + 1);
      if (!/^(?:0|[1-9]\d*)$/.test(number) || !Number.isSafeInteger(Number(number)))
        refuse(`its header has the number ${shortened(number)}, where only whole ones below 2^53 may be`);
    }
  }
}

const isSpace = (character: string | undefined) =>
  character === ' ' || character === '\t' || character === '\n' || character === '\r';
const isDigit = (character: string | undefined) =>
  character !== undefined && character >= '0' && character <= '9';
const goesOnNumber = (character: string | undefined) =>
  isDigit(character) || (character !== undefined && '.eE+-'.includes(character));

function checkName(json: string, siblings: Set<string> | undefined, refuse: Refuse): void {
  let name: string;
  try {
    name = JSON.parse(json);
  } catch {
    refuse('its header is not JSON');
  }
  if (siblings?.has(name)) refuse(`its header has the name ${quoted(name)} twice`);
  siblings?.add(name);
  if (name in Object.prototype) refuse(`its header has the name ${quoted(name)}, which every object has`);
  if (/\p{Surrogate}/u.test(name))
    refuse(`its header has the name ${quoted(name)}, which is half a character`);
}

function parseEntry(entry: unknown, available: number, refuse: Refuse): Omit<Entry, 'name'> {
  if (!isObject(entry)) return refuse('is not described by an object');
  const { dtype, shape, data_offsets: offsets, ...rest } = entry;
  const [extra] = Object.keys(rest);
  if (extra !== undefined) refuse(`has an unknown field ${quoted(extra)}`);
  if (dtype !== 'F32' && dtype !== 'U32') {
    const given = typeof dtype === 'string' ? `type ${quoted(dtype)}` : 'no name of a type';
    return refuse(`has ${given}, and only ${Object.keys(TYPES).join(' and ')} are read here`);
  }
  if (!Array.isArray(shape) || !shape.every(isLength))
    return refuse('has a shape that is not a list of lengths');
  // A length of 0 makes the others no smaller: readers that multiply in another order would overflow.
  const counted = shape.reduce((product: number, length: number) => product * Math.max(1, length), BYTES);
  if (!Number.isSafeInteger(counted)) refuse('has a shape of more numbers than can be counted');
  const needed = shape.includes(0) ? 0 : counted;
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(isLength)) {
    return refuse('has data_offsets that are not two places');
  }
  const [begin, end] = offsets as [number, number];
  if (begin > end) refuse(`ends at byte ${end}, before it begins at ${begin}`);
  if (end > available) refuse(`ends at byte ${end}, but the file has only ${available} after its header`);
  if (end - begin !== needed) {
    refuse(`has ${end - begin} bytes, but its shape [${shortened(shape.join(', '))}] needs ${needed}`);
  }
  return { type: dtype, shape, begin, end };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isLength = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

/** What a broken file says may be long. */
const shortened = (text: string) => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
const quoted = (name: string) => JSON.stringify(shortened(name));

/** The bytes of a file with these tensors, in the order given; the same input gives the same bytes. */
export function writeSafetensors({ metadata, tensors }: SafeTensors): Uint8Array<ArrayBuffer> {
  const header: [string, unknown][] =
    metadata.size > 0 ? [['__metadata__', Object.fromEntries(metadata)]] : [];
  let place = 0;
  for (const [name, { shape, data }] of tensors) {
    if (name === '__metadata__' || name in Object.prototype)
      throw new RangeError(`A tensor cannot be called ${name}.`);
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
  const file = new Uint8Array(LENGTH_BYTES + headerBytes + place);
  new DataView(file.buffer).setBigUint64(0, BigInt(headerBytes), true);
  file.fill(0x20, LENGTH_BYTES, LENGTH_BYTES + headerBytes);
  file.set(json, LENGTH_BYTES);
  let offset = LENGTH_BYTES + headerBytes;
  for (const { data } of tensors.values()) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), offset);
    offset += data.byteLength;
  }
  return file;
}
