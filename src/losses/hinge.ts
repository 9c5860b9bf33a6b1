// hinge: D stops caring where it is sure enough.

import * as kernels from '../../shaders/hinge.wgsl';
import { defineLoss } from './loss';

export default defineLoss({
  type: 'hinge',
  summary:
    'D learns only from samples that it is not sure of; the usual choice with spectral norm (Lim & Ye 2017).',
  formula: 'D: max(0, 1 − r) + max(0, 1 + f)      G: −f',
  theory: 'With G held, D’s loss is at least 2 · (1 − TV(p, q)), where it says 1 or −1: 2 at the goal.',
  indifferent: 2,
  kernels,
  reference: {
    discriminator: (real, fake) => Math.max(0, 1 - real) + Math.max(0, 1 + fake),
    generator: (fake) => -fake,
  },
});
