import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { UserError } from '../math/errors';
import { readSafetensors, readSafetensorsMetadata, type SafeTensor, writeSafetensors } from './safetensors';

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

test('the order of names, and names that are numbers, change nothing', () => {
  const names = ['1', 'b', '0', '', 'ä "quoted" \\n'];
  const bytes = writeSafetensors({
    metadata: new Map([['10', 'm']]),
    tensors: new Map(names.map((name, i) => [name, { shape: [1], data: Float32Array.of(i) }])),
  });
  const { metadata, tensors } = readSafetensors(bytes, 'x');
  expect(metadata.get('10')).toBe('m');
  for (const [i, name] of names.entries()) expect(tensors.get(name)?.data[0]).toBe(i);
});

describe('a malformed file is refused in a sentence that names it', () => {
  const f4 = tensor('F32', [1], [0, 4]);
  /** A file with one tensor of 4 bytes. */
  const one = (shape: unknown, offsets: unknown, dtype = 'F32') =>
    file(`{"w":${tensor(dtype, shape, offsets)}}`, 4);
  /** The same, with shape and places as they stand. */
  const raw = (shape: string, offsets = '[0,4]') =>
    file(`{"w":{"dtype":"F32","shape":${shape},"data_offsets":${offsets}}}`, 4);
  /** A file that begins with its header's length, as eight bytes. */
  const claiming = (bytes: bigint, ...rest: number[]) => {
    const out = new Uint8Array(8 + rest.length);
    new DataView(out.buffer).setBigUint64(0, bytes, true);
    out.set(rest, 8);
    return out;
  };
  const BRACES = [0x7b, 0x7d];
  const cases: [string, Uint8Array, RegExp][] = [
    // Its first eight bytes.
    ['empty', new Uint8Array(), /has 0 bytes, too few/],
    ['too short for a length', new Uint8Array(7), /has 7 bytes, too few/],
    ['a header beyond the end', claiming(50n, ...BRACES), /claims 50 bytes, but only 2 follow/],
    ['a header one byte beyond the end', claiming(3n, ...BRACES), /claims 3 bytes, but only 2 follow/],
    ['a header of 100 MB that is not there', claiming(100_000_000n, ...BRACES), /but only 2 follow/],
    ['a header of more than 100 MB', claiming(100_000_001n, ...BRACES), /claims 100000001 bytes, more than/],
    ['a header’s length beyond 2^53', claiming(2n ** 53n + 1n, ...BRACES), /claims 9007199254740993 bytes/],
    ['a header’s length beyond 2^63', claiming(2n ** 63n), /claims 9223372036854775808 bytes, more than/],
    ['a header’s length of −1', claiming(2n ** 64n - 1n), /claims 18446744073709551615 bytes, more than/],
    [
      'a header’s length the wrong way round',
      Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2, ...BRACES),
      /claims 144115188075855872 bytes, more than/,
    ],
    // Its header as text.
    ['no header', file('', 0), /does not begin with "\{"/],
    ['a header of zeros', file('\0\0\0\0', 0), /does not begin with "\{"/],
    ['a header that is a list', file('[]', 0), /does not begin with "\{"/],
    ['a header that is null', file('null', 0), /does not begin with "\{"/],
    ['space before the header', file(' {}', 0), /does not begin with "\{"/],
    ['a byte order mark', file('\ufeff{}', 0), /does not begin with "\{"/],
    ['not UTF-8', claiming(5n, 0x7b, 0x22, 0xff, 0x22, 0x7d), /not text in UTF-8/],
    ['a character cut short', claiming(4n, 0x7b, 0x22, 0xe2, 0x82), /not text in UTF-8/],
    ['half a character, encoded', claiming(6n, 0x7b, 0x22, 0xed, 0xa0, 0x80, 0x22), /not text in UTF-8/],
    ['UTF-16', claiming(4n, 0x7b, 0, 0x7d, 0), /not JSON/],
    ['not JSON', file('{"a":}', 0), /not JSON/],
    ['cut JSON', file('{"a":{"dtype"', 0), /not JSON/],
    ['a text without an end', file('{"a', 0), /not JSON/],
    ['a text that ends in an escape', file('{"a\\', 0), /not JSON/],
    ['an escape that is none', file('{"\\x":1}', 0), /not JSON/],
    ['something behind the header', file('{}{}', 0), /not JSON/],
    ['zeros behind the header', file('{}\0\0', 0), /not JSON/],
    ['a comment', file('{/* */}', 0), /not JSON/],
    ['names without quotes', file('{w:1}', 0), /not JSON/],
    ['a comma too many', file(`{"w":${f4},}`, 4), /not JSON/],
    ['a nest', file('['.repeat(2), 0), /does not begin/],
    ['objects nested deeper', file(`${'{"a":'.repeat(4)}1${'}'.repeat(4)}`, 0), /nested more than 3 deep/],
    ['lists nested a million deep', file(`{"a":${'['.repeat(1e6)}`, 0), /nested more than 3 deep/],
    // Names.
    ['a tensor twice', file(`{"w":${f4},"w":${f4}}`, 4), /the name "w" twice/],
    ['a tensor twice, escaped', file(`{"w":${f4},"\\u0077" :${f4}}`, 4), /the name "w" twice/],
    ['metadata twice', file('{"__metadata__":{},"__metadata__":{}}', 0), /the name "__metadata__" twice/],
    ['a field of metadata twice', file('{"__metadata__":{"a":"1","a":"2"}}', 0), /the name "a" twice/],
    [
      'a field twice',
      file('{"w":{"dtype":"F32","shape":[1],"shape":[2],"data_offsets":[0,4]}}', 4),
      /the name "shape" twice/,
    ],
    ['a tensor called __proto__', file(`{"__proto__":${f4}}`, 4), /the name "__proto__", which every object/],
    ['a tensor called constructor', file(`{"constructor":${f4}}`, 4), /the name "constructor", which every/],
    [
      'a tensor called toString',
      file(`{"toString":${f4}}`, 4),
      /the name "toString", which every object has/,
    ],
    ['__proto__, escaped', file(`{"\\u005f_proto__":${f4}}`, 4), /the name "__proto__", which every object/],
    ['__proto__ in metadata', file('{"__metadata__":{"__proto__":"x"}}', 0), /the name "__proto__"/],
    [
      '__proto__ in a tensor',
      file('{"w":{"__proto__":{"dtype":"F32","shape":[1]},"data_offsets":[0,4]}}', 4),
      /the name "__proto__"/,
    ],
    ['half a character as a name', file(`{"\\ud800":${f4}}`, 4), /the name "\\ud800", which is half/],
    // Metadata.
    ['metadata that is a list', file('{"__metadata__":[]}', 0), /__metadata__ is not an object/],
    ['metadata that is a text', file('{"__metadata__":"a"}', 0), /__metadata__ is not an object/],
    ['metadata that is null', file('{"__metadata__":null}', 0), /__metadata__ is not an object/],
    ['a metadata number', file('{"__metadata__":{"a":1}}', 0), /__metadata__ field "a" is not a text/],
    ['a metadata object', file('{"__metadata__":{"a":{}}}', 0), /__metadata__ field "a" is not a text/],
    // What a tensor's entry is.
    ['a tensor that is a number', file('{"w":3}', 0), /tensor "w" is not described/],
    ['a tensor that is null', file('{"w":null}', 0), /tensor "w" is not described/],
    ['a tensor that is a list', file('{"w":[]}', 0), /tensor "w" is not described/],
    ['an unknown field', file('{"w":{"dtype":"F32","shape":[],"data_offsets":[0,4],"x":1}}', 4), /field "x"/],
    ['a long name', file(`{"${'w'.repeat(1e6)}":3}`, 0), /tensor "w{57}…" is not described/],
    // Types.
    ['a type of other width', one([2], [0, 4], 'F16'), /type "F16", and only F32 and U32/],
    ['a type in small letters', one([1], [0, 4], 'f32'), /type "f32", and only F32 and U32/],
    ['a type from the prototype', one([1], [0, 4], 'constructor'), /type "constructor"/],
    ['no type', file('{"w":{"shape":[1],"data_offsets":[0,4]}}', 4), /no name of a type/],
    ['a type that is a list', file('{"w":{"dtype":["F32"],"shape":[1]}}', 4), /no name of a type/],
    // Shapes.
    ['no shape', file('{"w":{"dtype":"F32","data_offsets":[0,4]}}', 4), /shape that is not a list/],
    ['a shape that is a number', one(1, [0, 4]), /shape that is not a list/],
    ['a shape that is an object', one({ 0: 1, length: 1 }, [0, 4]), /shape that is not a list/],
    ['a length that is a text', one(['1'], [0, 4]), /shape that is not a list/],
    ['a length that is null', one([Number.NaN], [0, 4]), /shape that is not a list/],
    ['a length that is NaN', raw('[NaN]'), /not JSON/],
    ['a negative length', one([-1], [0, 4]), /the number -1, where only whole ones/],
    ['two negative lengths', one([-1, -1], [0, 4]), /the number -1, where only whole ones/],
    ['a fractional length', one([0.5], [0, 4]), /the number 0\.5, where only whole ones/],
    ['a length with a point', raw('[1.0]'), /the number 1\.0, where only whole ones/],
    ['a length with an exponent', raw('[1e0]'), /the number 1e0, where only whole ones/],
    ['a length of −0', raw('[-0]'), /the number -0, where only whole ones/],
    ['a length with a leading zero', raw('[01]'), /the number 01, where only whole ones/],
    ['a length beyond 2^53', raw('[9007199254740993]'), /the number 9007199254740993, where only/],
    ['a length beyond every number', raw('[1e999]'), /the number 1e999, where only/],
    ['a shape that overflows', one([2 ** 52, 2 ** 52], [0, 4]), /more numbers than can be counted/],
    ['a shape that overflows 64 bits to 1', one([2 ** 32, 2 ** 32, 1], [0, 4]), /more numbers than can be/],
    ['a shape that overflows before its 0', one([2 ** 40, 2 ** 40, 0], [0, 0]), /more numbers than can be/],
    ['as many bytes as can be counted', one([2 ** 51], [0, 4]), /more numbers than can be counted/],
    // Places.
    ['no places', file('{"w":{"dtype":"F32","shape":[1]}}', 4), /data_offsets that are not two/],
    ['one place', one([1], [0]), /data_offsets that are not two/],
    ['three places', one([1], [0, 4, 4]), /data_offsets that are not two/],
    ['places that are texts', one([1], ['0', '4']), /data_offsets that are not two/],
    ['places that are an object', one([1], { 0: 0, 1: 4 }), /data_offsets that are not two/],
    ['a negative place', one([1], [-4, 0]), /the number -4, where only whole ones/],
    ['a fractional place', raw('[1]', '[0,4.5]'), /the number 4\.5, where only whole ones/],
    ['a place beyond 2^53', raw('[1]', '[0,18446744073709551620]'), /the number 18446744073709551620, where/],
    ['places the wrong way round', one([1], [4, 0]), /ends at byte 0, before it begins at 4/],
    ['an end beyond the file', one([2], [0, 8]), /ends at byte 8, but the file has only 4/],
    ['all beyond the file', one([1], [2 ** 40, 2 ** 40 + 4]), /but the file has only 4/],
    ['fewer bytes than its shape', one([2], [0, 4]), /4 bytes, but its shape \[2\] needs 8/],
    ['more bytes than its shape', one([0], [0, 4]), /4 bytes, but its shape \[0\] needs 0/],
    ['bytes of which no number is made', one([1], [0, 3]), /3 bytes, but its shape \[1\] needs 4/],
    [
      'an overlap',
      file(`{"a":${tensor('F32', [2], [0, 8])},"b":${tensor('F32', [1], [4, 8])}}`, 8),
      /"b" overlaps/,
    ],
    ['the same bytes twice', file(`{"a":${f4},"b":${f4}}`, 4), /"b" overlaps/],
    [
      'nothing within another',
      file(`{"a":${tensor('F32', [2], [0, 8])},"b":${tensor('F32', [0], [4, 4])}}`, 8),
      /"b" overlaps/,
    ],
    [
      'a hole',
      file(`{"a":${f4},"b":${tensor('F32', [1], [8, 12])}}`, 12),
      /hole before tensor "b", from byte 4 to 8/,
    ],
    [
      'an unaligned place',
      file(`{"a":${f4},"b":${tensor('F32', [1], [5, 9])}}`, 9),
      /hole before tensor "b", from byte 4 to 5/,
    ],
    [
      'a hole at the start',
      file(`{"b":${tensor('F32', [1], [4, 8])}}`, 8),
      /hole before tensor "b", from byte 0 to 4/,
    ],
    ['a byte left over', file(`{"a":${f4}}`, 5), /1 bytes at its end belong to no tensor/],
    ['bytes without a tensor', file('{}', 64), /64 bytes at its end belong to no tensor/],
    ['all cut off', file(`{"a":${f4}}`, 0), /ends at byte 4, but the file has only 0/],
  ];
  test.each(cases)('%s', async (_, bytes, message) => {
    const read = () => readSafetensors(bytes, 'some.safetensors');
    expect(read).toThrow(UserError);
    expect(read).toThrow(message);
    expect(read).toThrow(/^some\.safetensors: [^\n]*; a whole safetensors file would do\.$/);
    // A file that is not in memory, by its header alone.
    await expect(readSafetensorsMetadata(new Blob([bytes as BlobPart]), 'some.safetensors')).rejects.toThrow(
      message,
    );
  });

  test('which are more than forty kinds', () => {
    expect(new Set(cases.map(([name]) => name)).size).toBe(cases.length);
    expect(cases.length).toBeGreaterThan(40);
  });

  test('without memory for what it claims', () => {
    const before = process.memoryUsage().rss;
    for (const [, bytes] of cases) expect(() => readSafetensors(bytes, 'x')).toThrow(UserError);
    expect(process.memoryUsage().rss - before).toBeLessThan(100e6);
  });
});

test('a header of 100 MB that is there is read as far as it is sound', () => {
  const header = '{"w":0}';
  const bytes = file(header.padEnd(100_000_000), 0);
  expect(() => readSafetensors(bytes, 'x')).toThrow(/^x: tensor "w" is not described by an object/);
  bytes.fill(0x5b, 8 + 5);
  expect(() => readSafetensors(bytes, 'x')).toThrow(/^x: its header is nested more than 3 deep/);
});

test('the metadata of a file is read without its numbers', async () => {
  const content = new Blob([example()]);
  const asked: [number, number][] = [];
  const slice = content.slice.bind(content);
  content.slice = (from = 0, to = 0) => {
    asked.push([from, to]);
    return slice(from, to);
  };
  expect([...(await readSafetensorsMetadata(content, 'x'))]).toEqual([['config', '{"seed":1}']]);
  expect(asked).toEqual([
    [0, 8],
    [8, content.size - 36],
  ]);
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
  expect(() => write('__metadata__', [2])).toThrow(/cannot be called __metadata__/);
  expect(() => write('__proto__', [2])).toThrow(/cannot be called __proto__/);
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
