// What comes out of every layer of a network, as far as the layers fit together.

import { dataSources } from '../../data';
import { layers } from '../../layers';
import type { Shape } from '../../layers/layer';
import { UserError } from '../../math/errors';
import type { RunConfig } from '../../training/config';

/** Of G and D, a shape for each layer; none from the first one on that does not fit. */
export function shapesOf(config: object): Readonly<Record<string, readonly Shape[]>> {
  const { noise, data, generator, discriminator } = config as RunConfig;
  return {
    generator: along(generator, () => [noise.size]),
    discriminator: along(discriminator, () => dataSources.get(data.source).create(data).shape),
  };
}

function along(network: RunConfig['generator'], input: () => Shape): readonly Shape[] {
  const shapes: Shape[] = [];
  try {
    let shape = input();
    for (const config of network) {
      shape = layers.get(config.type).create(config, shape).outputShape(shape);
      shapes.push(shape);
    }
  } catch (error) {
    // Why it does not fit is told beside the layer.
    if (!(error instanceof UserError || error instanceof TypeError)) throw error;
  }
  return shapes;
}
