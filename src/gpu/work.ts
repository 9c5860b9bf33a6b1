// What a plug-in describes and never executes: a kernel, the slots it binds, and how many workgroups it needs.

import type { BindingShapes, Kernel, Scalar, UniformFields } from '../wgsl/kernel';

/** A place for numbers that has a name and a length but, until compiled, no buffer. Compared by identity. */
export interface Slot {
  readonly name: string;
  /** Length in 32-bit words. Buffers are padded to whole vec4s, so kernels may bind `array<vec4f>`. */
  readonly length: number;
  /** Of a part of another slot, which has no memory of its own: that one, and the word of it where the part begins. */
  readonly within?: { readonly whole: Slot; readonly start: number };
}

type FieldValue<S extends Scalar> = S extends 'u32' | 'i32' | 'f32' ? number : readonly number[];
export type UniformValues<F extends UniformFields = UniformFields> = {
  readonly [K in keyof F]: FieldValue<F[K]>;
};

/** For each binding of a kernel: a slot, or the values of its uniform struct. */
export type Bound<Shapes extends BindingShapes> = {
  readonly [K in keyof Shapes]: Shapes[K] extends UniformFields ? UniformValues<Shapes[K]> : Slot;
};

export type Grid = readonly [x: number, y: number, z: number];

/** One dispatch. `flops` and `bytes` are what it computes and moves at least, for reports. */
export interface Work {
  readonly kernel: Kernel;
  readonly bindings: Readonly<Record<string, Slot | UniformValues>>;
  readonly grid: Grid;
  readonly flops: number;
  readonly bytes: number;
  /** Other ways to compute the same, of which the adapter at hand may be quicker with one. */
  readonly alternatives?: Alternatives;
}

/** What an alternative has to know about the adapter. */
export interface AdapterTraits {
  readonly subgroupSize: number | undefined;
  readonly maxWorkgroupInvocations: number;
}

export interface Alternatives {
  /** What is computed, of which shape: the same key, the same best choice. */
  readonly key: string;
  /** What the alternatives' kernels are variants of: another text may make another choice. */
  readonly kernels: readonly Pick<Kernel, 'source'>[];
  /** What some of them need beside what is bound: partial sums. Alive at this dispatch alone. */
  readonly scratch?: readonly Slot[];
  /** Those that run on such an adapter. */
  on(adapter: AdapterTraits): readonly Alternative[];
}

export interface Alternative {
  /** `subgroup`, `workgroup`: how it goes about it. */
  readonly strategy: string;
  /** With its tile, e.g. `subgroup 32×1`. */
  readonly label: string;
  /** What replaces the one dispatch. Made when it is asked for: the texts of all kernels of a run would take seconds. */
  work(): readonly Work[];
}

/** Bound where a kernel has a binding that this dispatch does not use. */
export const NOTHING: Slot = { name: 'nothing', length: 4 };

/** Describes one dispatch; a binding that is forgotten or misnamed is a compile error. */
export function work<Shapes extends BindingShapes>(
  kernel: Kernel<Shapes, string>,
  bindings: Bound<Shapes>,
  grid: Grid,
  flops = 0,
): Work {
  const slots = Object.values(bindings).filter(isSlot);
  const bytes = slots.reduce((sum, slot) => sum + 4 * slot.length, 0);
  return { kernel: kernel as Kernel, bindings: bindings as Work['bindings'], grid, flops, bytes };
}

/** All that a dispatch, or what may take its place, needs memory for. */
export const slotsOf = ({ bindings, alternatives }: Pick<Work, 'bindings' | 'alternatives'>): Slot[] => [
  ...Object.values(bindings).filter(isSlot),
  ...(alternatives?.scratch ?? []),
];

export function isSlot(value: unknown): value is Slot {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Slot).name === 'string' &&
    typeof (value as Slot).length === 'number'
  );
}

/**
 * Workgroups for `count` invocations in a row. Beyond 65,535 workgroups the grid folds into a second
 * dimension; kernels get their index back with `linearIndex` of `shaders/lib/linear.wgsl`.
 */
export function linearGrid(count: number, kernel: Pick<Kernel, 'workgroupSize'>): Grid {
  const groups = Math.max(1, Math.ceil(count / kernel.workgroupSize[0]));
  const limit = 65_535;
  if (groups <= limit) return [groups, 1, 1];
  const rows = Math.ceil(groups / limit);
  return [Math.ceil(groups / rows), rows, 1];
}
