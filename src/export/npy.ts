// NumPy's array files (.npy, version 1.0: https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html).

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0];
/** Where the numbers begin is a multiple of this. */
const ALIGNMENT = 64;

/** Numbers as an array of 32-bit floats of that shape, row by row. */
export function encodeNpy(data: Float32Array, shape: readonly number[]): Uint8Array<ArrayBuffer> {
  const sides = shape.map((length) => `${length},`).join(' ');
  const text = `{'descr': '<f4', 'fortran_order': False, 'shape': (${sides}), }`;
  const start = Math.ceil((MAGIC.length + 2 + text.length + 1) / ALIGNMENT) * ALIGNMENT;
  const length = start - MAGIC.length - 2;
  const bytes = new Uint8Array(start + 4 * data.length);
  bytes.set(MAGIC);
  const view = new DataView(bytes.buffer);
  view.setUint16(MAGIC.length, length, true);
  bytes.set(new TextEncoder().encode(`${text.padEnd(length - 1)}\n`), MAGIC.length + 2);
  data.forEach((x, i) => {
    view.setFloat32(start + 4 * i, x, true);
  });
  return bytes;
}
