// Unpacks gzip as it streams, with the engine's own decompressor, and gives up on what unpacks to absurd lengths.

import { sizeInWords } from '../../math/phrases';
import { BadFile, type Content } from './files';

/** Unpacked lengths over packed ones beyond this are no images: deflate reaches 1,032 on nothing but zeros. */
export const MAX_RATIO = 200;
/** Below this many bytes any ratio is harmless. */
export const HARMLESS = 16 * 2 ** 20;

export const isGzip = (bytes: Uint8Array): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The file, unpacked where it begins as gzip does. */
export function gunzipped(content: Content): Content {
  return {
    path: content.path,
    async *chunks() {
      const source = content.chunks()[Symbol.asyncIterator]();
      const first = await source.next();
      if (first.done) return;
      const all = (async function* () {
        yield first.value;
        for (let next = await source.next(); !next.done; next = await source.next()) yield next.value;
      })();
      if (isGzip(first.value)) yield* gunzip(all);
      else yield* all;
    },
  };
}

/** @throws BadFile for what is cut off, damaged or a bomb */
async function* gunzip(
  chunks: AsyncIterable<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  let [packed, unpacked] = [0, 0];
  let failure: unknown;
  const source = chunks[Symbol.asyncIterator]();
  const readable = new ReadableStream<Uint8Array<ArrayBuffer>>({
    async pull(controller) {
      try {
        const { done, value } = await source.next();
        if (done) return controller.close();
        packed += value.length;
        controller.enqueue(value);
      } catch (error) {
        failure = error;
        controller.error(error);
      }
    },
  });
  const reader = readable.pipeThrough(new DecompressionStream('gzip')).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      unpacked += value.length;
      if (unpacked > HARMLESS && unpacked > MAX_RATIO * packed) throw new BadFile(bombed(unpacked, packed));
      yield value as Uint8Array<ArrayBuffer>;
    }
  } catch (error) {
    if (error instanceof BadFile) throw error;
    throw failure ?? new BadFile('is no whole gzip file: it is cut off or damaged');
  } finally {
    // A decompressor that has failed cannot be cancelled.
    await reader.cancel().catch(() => {});
  }
}

/** What is said of a zip bomb. */
export const bombed = (unpacked: number, packed: number): string =>
  `unpacks from ${sizeInWords(packed)} to ${sizeInWords(unpacked)} and more, as zip bombs do`;
