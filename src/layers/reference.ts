// A layer's float64 reference of a batch, whether its plug-in has one of a sample or of a batch.

import { type LayerPlugin, type ReferencePass, sizeOf } from './layer';

/** The output of the batch [batch, …shape] in PyTorch's order, and the buffers behind the pass. */
export function referenceOf(
  // biome-ignore lint/suspicious/noExplicitAny: plug-ins of all schemas; each knows its own configuration.
  plugin: LayerPlugin<any>,
  // biome-ignore lint/suspicious/noExplicitAny: likewise.
  config: any,
  input: Float64Array,
  parameters: Readonly<Record<string, Float64Array>>,
  pass: ReferencePass,
): { output: Float64Array; buffers: Record<string, Float64Array> } {
  if (plugin.batchReference) {
    const { output, buffers } = plugin.batchReference(config, input, parameters, pass);
    return { output, buffers: { ...pass.buffers, ...buffers } };
  }
  const { reference } = plugin;
  if (!reference) throw new Error(`${plugin.type} has no reference.`);
  const size = sizeOf(pass.shape);
  const samples = Array.from({ length: pass.batch }, (_, row) =>
    reference(config, input.slice(row * size, (row + 1) * size), parameters, {
      ...pass,
      ...(pass.labels && { labels: pass.labels.subarray(row, row + 1) }),
    }),
  );
  const each = samples[0]!.length;
  const output = new Float64Array(pass.batch * each);
  samples.forEach((sample, row) => {
    output.set(sample, row * each);
  });
  return { output, buffers: { ...pass.buffers } };
}
