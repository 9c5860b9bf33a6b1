// Reads tar archives (ustar), as npm's packages are and hold them.

export interface TarFile {
  readonly path: string;
  readonly data: Uint8Array;
  readonly executable: boolean;
}

const BLOCK = 512;

/**
 * The regular files of an archive; other entries (folders, links, pax headers) are passed over.
 * @throws RangeError if the archive ends within a file.
 */
export function* readTar(archive: Uint8Array): Generator<TarFile> {
  for (let start = 0; start + BLOCK <= archive.length; ) {
    const header = archive.subarray(start, start + BLOCK);
    if (header[0] === 0) return;
    const size = Number.parseInt(text(header, 124, 12), 8) || 0;
    const end = start + BLOCK + size;
    if (end > archive.length) throw new RangeError('The tar archive is cut off.');
    const kind = text(header, 156, 1);
    if (kind === '0' || kind === '') {
      const prefix = text(header, 257, 5) === 'ustar' ? text(header, 345, 155) : '';
      const name = text(header, 0, 100);
      yield {
        path: prefix ? `${prefix}/${name}` : name,
        data: archive.subarray(start + BLOCK, end),
        executable: (Number.parseInt(text(header, 100, 8), 8) & 0o100) !== 0,
      };
    }
    start = end + ((BLOCK - (size % BLOCK)) % BLOCK);
  }
}

/** A field of the header: ASCII up to its first NUL. */
function text(header: Uint8Array, offset: number, length: number): string {
  const field = header.subarray(offset, offset + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end)).trim();
}
