// MNIST's training half from its public mirror, kept by the browser for the next time.

import { isGzip } from '../../data/reading/gunzip';
import { UserError } from '../../math/errors';

/** LeCun, Cortes and Burges; CC BY-SA 3.0. This mirror answers pages of any origin. */
const MIRROR = 'https://cdn.jsdelivr.net/gh/fgnt/mnist@master/';
const FILES = ['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'] as const;
/** Of both, where the mirror does not say: for the progress alone. */
const BYTES = 9_912_422 + 28_881;
const CACHE = 'webgan-downloads';

export interface Download {
  readonly files: readonly File[];
  /** Keeps the files for the next time; for when they were read and found whole. */
  keep(): Promise<void>;
  /** Takes back what was kept: it is of no use. */
  discard(): Promise<void>;
}

/**
 * The files, downloaded where they are not kept.
 * @param progress gets the bytes so far, and about how many there will be.
 * @throws UserError where they cannot be had.
 */
export async function downloadMnist(progress: (bytes: number, of: number) => void): Promise<Download> {
  const cache = await caches.open(CACHE).catch(() => undefined);
  const files: File[] = [];
  let before = 0;
  for (const name of FILES) {
    const kept = await cache?.match(MIRROR + name);
    const blob = kept
      ? await kept.blob()
      : await download(MIRROR + name, (bytes) => progress(before + bytes, BYTES));
    before += blob.size;
    progress(before, BYTES);
    files.push(new File([blob], name));
  }
  return {
    files,
    async keep() {
      // A full storage is no reason not to go on.
      for (const file of files) await cache?.put(MIRROR + file.name, new Response(file)).catch(() => {});
    },
    async discard() {
      for (const name of FILES) await cache?.delete(MIRROR + name);
    },
  };
}

/** Gzipped, or unpacked on the way. */
async function isIdx(blob: Blob): Promise<boolean> {
  const head = new Uint8Array(await blob.slice(0, 3).arrayBuffer());
  return isGzip(head) || head.join() === '0,0,8';
}

async function download(url: string, progress: (bytes: number) => void): Promise<Blob> {
  try {
    const response = await fetch(url);
    if (!response.ok || !response.body) throw new Error(`it answered ${response.status}`);
    const chunks: BlobPart[] = [];
    let bytes = 0;
    for (const reader = response.body.getReader(); ; ) {
      const { value, done } = await reader.read();
      if (done) break;
      chunks.push(value);
      bytes += value.length;
      progress(bytes);
    }
    const blob = new Blob(chunks);
    // Something else may have answered: a network's sign-in page, say.
    if (!(await isIdx(blob))) throw new Error('what came is no such file');
    return blob;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `MNIST could not be downloaded from ${new URL(MIRROR).host} (${navigator.onLine ? why : 'this browser is offline'}); its files from elsewhere, opened here, would do.`,
    );
  }
}
