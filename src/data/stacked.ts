// Stacked images (Metz et al. 2017): three grey ones, drawn apart, as the channels of one. Of ten digits that makes a thousand modes.

import { stackChannels } from '../../shaders/stackChannels.wgsl';
import { linearGrid, type Slot, work } from '../gpu/work';
import type { DataSource } from './source';

/** A source of grey images as one of their stacks, without labels. */
export function stacked(source: DataSource): DataSource {
  const { height, width } = source.image!;
  const { fingerprint } = source;
  return {
    ...(fingerprint && { fingerprint }),
    shape: [3, height, width],
    image: { channels: 3, height, width },
    tables: source.tables,
    draw: (request) => {
      const { batch, stream, output } = request;
      const count = batch * height * width;
      const layers = [0, 1, 2].map((channel) => {
        const grey: Slot = { name: `stacked channel ${channel}`, length: count };
        // The three are draws of one stream behind each other: in an epoch no image comes twice.
        const own = { ...stream, stride: 3 * stream.stride, offset: 3 * stream.offset + channel };
        return { grey, work: source.draw({ ...request, stream: own, output: grey }) };
      });
      const [first, second, third] = layers.map(({ grey }) => grey) as [Slot, Slot, Slot];
      return [
        ...layers.flatMap((layer) => layer.work),
        work(
          stackChannels,
          { first, second, third, output, shape: { count } },
          linearGrid(count, stackChannels),
        ),
      ];
    },
  };
}
