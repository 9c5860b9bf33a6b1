// Uniform structs as bytes.

import type { UniformBinding } from './kernel';

/**
 * Writes a struct's fields at `start` in `view`, which is left as it is between them.
 * Throws an Error that names the field without a value; `label` says whose it is.
 */
export function writeUniform(
  view: DataView,
  start: number,
  binding: UniformBinding,
  values: Readonly<Record<string, number | readonly number[]>>,
  label: string,
): void {
  for (const [name, { offset, type }] of Object.entries(binding.fields)) {
    const value = values[name];
    if (value === undefined) throw new Error(`${label}: the uniform field ${name} has no value`);
    const components = typeof value === 'number' ? [value] : value;
    components.forEach((component, index) => {
      const at = start + offset + 4 * index;
      if (type.endsWith('f') || type === 'f32') view.setFloat32(at, component, true);
      // A negative i32 has the bits of the u32 that it wraps to.
      else view.setUint32(at, component, true);
    });
  }
}
