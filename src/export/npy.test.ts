// A .npy file as the format describes it; read back here by its own rules.

import { expect, test } from 'vitest';
import { encodeNpy } from './npy';

test.each([[[3, 2]], [[6]], [[1, 1, 2, 3]]])('shape %j', (shape) => {
  const numbers = Float32Array.of(1, -2.5, 0, 1e-20, 3e38, Number.NaN);
  const bytes = encodeNpy(numbers, shape);
  expect([...bytes.subarray(0, 8)]).toEqual([0x93, ...new TextEncoder().encode('NUMPY'), 1, 0]);
  const length = new DataView(bytes.buffer).getUint16(8, true);
  const start = 10 + length;
  expect(start % 64).toBe(0);
  const header = new TextDecoder().decode(bytes.subarray(10, start));
  expect(header.endsWith(' \n') || header.endsWith('}\n')).toBe(true);
  expect(
    /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(([\d, ]+),\), \} *\n$/.exec(header)?.[1],
  ).toBe(shape.join(', '));
  expect(new Float32Array(bytes.slice(start).buffer)).toEqual(numbers);
});
