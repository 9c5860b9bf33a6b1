// Every preset is a whole experiment: named as its file, described in a line, and a configuration without mistakes.

import { describe, expect, test } from 'vitest';
import type { LayerConfig } from '../layers/layer';
import { parseConfig } from '../training/config';
import { DEFAULT_PRESET, presets } from './index';

const files = Object.keys(import.meta.glob('./*.ts')).map((path) => path.slice(2, -3));

test('those that are promised are there, and the default is one of them', () => {
  const points = ['ring', 'grid', 'spiral', 'moons', 'gaussian-1d', 'minimax', 'mode-collapse'];
  const objectives = ['lsgan', 'wgan-clip', 'wgan-gp', 'sngan32', 'r3gan-small'];
  const images = ['glyphs', 'mnist-mlp', 'mnist-dcgan', 'cifar-dcgan', 'dcgan64'];
  expect(presets.names).toEqual(expect.arrayContaining([...points, ...images, ...objectives]));
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

describe('presets named after papers have the papers’ objectives:', () => {
  const of = (name: string) => parseConfig(presets.get(name).config);
  const convolutions = (list: readonly LayerConfig[]): LayerConfig[] =>
    list.flatMap((layer) => {
      if (layer.type === 'conv2d') return [layer];
      const { layers = [], shortcut = [] } = layer as Partial<Record<string, LayerConfig[]>>;
      return [...convolutions(layers), ...convolutions(shortcut)];
    });

  test('`wgan-clip`: RMSprop of 5e-5, weights within 0.01, five updates of the critic', () => {
    const { loss, weightClip, discriminatorSteps, optimizer, batchSize } = of('wgan-clip');
    expect([loss, weightClip, discriminatorSteps, batchSize]).toEqual(['wasserstein', 0.01, 5, 64]);
    expect(optimizer.discriminator).toMatchObject({ type: 'rmsprop', learningRate: 5e-5, decay: 0.99 });
    expect(optimizer.generator).toEqual(optimizer.discriminator);
  });

  test('`wgan-gp`: λ 10, five updates of the critic, Adam without momentum', () => {
    const { loss, regularizers, discriminatorSteps, optimizer } = of('wgan-gp');
    expect([loss, discriminatorSteps]).toEqual(['wasserstein', 5]);
    expect(regularizers).toMatchObject([{ type: 'gradientPenalty', lambda: 10, interval: 1 }]);
    for (const one of [optimizer.generator, optimizer.discriminator])
      expect(one).toMatchObject({ type: 'adam', beta1: 0, beta2: 0.9 });
  });

  test('`lsgan`: least squares', () => {
    expect(of('lsgan').loss).toBe('leastSquares');
  });

  test('`sngan32`: hinge, every weight of D normalised, none of G, four blocks of D and three of G', () => {
    const { loss, generator, discriminator, discriminatorSteps } = of('sngan32');
    expect([loss, discriminatorSteps]).toEqual(['hinge', 5]);
    const weights = [...convolutions(discriminator), discriminator.at(-1)!];
    expect(weights).toHaveLength(4 * 2 + 2 + 1);
    expect(weights.every(({ spectralNorm }) => spectralNorm)).toBe(true);
    expect(convolutions(generator).some(({ spectralNorm }) => spectralNorm)).toBe(false);
    expect(generator.filter(({ type }) => type === 'residual')).toHaveLength(3);
  });

  test('`r3gan-small`: pairs, R1 and R2, no normalisation, and blocks that begin as the identity', () => {
    const { loss, regularizers, generator, discriminator } = of('r3gan-small');
    expect(loss).toBe('relativistic');
    expect(regularizers.map(({ type }) => type)).toEqual(['r1', 'r2']);
    expect(JSON.stringify([generator, discriminator])).not.toMatch(/"type":"\w+Norm"|"spectralNorm":true/);
    for (const network of [generator, discriminator]) {
      const blocks = network.filter(({ type }) => type === 'residual');
      expect(blocks).toHaveLength(3);
      for (const block of blocks)
        expect(convolutions([block]).at(-1)).toMatchObject({ standardDeviation: 0 });
    }
  });
});
