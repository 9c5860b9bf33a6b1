// The typed form of one WGSL entry point: what `import { denseForward } from '…/dense.wgsl'` gives.

export type Access = 'read' | 'readWrite';
export type Scalar = 'u32' | 'i32' | 'f32' | 'vec2u' | 'vec2f' | 'vec4u' | 'vec4f';

/** A uniform struct's fields, by name; what a storage binding has instead is its access. */
export type UniformFields = Readonly<Record<string, Scalar>>;
export type BindingShapes = Readonly<Record<string, Access | UniformFields>>;

export interface StorageBinding {
  readonly kind: 'storage';
  readonly binding: number;
  readonly access: Access;
  /** WGSL type as written, e.g. `array<f32>`. */
  readonly type: string;
}

export interface UniformBinding {
  readonly kind: 'uniform';
  readonly binding: number;
  /** Bytes of the struct, a multiple of 16. */
  readonly size: number;
  readonly fields: Readonly<Record<string, { readonly offset: number; readonly type: Scalar }>>;
}

export type Binding = StorageBinding | UniformBinding;

/**
 * One compute entry point with everything needed to build and bind it. All bindings are in group 0.
 * `Shapes` maps each binding's name to its access or, for a uniform struct, to its fields.
 */
export interface Kernel<Shapes extends BindingShapes = BindingShapes, Constants extends string = string> {
  /** `dense.wgsl:denseForward`, with the specialised constants behind it where there are any. */
  readonly label: string;
  readonly file: string;
  /** What the GPU compiles: includes in place, constants as they are in `constants`, marked loops unrolled. */
  readonly code: string;
  /** The text before constants were rewritten and loops unrolled: what `specialize` starts from. */
  readonly source: string;
  readonly entryPoint: string;
  /** Device features that its text enables: `subgroups`. */
  readonly features: readonly string[];
  readonly workgroupSize: readonly [number, number, number];
  readonly bindings: Readonly<Record<keyof Shapes & string, Binding>>;
  /** `const NAME = <number>` declarations that `specialize` may rewrite. */
  readonly constants: Readonly<Record<Constants, number>>;
  /** Whose functions it was given by `graft`. */
  readonly graft?: { readonly host: Kernel; readonly donor: Kernel; readonly names: readonly string[] };
}
