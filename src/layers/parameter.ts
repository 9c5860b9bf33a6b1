// Tensors between PyTorch's layout, which files and the CPU have, and the kernels'.

import { inverseAxes, transpose } from '../math/axes';
import type { ParameterSpec } from './layer';

type Lying = Pick<ParameterSpec, 'shape' | 'view' | 'axes'>;

/** Numbers in PyTorch's layout, as the kernels want them. */
export const toKernels = (data: Float32Array, { shape, view = shape, axes }: Lying): Float32Array =>
  axes ? transpose(data, view, axes) : data;

/** Takes `toKernels` back. */
export const fromKernels = (data: Float32Array, { shape, view = shape, axes }: Lying): Float32Array =>
  axes
    ? transpose(
        data,
        axes.map((axis) => view[axis]!),
        inverseAxes(axes),
      )
    : data;
