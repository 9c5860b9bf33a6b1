import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { UserError } from '../math/errors';
import { readSafetensors, type SafeTensor, writeSafetensors } from './safetensors';

const example = () =>
  writeSafetensors({
    metadata: new Map([['config', '{"seed":1}']]),
    tensors: new Map<string, SafeTensor>([
      ['a', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, -0) }],
      ['clock', { shape: [2], data: Uint32Array.of(7, 0xffffffff) }],
      ['scalar', { shape: [], data: Float32Array.of(9) }],
      ['none', { shape: [0, 4], data: new Float32Array() }],
    ]),
  });

/** A file with the given header text and number of bytes after it. */
function file(header: string, bytes: number): Uint8Array {
  const json = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + json.length + bytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(json.length), true);
  out.set(json, 8);
  return out;
}

const tensor = (dtype: string, shape: unknown, offsets: unknown) =>
  JSON.stringify({ dtype, shape, data_offsets: offsets });

test('what is written is read back bit for bit, at any alignment', () => {
  const bytes = example();
  for (const shift of [0, 1, 2, 3]) {
    const shifted = new Uint8Array(bytes.length + shift).subarray(shift);
    shifted.set(bytes);
    const { metadata, tensors } = readSafetensors(shifted, 'x');
    expect([...metadata]).toEqual([['config', '{"seed":1}']]);
    expect([...tensors.keys()].sort()).toEqual(['a', 'clock', 'none', 'scalar']);
    expect(tensors.get('a')).toEqual({
      shape: [2, 3],
      data: Float32Array.of(1, -2, 3.5, Number.NaN, Number.POSITIVE_INFINITY, -0),
    });
    expect(tensors.get('clock')).toEqual({ shape: [2], data: Uint32Array.of(7, 0xffffffff) });
    expect(tensors.get('scalar')).toEqual({ shape: [], data: Float32Array.of(9) });
    expect(tensors.get('none')).toEqual({ shape: [0, 4], data: new Float32Array() });
  }
});

test('the bytes are those of the format', () => {
  const bytes = writeSafetensors({
    metadata: new Map(),
    tensors: new Map([['w', { shape: [1], data: Float32Array.of(1) }]]),
  });
  const header = '{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}  ';
  expect(header.length % 8).toBe(0);
  expect(Buffer.from(bytes).toString('latin1')).toBe(
    `${String.fromCharCode(header.length)}\0\0\0\0\0\0\0${header}\0\0\x80\x3f`,
  );
});

test('names that mean something to JavaScript are names like any other', () => {
  const names = ['__proto__', 'constructor', '1', '0', 'toString'];
  const bytes = writeSafetensors({
    metadata: new Map([['__proto__', 'm']]),
    tensors: new Map(names.map((name, i) => [name, { shape: [1], data: Float32Array.of(i) }])),
  });
  const { metadata, tensors } = readSafetensors(bytes, 'x');
  expect(metadata.get('__proto__')).toBe('m');
  for (const [i, name] of names.entries()) expect(tensors.get(name)?.data[0]).toBe(i);
});

describe('a malformed file is refused in a sentence that names it', () => {
  const f4 = tensor('F32', [1], [0, 4]);
  const cases: [string, Uint8Array, RegExp][] = [
    ['empty', new Uint8Array(), /0 bytes, too few/],
    ['too short for a length', new Uint8Array(7), /7 bytes, too few/],
    [
      'a header beyond the end',
      Uint8Array.of(50, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d),
      /claims 50 bytes, but only 2 follow/,
    ],
    [
      'a giant header',
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 0x80),
      /claims 9223372036854775808 bytes, more than/,
    ],
    ['no header', file('', 0), /does not begin with "\{"/],
    ['a header that is a list', file('[]', 0), /does not begin with "\{"/],
    ['not JSON', file('{"a":}', 0), /not JSON/],
    ['cut JSON', file('{"a":{"dtype"', 0), /not JSON/],
    ['not UTF-8', Uint8Array.of(5, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x22, 0xff, 0x22, 0x7d), /not JSON/],
    ['metadata of the wrong type', file('{"__metadata__":[]}', 0), /__metadata__ is not an object/],
    ['a metadata number', file('{"__metadata__":{"a":1}}', 0), /__metadata__ field "a" is not a text/],
    ['a tensor twice', file(`{"w":${f4},"w":${f4}}`, 4), /the name "w" twice/],
    ['a tensor twice, escaped', file(`{"w":${f4},"\\u0077":${f4}}`, 4), /the name "w" twice/],
    [
      'a field twice',
      file('{"w":{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,4]}}', 4),
      /the name "shape" twice/,
    ],
    ['a tensor that is no object', file('{"w":3}', 0), /tensor "w" is not described/],
    ['a null tensor', file('{"w":null}', 0), /tensor "w" is not described/],
    ['an unknown type', file(`{"w":${tensor('F16', [2], [0, 4])}}`, 4), /type "F16", and only F32 and U32/],
    [
      'a type from the prototype',
      file(`{"w":${tensor('constructor', [1], [0, 4])}}`, 4),
      /type "constructor"/,
    ],
    [
      'an unknown field',
      file('{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"__proto__":1}}', 4),
      /unknown field "__proto__"/,
    ],
    ['a missing shape', file('{"w":{"dtype":"F32","data_offsets":[0,4]}}', 4), /shape that is not a list/],
    ['a negative length', file(`{"w":${tensor('F32', [-1], [0, 4])}}`, 4), /shape that is not a list/],
    ['a fractional length', file(`{"w":${tensor('F32', [0.5], [0, 4])}}`, 4), /shape that is not a list/],
    [
      'a shape that overflows',
      file(`{"w":${tensor('F32', [2 ** 52, 2 ** 52], [0, 4])}}`, 4),
      /more numbers than can be counted/,
    ],
    ['offsets that are none', file(`{"w":${tensor('F32', [1], [0])}}`, 4), /data_offsets that are not two/],
    ['a negative offset', file(`{"w":${tensor('F32', [1], [-4, 0])}}`, 4), /data_offsets that are not two/],
    [
      'offsets the wrong way round',
      file(`{"w":${tensor('F32', [1], [4, 0])}}`, 4),
      /ends at byte 0, before it begins at 4/,
    ],
    [
      'an end beyond the file',
      file(`{"w":${tensor('F32', [2], [0, 8])}}`, 4),
      /ends at byte 8, but the file has only 4/,
    ],
    [
      'a size that is not the shape’s',
      file(`{"w":${tensor('F32', [2], [0, 4])}}`, 4),
      /4 bytes, but its shape \[2\] needs 8/,
    ],
    [
      'an overlap',
      file(`{"a":${tensor('F32', [2], [0, 8])},"b":${tensor('F32', [1], [4, 8])}}`, 8),
      /"b" overlaps/,
    ],
    [
      'a hole',
      file(`{"a":${f4},"b":${tensor('F32', [1], [8, 12])}}`, 12),
      /hole before tensor "b", from byte 4 to 8/,
    ],
    [
      'a hole at the start',
      file(`{"b":${tensor('F32', [1], [4, 8])}}`, 8),
      /hole before tensor "b", from byte 0 to 4/,
    ],
    ['bytes left over', file(`{"a":${f4}}`, 5), /1 bytes at its end belong to no tensor/],
  ];
  test.each(cases)('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'some.safetensors')).toThrow(UserError);
    expect(() => readSafetensors(bytes, 'some.safetensors')).toThrow(message);
    expect(() => readSafetensors(bytes, 'some.safetensors')).toThrow(
      /^some\.safetensors: .*; a whole safetensors file would do\.$/,
    );
  });
});

test('every cut and every changed byte of a header is read or refused, never a crash', () => {
  const bytes = example();
  const headerEnd = bytes.length - 36;
  let refused = 0;
  const attempt = (candidate: Uint8Array) => {
    try {
      readSafetensors(candidate, 'x');
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      refused++;
    }
  };
  for (let length = 0; length < bytes.length; length++) attempt(bytes.subarray(0, length));
  expect(refused).toBe(bytes.length);
  for (let at = 0; at < headerEnd; at++) {
    for (const value of [0, 0x20, 0x22, 0x30, 0x7b, 0x7d, 0xff]) {
      const changed = bytes.slice();
      changed[at] = value;
      attempt(changed);
    }
  }
  expect(refused).toBeGreaterThan(bytes.length + headerEnd);
});

test('the writer refuses what would not be a valid file', () => {
  const write = (name: string, shape: number[]) =>
    writeSafetensors({
      metadata: new Map(),
      tensors: new Map([[name, { shape, data: new Float32Array(2) }]]),
    });
  expect(() => write('w', [3])).toThrow(/has 2 numbers, which is not its shape \[3\]/);
  expect(() => write('__metadata__', [2])).toThrow(/cannot be called/);
});

const parity = new URL('../../../shared/parity/', import.meta.url);
test.skipIf(!existsSync(parity))(
  'files written by another program: read, and the same after being written again',
  () => {
    const names = readdirSync(parity).filter((name) => name.endsWith('.safetensors'));
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) {
      const read = readSafetensors(readFileSync(new URL(name, parity)), name);
      expect(read.metadata.get('config')).toBeDefined();
      expect(readSafetensors(writeSafetensors(read), name)).toEqual(read);
    }
  },
);
