// Which of its alternatives a product uses on the adapter at hand: forced, known of software, remembered, or measured.

import type { Device } from './device';
import { measureAlternatives } from './tuner';
import type { AdapterTraits, Alternative, Work } from './work';

/** How products may go about it; `plain` runs everywhere and is what the others are checked against. */
export const STRATEGIES = ['plain', 'workgroup', 'subgroup'] as const;
export type StrategyName = (typeof STRATEGIES)[number];

/** Where choices are kept from one visit to the next: texts by key. Failing to keep one costs no more than measuring again. */
export interface ChoiceStore {
  read(): Promise<Readonly<Record<string, string>>>;
  write(choices: Readonly<Record<string, string>>): Promise<void>;
}

export interface StrategyOptions {
  /** Use this one wherever it can be used, and nothing else; waits until it has compiled. */
  readonly strategy?: StrategyName | undefined;
  readonly store?: ChoiceStore | undefined;
  /** What compiles the shaders, a browser's or Dawn's version: another may make another choice. */
  readonly compiler?: string | undefined;
}

/**
 * Tiles that were measured to be best on adapters made of software, by what their `info` says (docs/performance.md). They
 * are the same machine everywhere, but for its speed, so nothing is measured there.
 */
const SOFTWARE: readonly {
  readonly name: RegExp;
  readonly tiles: readonly string[];
}[] = [
  {
    name: /swiftshader/i,
    // Those of 16 rows for results of no more, as the gradient of a kernel for grey images.
    tiles: [32, 16].flatMap((rows) => [16, 8, 4].map((columns) => `subgroup ${rows}×${columns}`)),
  },
  {
    name: /llvmpipe|lavapipe/i,
    tiles: ['subgroup 32×4', 'subgroup 16×4'],
  },
];

const PLAIN = 'plain';
/** Behind the label of a choice whose sums are not the plain one's to the bit: bytes then depend on when it took over. */
const ROUNDED = ', rounded otherwise than plain';

export class Strategies {
  readonly #device: Device;
  readonly #options: StrategyOptions;
  readonly #traits: AdapterTraits;
  readonly #software: (typeof SOFTWARE)[number] | undefined;
  #choices: Promise<Record<string, string>> | undefined;
  /** Measurements wait for each other: two at once would measure each other. */
  #measuring: Promise<unknown> = Promise.resolve();

  constructor(device: Device, options: StrategyOptions = {}) {
    this.#device = device;
    this.#options = options;
    this.#traits = {
      subgroupSize: device.subgroupSize,
      maxWorkgroupInvocations: device.gpu.limits.maxComputeInvocationsPerWorkgroup,
    };
    this.#software = SOFTWARE.find(({ name }) => name.test(device.name));
  }

  /** True where one was asked for: then nothing else may run, not even until it has compiled. */
  get isForced(): boolean {
    return this.#options.strategy !== undefined;
  }

  /** What is known at once: an alternative, `plain`, or undefined where it takes a measurement. */
  known(work: Work): Alternative | 'plain' | undefined {
    const there = work.alternatives?.on(this.#traits) ?? [];
    const { strategy } = this.#options;
    const tiles = this.#software?.tiles;
    if (strategy !== undefined || there.length === 0) {
      const forced = there.filter((alternative) => alternative.strategy === strategy);
      return preferred(forced, tiles) ?? forced[0] ?? PLAIN;
    }
    return tiles ? (preferred(there, tiles) ?? PLAIN) : undefined;
  }

  /**
   * The quickest that computes the same as the plain one, measured where it is not known; its label says where its sums are not
   * the same to the bit. Never rejects: then it is `plain`.
   */
  async choose(work: Work): Promise<Alternative | 'plain'> {
    const known = this.known(work);
    if (known) return known;
    const { key: product, kernels, on } = work.alternatives!;
    const there = on(this.#traits);
    const labels = there.map(({ label }) => label);
    const made = [
      work.kernel.code,
      ...kernels.map(({ source }) => source),
      ...labels,
      JSON.stringify(this.#traits),
    ];
    const key = [this.#device.name, this.#options.compiler, hashOf(made.join()), product].join(' · ');
    this.#choices ??= (this.#options.store?.read() ?? Promise.resolve({}))
      .catch(() => ({}))
      .then((read) => ({ ...read }));
    const choices = await this.#choices;
    if (choices[key] === undefined) {
      const measured = this.#measuring.then(async () => {
        // It may have been measured while this one waited.
        if (choices[key] !== undefined) return;
        const { label, isExact } = await measureAlternatives(this.#device, work, there);
        choices[key] = isExact ? label : label + ROUNDED;
        await this.#options.store?.write(choices).catch(() => {});
      });
      // What fails, on a device that was lost, is not remembered.
      this.#measuring = measured.catch(() => {});
      await this.#measuring;
    }
    const choice = choices[key] ?? PLAIN;
    const chosen = there.find(({ label }) => label === choice.replace(ROUNDED, ''));
    return chosen ? { ...chosen, label: choice } : PLAIN;
  }
}

const preferred = (there: readonly Alternative[], labels: readonly string[] | undefined) =>
  labels?.map((wanted) => there.find(({ label }) => label === wanted)).find((found) => found !== undefined);

/** Tells texts apart: FNV-1a over UTF-16 units (Fowler, Noll, Vo), 32 bits. */
function hashOf(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}
