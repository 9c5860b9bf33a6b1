// What the bench finds out, as data: one file an adapter, of parts that are measured, and may be measured again, one by one.

import type { Endings } from './endings';
import type { Ladder } from './ladder';
import type { Overhead } from './overhead';
import type { Phase } from './phases';
import { PROBLEMS } from './problems';
import type { Products } from './products';
import type { Timing } from './rounds';

export type Runtime = 'Node' | 'Chromium' | 'Python';

/** One contestant's timings, in milliseconds an iteration. */
export interface Entry extends Timing {
  readonly runtime: Runtime;
  readonly key: string;
  readonly library: string;
  readonly version: string;
  readonly backend: string;
  /** How far its weights were from webgan's after the fixed batches, relative to their change. */
  readonly disagreement: number;
}

/** Everybody's step on one problem. */
export interface Race {
  readonly entries: readonly Entry[];
  readonly phases: readonly Phase[];
}

export type ByRuntime<T> = Readonly<Partial<Record<Runtime, T>>>;

/** What a part found, by the part's kind. */
export interface Findings {
  readonly race?: Race;
  readonly overhead?: ByRuntime<Overhead>;
  readonly products?: ByRuntime<Products>;
  readonly ladder?: Ladder;
  readonly endings?: Endings | undefined;
}

/** A part with when and of what it was measured. */
export interface Part extends Findings {
  readonly date: string;
  readonly commit: string;
  readonly versions: Readonly<Record<string, string>>;
  /** What could not be measured, with the reason. */
  readonly missing: readonly string[];
}

export interface Place {
  readonly adapter: { readonly key: string; readonly name: string; readonly driver: string };
  readonly machine: {
    readonly cpu: string;
    readonly cores: number;
    readonly memoryGiB: number;
    readonly system: string;
  };
}

export interface Result extends Place {
  readonly parts: Readonly<Record<string, Part>>;
}

/** The parts in the order of the report: the problems by their keys, and what is measured of webgan and the platform alone. */
export const PARTS: readonly string[] = [
  ...PROBLEMS.map(({ key }) => key),
  'products',
  'overhead',
  'ladder',
  'endings',
];

/** A file name for an adapter: the two software ones by name, others by vendor and family. */
export function adapterKey(
  info: Pick<GPUAdapterInfo, 'vendor' | 'architecture' | 'description' | 'device'>,
): string {
  const words = [info.vendor, info.architecture, info.device, info.description].join(' ').toLowerCase();
  if (words.includes('swiftshader')) return 'swiftshader';
  if (words.includes('llvmpipe') || words.includes('lavapipe')) return 'lavapipe';
  const family =
    [info.vendor, info.architecture].filter(Boolean).join('-') || info.description || info.device;
  return (
    family
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || 'unknown'
  );
}
