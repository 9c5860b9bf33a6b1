// The page's end of reading data: one thing at a time, with what it says on the way, and the images that came of it.

import { signal } from '@preact/signals-core';
import type { ImageSet } from '../../data/image-set';
import { UserError } from '../../math/errors';
import type { ImageShape } from '../protocol';
import { count } from '../words';
import type { DataFiles } from './files';
import type { ReadingCommand, ReadingReport } from './messages';
import { type PointList, readPointList } from './points';

export type DeskState =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'reading'; readonly text: string; readonly share?: number }
  /** What was read, in a sentence; `skipped` are files that could not be used, with the reasons. */
  | { readonly kind: 'read'; readonly text: string; readonly skipped: readonly string[] }
  /** `again` reads the same without what is bad. */
  | { readonly kind: 'failed'; readonly text: string; readonly files?: DataFiles };

export class DataDesk {
  readonly state = signal<DeskState>({ kind: 'nothing' });
  #images: ImageSet | undefined;
  /** Where the images are from: they can be read again, in another size. */
  #files: DataFiles | undefined;
  #cancel = () => {};

  /** What was read last. */
  get images(): ImageSet | undefined {
    return this.#images;
  }

  /** Reads images; gives nothing where that fails or is cancelled, which the state then tells. */
  async read(files: DataFiles, wanted: ImageShape, skipBad = false): Promise<ImageSet | undefined> {
    this.state.value = { kind: 'reading', text: `Reading ${files.name}…` };
    const answer = await this.#ask({ type: 'read', source: files, wanted, skipBad });
    if (!answer) return undefined;
    if (answer.type === 'failed') {
      this.state.value = { kind: 'failed', text: answer.message, ...(answer.canSkip && { files }) };
      return undefined;
    }
    this.#files = files;
    return this.take(answer.images!, answer.skipped, answer.notes);
  }

  /** Images of a shape without asking anyone: from the same files as the last ones, or kept from an earlier visit. */
  async provide(wanted: ImageShape): Promise<ImageSet | undefined> {
    if (this.#files) return this.read(this.#files, wanted, true);
    const answer = await this.#ask({ type: 'recall', wanted });
    if (answer?.type !== 'done' || !answer.images) return undefined;
    return this.take(answer.images);
  }

  /** A list of points; gives nothing where the file is none, which the state then tells. */
  async readPoints(file: File): Promise<PointList | undefined> {
    try {
      const list = await readPointList(file);
      const columns = list.points[0]!.length === 1 ? 'on a line' : 'in the plane';
      const text = `${list.file}: ${count(list.points.length)} points ${columns}.`;
      this.state.value = { kind: 'read', text, skipped: [] };
      return list;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.state.value = { kind: 'failed', text: error.message };
      return undefined;
    }
  }

  /** Ends the reading that is under way. */
  cancel(): void {
    this.#cancel();
    this.state.value = this.#images
      ? { kind: 'read', text: inWords(this.#images), skipped: [] }
      : { kind: 'nothing' };
  }

  /** Images that are there already. */
  take(images: ImageSet, skipped: readonly string[] = [], notes: readonly string[] = []): ImageSet {
    this.#images = images;
    this.state.value = { kind: 'read', text: [inWords(images), ...notes].join(' '), skipped };
    return images;
  }

  /** One worker for each reading: the last one is ended, whatever it does. */
  #ask(command: ReadingCommand): Promise<Extract<ReadingReport, { type: 'done' | 'failed' }> | undefined> {
    this.#cancel();
    const worker = new Worker(new URL('./reading-worker.ts', import.meta.url), {
      type: 'module',
      name: 'reading',
    });
    return new Promise((resolve) => {
      const end = (answer?: Extract<ReadingReport, { type: 'done' | 'failed' }>) => {
        worker.terminate();
        this.#cancel = () => {};
        resolve(answer);
      };
      this.#cancel = end;
      worker.addEventListener('message', ({ data }: MessageEvent<ReadingReport>) => {
        if (data.type === 'progress') this.state.value = { ...data, kind: 'reading' };
        else end(data);
      });
      worker.addEventListener('error', (event) => {
        event.preventDefault();
        end({
          type: 'failed',
          message: event.message || 'The reading worker could not be loaded.',
          canSkip: false,
        });
      });
      worker.postMessage(command);
    });
  }
}

function inWords({ name, count: images, width, height, channels, classes, labels }: ImageSet): string {
  const number = classes?.length ?? (labels ? new Set(labels).size : 0);
  const inClasses = number > 0 ? `, ${number} ${number === 1 ? 'class' : 'classes'}` : '';
  return `${name}: ${count(images)} ${images === 1 ? 'image' : 'images'}, ${width} × ${height}, ${channels === 1 ? 'grey' : 'RGB'}${inClasses}.`;
}
