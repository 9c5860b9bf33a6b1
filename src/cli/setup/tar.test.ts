import { describe, expect, it } from 'vitest';
import { readTar } from './tar';

/** One entry: header and padded data, as POSIX describes ustar. */
function entry(path: string, data: string, { mode = 0o644, kind = '0', prefix = '' } = {}): Buffer {
  const header = Buffer.alloc(512);
  header.write(path, 0);
  header.write(mode.toString(8).padStart(7, '0'), 100);
  header.write(data.length.toString(8).padStart(11, '0'), 124);
  header.write(kind, 156);
  header.write('ustar', 257);
  header.write(prefix, 345);
  const body = Buffer.alloc(Math.ceil(data.length / 512) * 512);
  body.write(data);
  return Buffer.concat([header, body]);
}

const END = Buffer.alloc(1024);
const read = (archive: Uint8Array) =>
  [...readTar(archive)].map(({ path, data, executable }) => [path, Buffer.from(data).toString(), executable]);

describe('readTar', () => {
  it('reads files of any length, with their prefix and mode', () => {
    const archive = Buffer.concat([
      entry('empty', ''),
      entry('block', 'x'.repeat(512)),
      entry('program', 'y'.repeat(513), { mode: 0o755, prefix: 'some/folder' }),
      END,
    ]);
    expect(read(archive)).toEqual([
      ['empty', '', false],
      ['block', 'x'.repeat(512), false],
      ['some/folder/program', 'y'.repeat(513), true],
    ]);
  });

  it('passes over folders, links and extended headers', () => {
    const kinds = ['5', '2', 'x'].map((kind) => entry('other', kind === 'x' ? '30 mtime=1' : '', { kind }));
    expect(read(Buffer.concat([...kinds, entry('file', 'a'), END]))).toEqual([['file', 'a', false]]);
  });

  it('refuses an archive that ends within a file', () => {
    expect(() => read(entry('cut', 'z'.repeat(600)).subarray(0, 1000))).toThrow(RangeError);
  });
});
