// The worker that reads data: decodes files into images away from the page and from the training.

import type { ImageSet } from '../../data/image-set';
import { BadFile, type InputFile, SkippableError } from '../../data/reading/files';
import type { ImageInput, ReadOptions } from '../../data/reading/options';
import { readImages } from '../../data/reading/read-images';
import { sizeInWords } from '../../math/phrases';
import { count } from '../words';
import { decode } from './decode';
import type { PlacedFile } from './files';
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
    if (data.type === 'recall') hand(await recallImages(data.wanted));
    else await read(data);
  } catch (error) {
    const canSkip = error instanceof SkippableError;
    const message = error instanceof Error ? error.message : String(error);
    post({ type: 'failed', message: canSkip ? error.plain : message, canSkip });
  }
});

async function read({ source, wanted, skipBad }: Extract<ReadingCommand, { type: 'read' }>): Promise<void> {
  const mnist = source.kind === 'mnist' ? await downloadMnist(downloading) : undefined;
  const files = source.kind === 'mnist' ? mnist!.files.map(placed) : source.files;
  const options: ReadOptions = {
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
  };
  const { images, skipped, notes } = await readImages(inputOf(source.name, files), options).catch(
    async (error) => {
      await mnist?.discard();
      throw error;
    },
  );
  await mnist?.keep();
  await keepImages(images);
  hand(
    images,
    skipped.map(({ file, reason }) => `${file}: ${reason}`),
    notes,
  );
}

function hand(
  images: ImageSet | undefined,
  skipped: readonly string[] = [],
  notes: readonly string[] = [],
): void {
  const transfer = images ? images.pieces.map(({ buffer }) => buffer) : [];
  post({ type: 'done', skipped, notes, ...(images && { images }) }, transfer);
}

const downloading = (bytes: number, of: number) =>
  progress(`Downloading MNIST: ${sizeInWords(bytes)} of ${sizeInWords(of)}.`, bytes / of);

const placed = (file: File): PlacedFile => ({ path: file.name, file });

function inputOf(name: string, placedFiles: readonly PlacedFile[]): ImageInput {
  const files = placedFiles.map(inputFile);
  const [only] = files;
  return { name, files, ...(files.length === 1 && { chosen: only!.path }) };
}

const inputFile = ({ path, file, problem }: PlacedFile): InputFile => ({
  path,
  size: file.size,
  ...(problem !== undefined && { problem }),
  async read(start, end) {
    try {
      return new Uint8Array(await file.slice(start, end).arrayBuffer());
    } catch (error) {
      // Changed, moved or locked since it was chosen.
      throw new BadFile(`cannot be read (${(error as Error).name})`);
    }
  },
});
