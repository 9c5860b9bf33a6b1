// A run in headless Chromium, through the page's own worker.

import { type Browser, chromium, type Page } from 'playwright';
import { UserError } from '../math/errors';
import type { RunConfig } from '../training/config';
import type { Evaluation } from '../training/evaluate';
import { TrainingFault } from '../training/fault';
import type { MetricsRow } from '../training/metrics';
import type { Snapshot, SnapshotRequest } from '../training/recording';
import { ensureChromiumLaunchOptions } from './chromium';
import { Failure } from './console';
import type { Runtime } from './runtime';
import { servePage } from './serve-page';

/** A snapshot as it crosses from the page: JSON knows neither maps nor typed arrays. Numbers are base64 of their bytes. */
interface PackedSnapshot {
  readonly tensors: readonly {
    readonly name: string;
    readonly shape: readonly number[];
    readonly data: string;
  }[];
  readonly updates: Snapshot['state']['updates'];
  readonly generated: string;
  readonly field: string;
}

type Message =
  | { readonly type: 'report'; readonly rows: readonly MetricsRow[] }
  | { readonly type: 'evaluation'; readonly evaluation: Evaluation; readonly snapshot: PackedSnapshot };

type Problem = NonNullable<Awaited<ReturnType<Window['webgan']['prepare']>>>;

/** What `webgan` needs of the page, with everything as JSON. */
interface Side {
  prepare(config: object): Promise<Problem | undefined>;
  real(count: number, seed: number): Promise<string>;
  record(): Promise<Problem | undefined>;
  evaluate(): Promise<{ evaluation: Evaluation; snapshot: PackedSnapshot }>;
}
declare global {
  interface Window {
    webganTell: (message: Message) => void;
    webganSide: Side;
  }
}

export async function openChromeRuntime(config: RunConfig, request: SnapshotRequest): Promise<Runtime> {
  const server = await servePage();
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
    return await openPage(await browser.newPage(), server.url, config, request, close);
  } catch (error) {
    await close();
    if (error instanceof UserError || error instanceof Failure) throw error;
    throw new Failure(`The page did not start: ${firstLine(error)}`);
  }
}

async function openPage(
  page: Page,
  url: string,
  config: RunConfig,
  request: SnapshotRequest,
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
  let listen: (message: Message) => void = () => {};
  await page.exposeFunction('webganTell', (message: Message) => listen(message));
  await page.goto(url);
  const adapter = await orBroken(page.evaluate(() => window.webgan.ready()));
  await page.evaluate(installSide, { ...request, points: Array.from(request.points) });
  const problem = await orBroken(
    page.evaluate((config) => window.webganSide.prepare(config), config as object),
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
    train: async (hooks) => {
      if (stopped) return;
      listen = (message) => {
        if (message.type === 'report') hooks.onReport(message.rows);
        else hooks.onEvaluation(message.evaluation, unpack(message.snapshot));
      };
      const problem = await orBroken(page.evaluate(() => window.webganSide.record()));
      if (problem) throw errorOf(problem);
    },
    stop: () => {
      stopped = true;
      page.evaluate(() => window.webgan.stop()).catch(() => {});
    },
    evaluate: async () => {
      const { evaluation, snapshot } = await orBroken(page.evaluate(() => window.webganSide.evaluate()));
      return { evaluation, snapshot: unpack(snapshot) };
    },
    close,
  };
}

/** Runs in the page: it is sent there as text, so it may use nothing else of this file. */
function installSide(request: { samples: number; seed: number; points: number[] }): void {
  const { webgan, webganTell } = window;
  const wanted = { ...request, points: Float32Array.from(request.points) };
  const pack = ({ buffer, byteOffset, byteLength }: Float32Array): string => {
    let binary = '';
    for (const byte of new Uint8Array(buffer, byteOffset, byteLength)) binary += String.fromCharCode(byte);
    return btoa(binary);
  };
  const packSnapshot = ({ state, generated, field }: Snapshot): PackedSnapshot => ({
    tensors: [...state.tensors].map(([name, { shape, data }]) => ({ name, shape, data: pack(data) })),
    updates: state.updates,
    generated: pack(generated),
    field: pack(field),
  });
  window.webganSide = {
    prepare: (config) => webgan.prepare(config),
    real: async (count, seed) => pack(await webgan.ask('real', { count, seed })),
    async record() {
      const told: unknown[] = [];
      const end = await webgan.record(wanted, {
        onReport: (rows) => told.push(webganTell({ type: 'report', rows })),
        onEvaluation: (evaluation, snapshot) =>
          told.push(webganTell({ type: 'evaluation', evaluation, snapshot: packSnapshot(snapshot) })),
      });
      await Promise.all(told);
      return end.problem;
    },
    async evaluate() {
      const [evaluation, snapshot] = await Promise.all([
        webgan.ask('evaluate', {}),
        webgan.ask('snapshot', wanted),
      ]);
      return { evaluation, snapshot: packSnapshot(snapshot) };
    },
  };
}

function unpack({ tensors, updates, generated, field }: PackedSnapshot): Snapshot {
  const entries = tensors.map(({ name, shape, data }) => [name, { shape, data: numbers(data) }] as const);
  return {
    state: { tensors: new Map(entries), updates },
    generated: numbers(generated),
    field: numbers(field),
  };
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
