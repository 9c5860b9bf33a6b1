// The worker that reads data: decodes files into images away from the page and from the training.

import type { ImageSet } from '../../data/image-set';
import { type InputFile, SkippableError } from '../../data/reading/files';
import type { ImageInput } from '../../data/reading/options';
import { readImages } from '../../data/reading/read-images';
import { sizeInWords } from '../../math/phrases';
import { count } from '../words';
import { decode } from './decode';
import type { DataFiles, PlacedFile } from './files';
import { keepImages, recallImages } from './kept-images';
import type { ReadingCommand, ReadingReport } from './messages';
import { downloadMnist } from './mnist';

/** Between two words about the progress. */
const PROGRESS_MILLISECONDS = 100;

const post = (report: ReadingReport, transfer: Transferable[] = []): void =>
  postMessage(report, { transfer });

let lastTime = 0;
function progress(text: string, share?: number): void {
  const now = performance.now();
  if (now - lastTime < PROGRESS_MILLISECONDS) return;
  lastTime = now;
  post({ type: 'progress', text, ...(share !== undefined && { share: Math.min(share, 1) }) });
}

addEventListener('message', async ({ data }: MessageEvent<ReadingCommand>) => {
  try {
    if (data.type === 'recall') hand(await recallImages(data.wanted), []);
    else await read(data);
  } catch (error) {
    const canSkip = error instanceof SkippableError;
    const message = error instanceof Error ? error.message : String(error);
    post({ type: 'failed', message: canSkip ? error.plain : message, canSkip });
  }
});

async function read({ source, wanted, skipBad }: Extract<ReadingCommand, { type: 'read' }>): Promise<void> {
  const { images, skipped } = await readImages(await inputOf(source), {
    decode,
    size: wanted,
    channels: wanted.channels,
    skipBad,
    onProgress: ({ images, total, skipped }) => {
      const without = skipped > 0 ? `, ${count(skipped)} passed over` : '';
      const of = total > 0 ? ` of ${count(total)}` : '';
      progress(
        `Reading ${source.name}: ${count(images)}${of} images${without}.`,
        total > 0 ? images / total : undefined,
      );
    },
  });
  await keepImages(images);
  hand(
    images,
    skipped.map(({ file, reason }) => `${file}: ${reason}`),
  );
}

function hand(images: ImageSet | undefined, skipped: readonly string[]): void {
  const transfer = images ? images.pieces.map(({ buffer }) => buffer) : [];
  post({ type: 'done', skipped, ...(images && { images }) }, transfer);
}

async function inputOf(source: DataFiles): Promise<ImageInput> {
  if (source.kind === 'mnist') {
    const files = await downloadMnist((bytes, of) =>
      progress(`Downloading MNIST: ${sizeInWords(bytes)} of ${sizeInWords(of)}.`, bytes / of),
    );
    return { name: source.name, files: files.map((file) => inputFile({ path: file.name, file })) };
  }
  const files = source.files.map(inputFile);
  const [only] = files;
  return { name: source.name, files, ...(files.length === 1 && { chosen: only!.path }) };
}

const inputFile = ({ path, file }: PlacedFile): InputFile => ({
  path,
  size: file.size,
  read: async (start, end) => new Uint8Array(await file.slice(start, end).arrayBuffer()),
});
