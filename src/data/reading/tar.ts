// Tar archives, plain or gzipped, as they stream: read once for the list of files, and again for their bytes.

import { createTarDecoder, type ParsedTarEntry } from 'modern-tar';
import { BadFile, contentOf, type FileList, type InputFile, type ListedFile } from './files';
import { gunzipped } from './gunzip';

/** Where a tar header says that it is one. */
const isTarHeader = (block: Uint8Array) => String.fromCharCode(...block.subarray(257, 262)) === 'ustar';

/** Whether a file is a tar archive; of a gzipped one the beginning is unpacked to see. */
export async function isTar(file: InputFile, head: Uint8Array, gzipped: boolean): Promise<boolean> {
  if (!gzipped) return isTarHeader(head);
  try {
    for await (const chunk of gunzipped(contentOf(file)).chunks()) return isTarHeader(chunk);
  } catch (error) {
    // What is wrong with it shows when it is read for whatever it is.
    if (!(error instanceof BadFile)) throw error;
  }
  return false;
}

export async function openTar(file: InputFile, name: string): Promise<FileList> {
  const files: ListedFile[] = [];
  for await (const { header, body } of entriesOf(file)) {
    await body.cancel();
    const { name: path, size, type = 'file' } = header;
    if (type === 'file') files.push({ path, size });
    else if (type === 'symlink' || type === 'link')
      files.push({
        path,
        size: 0,
        problem: `is a link to ${header.linkname || 'nothing'}, which no image is`,
      });
  }
  return {
    name,
    files,
    async *open(paths) {
      for await (const { header, body } of entriesOf(file)) {
        if ((header.type ?? 'file') === 'file' && paths.has(header.name))
          yield { path: header.name, chunks: () => chunksOf(body) };
        // The next entry comes when this one has been read to its end, or given up.
        await body.cancel().catch(() => {});
      }
    },
  };
}

async function* entriesOf(file: InputFile): AsyncGenerator<ParsedTarEntry> {
  const source = gunzipped(contentOf(file)).chunks()[Symbol.asyncIterator]();
  let failure: unknown;
  const bytes = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { done, value } = await source.next();
        if (done) controller.close();
        else controller.enqueue(value);
      } catch (error) {
        failure = error;
        controller.error(error);
      }
    },
  });
  const entries = bytes.pipeThrough(createTarDecoder({ strict: true })).getReader();
  try {
    for (;;) {
      const { done, value } = await entries.read();
      if (done) return;
      yield value;
    }
  } catch (error) {
    throw failure ?? damaged(error);
  } finally {
    await entries.cancel().catch(() => {});
  }
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value as Uint8Array<ArrayBuffer>;
    }
  } catch (error) {
    throw damaged(error);
  } finally {
    await reader.cancel().catch(() => {});
    reader.releaseLock();
  }
}

const damaged = (error: unknown) =>
  error instanceof BadFile ? error : new BadFile(`is no whole tar archive: ${sentencePart(error)}`);

/** An error of the library as part of a sentence. */
const sentencePart = (error: unknown) => {
  const text = (error instanceof Error ? error.message : String(error)).replace(/\.$/, '');
  return text.charAt(0).toLowerCase() + text.slice(1);
};
