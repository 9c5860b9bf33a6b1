// A run in headless Chromium, through the page's own worker.

import { type Browser, chromium, type Page } from 'playwright';
import type { ImageSet } from '../data/image-set';
import { writeCheckpoint } from '../export/checkpoint';
import type { Ways } from '../export/interpolate';
import { UserError } from '../math/errors';
import type { Evaluation } from '../training/evaluate';
import { TrainingFault } from '../training/fault';
import type { MetricsRow } from '../training/metrics';
import type { RecordingHooks, RecordingRequest, Snapshot } from '../training/recording';
import type { TrainerState } from '../training/tensor';
import { ensureChromiumLaunchOptions } from './chromium';
import { Failure } from './console';
import type { Runtime, RuntimeRequest } from './runtime';
import { servePage } from './serve-page';

// What crosses from the page is JSON, which knows neither maps nor typed arrays: numbers are base64 of their bytes.

interface PackedState {
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly data: string;
  }[];
  readonly updates: TrainerState['updates'];
  readonly data?: string;
}

interface PackedSnapshot {
  readonly generated: string;
  readonly field: string;
  readonly scored: string;
}

type Message =
  | { readonly type: 'report'; readonly rows: readonly MetricsRow[] }
  | { readonly type: 'evaluation'; readonly evaluation: Evaluation; readonly snapshot: PackedSnapshot }
  | { readonly type: 'samples'; readonly step: number; readonly generated: string }
  | { readonly type: 'checkpoint'; readonly state: PackedState };

type Problem = NonNullable<Awaited<ReturnType<Window['webgan']['prepare']>>>;

/** A set of images whose bytes the page fetches. */
type FetchedImages = Omit<ImageSet, 'pieces' | 'labels'> & {
  readonly pieces: number;
  readonly labelled: boolean;
};

/** What `webgan` needs of the page, with everything as JSON. */
interface Side {
  /** Fetches the images that the run is to be prepared with. */
  bring(images: FetchedImages): Promise<void>;
  prepare(config: object): Promise<Problem | undefined>;
  /** The checkpoint as base64. */
  resume(checkpoint: string, file: string): Promise<Problem | undefined>;
  real(count: number, seed: number): Promise<string>;
  ways(ways: Ways): Promise<string>;
  /** @param stop whether to stop before the first iteration. */
  record(stop: boolean): Promise<Problem | undefined>;
}
declare global {
  interface Window {
    webganTell: (message: Message) => Promise<void>;
    webganSide: Side;
  }
}

export async function openChromeRuntime(request: RuntimeRequest): Promise<Runtime> {
  const server = await servePage(request.content.images ? bytesOf(request.content.images) : new Map());
  let browser: Browser;
  try {
    // Ctrl-C is the command's to handle: it still wants to write down what there is.
    const signals = { handleSIGINT: false, handleSIGTERM: false, handleSIGHUP: false };
    browser = await chromium.launch({ ...(await ensureChromiumLaunchOptions()), ...signals });
  } catch (error) {
    await server.close();
    throw new Failure(`Chromium did not start: ${firstLine(error)}`);
  }
  const close = async () => {
    await browser.close();
    await server.close();
  };
  try {
    return await openPage(await browser.newPage(), server.url, request, close);
  } catch (error) {
    await close();
    if (error instanceof UserError || error instanceof Failure) throw error;
    throw new Failure(`The page did not start: ${firstLine(error)}`);
  }
}

async function openPage(
  page: Page,
  url: string,
  { config, content, recording, saved }: RuntimeRequest,
  close: () => Promise<void>,
): Promise<Runtime> {
  const broken = new Promise<never>((_, reject) => {
    page.on('crash', () => reject(new Failure('The page crashed.')));
    page.on('close', () => reject(new Failure('The page was closed.')));
    page.on('pageerror', (error) => reject(new Failure(`The page failed: ${error.message}`)));
  });
  // Where nobody waits for the page it may close.
  broken.catch(() => {});
  const orBroken = <Result>(result: Promise<Result>): Promise<Result> => Promise.race([result, broken]);
  let listen: (message: Message) => void | Promise<void> = () => {};
  await page.exposeFunction('webganTell', (message: Message) => listen(message));
  await page.goto(url);
  const adapter = await orBroken(page.evaluate(() => window.webgan.ready()));
  await page.evaluate(installSide, { ...recording, points: Array.from(recording.points) });
  if (content.images) {
    const { pieces, labels, ...rest } = content.images;
    const bring = { ...rest, pieces: pieces.length, labelled: labels !== undefined };
    await orBroken(page.evaluate((images) => window.webganSide.bring(images), bring));
  }
  const problem = await orBroken(
    saved
      ? page.evaluate(({ bytes, file }) => window.webganSide.resume(bytes, file), {
          // With the configuration that it goes on with.
          bytes: Buffer.from(writeCheckpoint(config, saved.state)).toString('base64'),
          file: saved.file,
        })
      : page.evaluate((config) => window.webganSide.prepare(config), config as object),
  );
  if (problem) throw errorOf(problem);

  let stopped = false;
  return {
    adapter: `${adapter}, in Chromium ${page.context().browser()?.version() ?? ''}`.trim(),
    real: async (count, seed) => {
      const wanted = { count, seed };
      return numbers(
        await orBroken(page.evaluate(({ count, seed }) => window.webganSide.real(count, seed), wanted)),
      );
    },
    ways: async (ways) =>
      numbers(await orBroken(page.evaluate((ways) => window.webganSide.ways(ways), ways))),
    train: async (hooks) => {
      const unwritten = new Promise<never>((_, reject) => {
        listen = (message) => hear(message, hooks).catch(reject);
      });
      const ended = orBroken(page.evaluate((stop) => window.webganSide.record(stop), stopped));
      // What cannot be written down ends the training at once.
      const problem = await Promise.race([ended, unwritten]);
      if (problem) throw errorOf(problem);
    },
    stop: () => {
      stopped = true;
      page.evaluate(() => window.webgan.stop()).catch(() => {});
    },
    close,
  };
}

/** Where the page finds the bytes of a set of images. */
function bytesOf({ pieces, labels }: ImageSet): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>(pieces.map((piece, i) => [`/images/${i}`, piece]));
  if (labels)
    files.set('/images/labels', new Uint8Array(labels.buffer, labels.byteOffset, labels.byteLength));
  return files;
}

/** Runs in the page: it is sent there as text, so it may use nothing else of this file. */
function installSide(request: Omit<RecordingRequest, 'points'> & { points: number[] }): void {
  const { webgan, webganTell } = window;
  const wanted = { ...request, points: Float32Array.from(request.points) };
  const pack = ({ buffer, byteOffset, byteLength }: Float32Array): string => {
    let binary = '';
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) binary += String.fromCharCode(byte);
    return btoa(binary);
  };
  const packSnapshot = ({ generated, field, scored }: Snapshot): PackedSnapshot => ({
    generated: pack(generated),
    field: pack(field),
    scored: pack(scored),
  });
  const packState = ({ tensors, ...rest }: TrainerState): PackedState => ({
    ...rest,
    tensors: [...tensors].map(([name, { shape, data }]) => ({ name, shape, data: pack(data) })),
  });
  let images: ImageSet | undefined;
  const fetched = async (name: string | number) => (await fetch(`/images/${name}`)).arrayBuffer();
  window.webganSide = {
    async bring({ pieces, labelled, ...rest }) {
      const all = Array.from({ length: pieces }, async (_, i) => new Uint8Array(await fetched(i)));
      const labels = labelled && { labels: new Uint16Array(await fetched('labels')) };
      images = { ...rest, pieces: await Promise.all(all), ...labels };
    },
    prepare: (config) => webgan.prepare(config, images),
    resume: (checkpoint, file) =>
      webgan.resume(
        Uint8Array.from(atob(checkpoint), (byte) => byte.charCodeAt(0)),
        file,
        images,
      ),
    real: async (count, seed) => pack(await webgan.ask('real', { count, seed })),
    ways: async (ways) => pack(await webgan.ask('ways', ways)),
    async record(stop) {
      const told: unknown[] = [];
      const ended = webgan.record(wanted, {
        onReport: (rows) => told.push(webganTell({ type: 'report', rows })),
        onEvaluation: (evaluation, snapshot) =>
          told.push(webganTell({ type: 'evaluation', evaluation, snapshot: packSnapshot(snapshot) })),
        onSamples: ({ step, generated }) =>
          told.push(webganTell({ type: 'samples', step, generated: pack(generated) })),
        onCheckpoint: (state) => told.push(webganTell({ type: 'checkpoint', state: packState(state) })),
      });
      if (stop) webgan.stop();
      const { problem } = await ended;
      await Promise.all(told);
      return problem;
    },
  };
}

async function hear(message: Message, hooks: RecordingHooks): Promise<void> {
  switch (message.type) {
    case 'report':
      return hooks.onReport(message.rows);
    case 'evaluation': {
      const { generated, field, scored } = message.snapshot;
      return hooks.onEvaluation(message.evaluation, {
        generated: numbers(generated),
        field: numbers(field),
        scored: numbers(scored),
      });
    }
    case 'samples':
      return hooks.onSamples?.({ step: message.step, generated: numbers(message.generated) });
    case 'checkpoint': {
      const { tensors, ...rest } = message.state;
      const entries = tensors.map(({ name, shape, data }) => [name, { shape, data: numbers(data) }] as const);
      return hooks.onCheckpoint({ tensors: new Map(entries), ...rest });
    }
  }
}

/** The numbers of a base64 text. */
function numbers(text: string): Float32Array<ArrayBuffer> {
  return new Float32Array(Uint8Array.from(Buffer.from(text, 'base64')).buffer);
}

function errorOf(problem: Problem): Error {
  if (problem.kind === 'fault') return new TrainingFault(problem.step, problem.tensor);
  if (problem.kind === 'configuration') return new UserError(problem.message);
  return new Failure(problem.message || `The page has no GPU (${problem.kind}).`);
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
