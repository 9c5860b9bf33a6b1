// Every preset is a whole experiment: named as its file, described in a line, and a configuration without mistakes.

import { describe, expect, test } from 'vitest';
import { parseConfig } from '../training/config';
import { DEFAULT_PRESET, presets } from './index';

const files = Object.keys(import.meta.glob('./*.ts')).map((path) => path.slice(2, -3));

test('those that are promised are there, and the default is one of them', () => {
  const points = ['ring', 'grid', 'spiral', 'moons', 'gaussian-1d', 'minimax', 'mode-collapse'];
  const images = ['glyphs', 'mnist-mlp', 'mnist-dcgan', 'cifar-dcgan', 'dcgan64'];
  expect(presets.names).toEqual(expect.arrayContaining([...points, ...images]));
  expect(presets.names).toContain(DEFAULT_PRESET);
});

describe.each(presets.names)('%s', (name) => {
  const { description, config } = presets.get(name);
  test('is named as its file and described in one line', () => {
    expect(files).toContain(name);
    expect(description).toMatch(/^[A-Z0-9][^\n]*\.$/);
    expect(description.length).toBeLessThanOrEqual(140);
  });
  test('is a configuration that leaves nothing to mend', () => {
    expect(parseConfig(config)).toMatchObject({
      data: config.data,
      batchSize: config.batchSize,
      steps: config.steps,
    });
  });
});

test('`minimax` is Algorithm 1 of the paper: the saturating loss, k > 1, plain gradient steps', () => {
  const { loss, discriminatorSteps, optimizer } = parseConfig(presets.get('minimax').config);
  expect([loss, discriminatorSteps]).toEqual(['minimax', 3]);
  expect([optimizer.generator.type, optimizer.discriminator.type]).toEqual(['sgd', 'sgd']);
});

test('`dcgan64` has the widths, layers and settings of the paper', () => {
  const { generator, discriminator, optimizer, batchSize } = parseConfig(presets.get('dcgan64').config);
  const widths = (network: typeof generator, type: string) =>
    network.flatMap((layer) => (layer.type === type ? [layer.channels] : []));
  expect(generator[0]).toMatchObject({ type: 'dense', units: 4 * 4 * 1024, standardDeviation: 0.02 });
  expect(widths(generator, 'convTranspose2d')).toEqual([512, 256, 128, 3]);
  expect(widths(discriminator, 'conv2d')).toEqual([128, 256, 512, 1024]);
  expect(discriminator.filter(({ type }) => type === 'batchNorm')).toHaveLength(3);
  expect(optimizer.generator).toMatchObject({ type: 'adam', learningRate: 2e-4, beta1: 0.5 });
  expect(optimizer.discriminator).toEqual(optimizer.generator);
  expect(batchSize).toBe(128);
});
