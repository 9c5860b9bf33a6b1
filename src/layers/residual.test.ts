// What only layers within layers can get wrong: whether the whole mixes its batch, and whose random numbers are whose.

import * as v from 'valibot';
import { expect, test } from 'vitest';
import type { Slot } from '../gpu/work';
import { forwardChain, type Link, layTape } from './chain';
import { layers } from './index';
import { type LayerConfig, type Shape, sizeOf } from './layer';

const slot = (name: string, length: number): Slot => ({ name, length });
const plugin = (type: string) => layers.get(type);
const create = (config: LayerConfig, input: Shape) =>
  plugin(config.type).create(v.parse(plugin(config.type).schema, config), input);

test('a residual layer mixes its batch where a layer within does, however deep', () => {
  const within = (inner: LayerConfig) => ({
    type: 'residual',
    layers: [{ type: 'residual', layers: [{ type: 'relu' }], shortcut: [inner] }],
  });
  expect(create(within({ type: 'batchNorm' }), [4]).mixesBatch).toBe(true);
  expect(create(within({ type: 'layerNorm' }), [4]).mixesBatch).toBe(false);
});

test('no two layers that draw share a lane of random numbers, within layers or beside them', () => {
  const dropout = { type: 'dropout' };
  const both = { type: 'residual', layers: [dropout, dropout], shortcut: [dropout] };
  const configs = [dropout, both, both, { type: 'residual', layers: [both, dropout] }, dropout];
  const links = configs.map((config, i): Link => {
    const layer = create(config, [4]);
    const nothing = { parameters: {}, gradients: {}, buffers: {} };
    return { layer, input: [4], output: [4], label: `layer ${i}`, ...nothing };
  });
  const stream = { seed: [1, 2], stream: 3, stride: 1, offset: 0 } as const;
  const random = { clock: slot('clock', 1), stream };
  const tape = layTape(links, slot('input', 3 * sizeOf([4])), 3, { mode: 'train', random });
  const lanes = forwardChain(links, tape).flatMap(({ bindings }) => {
    const { lane } = (bindings.settings ?? {}) as { lane?: number };
    return lane === undefined ? [] : [lane];
  });
  expect(lanes).toHaveLength(1 + 3 + 3 + 4 + 1);
  expect(new Set(lanes).size).toBe(lanes.length);
});
