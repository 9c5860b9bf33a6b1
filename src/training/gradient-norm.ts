// The length of all gradients of a network together, and what is done by it.

import { clipGradients, findNorm, sumGradientSquares } from '../../shaders/gradientNorm.wgsl';
import { linearGrid, type Slot, type Work, work } from '../gpu/work';

/** norm[0] = ‖gradients‖, of a whole arena. */
export function gradientNorm(gradients: Slot, norm: Slot): Work[] {
  const squares: Slot = { name: `squares of ${gradients.name}`, length: sumGradientSquares.constants.PARTS };
  const shape = { count: Math.ceil(gradients.length / 4), limit: 0 };
  return [
    work(sumGradientSquares, { gradient: gradients, squares, shape }, [1, 1, 1], 2 * gradients.length),
    work(findNorm, { squareSums: squares, norm }, [1, 1, 1]),
  ];
}

/** Shortens gradients to the length `limit` where they are longer: PyTorch's clip_grad_norm_. `norm` gets the length before. */
export function clipByNorm(gradients: Slot, norm: Slot, limit: number): Work[] {
  const shape = { count: Math.ceil(gradients.length / 4), limit };
  return [
    ...gradientNorm(gradients, norm),
    work(
      clipGradients,
      { norm, clipped: gradients, shape },
      linearGrid(shape.count, clipGradients),
      gradients.length,
    ),
  ];
}
