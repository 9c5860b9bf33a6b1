// Which moves between rows and images a network does without, and that its dense layers then lie as the images do.

import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { layers } from './index';
import type { Shape } from './layer';
import { fromKernels, toKernels } from './parameter';
import { withoutMoves } from './reorder';
import { specimenNumbers } from './specimen';

const flatten = { type: 'flatten' };
const relu = { type: 'relu' };
const dense = (units: number) => ({ type: 'dense', units });
const reshape = (...shape: number[]) => ({ type: 'reshape', shape });

/** Layers that make each other's input, without those moves that can be done without. */
function build(input: Shape, ...configs: { type: string }[]) {
  let shape = input;
  const list = configs.map((config) => {
    const plugin = layers.get(config.type);
    const layer = plugin.create(v.parse(plugin.schema, config), shape);
    shape = layer.outputShape(shape);
    return layer;
  });
  return withoutMoves(list);
}

describe('nothing is moved', () => {
  test.each([
    { where: 'before a dense layer', input: [3, 4, 5], list: [flatten, dense(7)], move: 0 },
    { where: 'behind one', input: [7], list: [dense(60), reshape(3, 4, 5)], move: 1 },
    {
      where: 'before a projection',
      input: [3, 4, 5],
      list: [flatten, { type: 'projection', classes: 3 }],
      move: 0,
    },
    { where: 'through activations', input: [3, 4, 5], list: [flatten, relu, relu, dense(7)], move: 0 },
    { where: 'back through one', input: [7], list: [dense(60), relu, reshape(3, 4, 5)], move: 2 },
    { where: 'where both orders are one', input: [7], list: [dense(12), reshape(1, 3, 4)], move: 1 },
  ])('$where', ({ input, list, move }) => {
    expect(build(input, ...list)[move]!.isView).toBe(true);
  });
});

describe('numbers are moved', () => {
  test.each([
    { where: 'with no dense layer beside', input: [60], list: [reshape(3, 4, 5)], move: 0 },
    {
      where: 'from one image to another',
      input: [7],
      list: [dense(60), reshape(3, 4, 5), reshape(5, 4, 3)],
      move: 2,
    },
    {
      where: 'behind what treats places differently',
      input: [7],
      list: [dense(60), { type: 'layerNorm' }, reshape(3, 4, 5)],
      move: 2,
    },
  ])('$where', ({ input, list, move }) => {
    expect(build(input, ...list)[move]!.isView).toBe(false);
  });
});

test('a dense layer between two images lies as both do, and its tensors stay PyTorch’s outside', () => {
  const [, layer] = build([3, 2, 1], flatten, dense(8), reshape(2, 4, 1));
  const [weight, bias] = layer!.parameters([6]);
  const numbers = Float32Array.from({ length: 48 }, (_, i) => i);
  const lying = toKernels(numbers, weight!);
  // The image's pixel 1, channel 2, is its number 2 · 2 + 1 in PyTorch's order; pixel 3, channel 1, of the result is 1 · 4 + 3.
  expect(lying[(1 * 3 + 2) * 8 + 3 * 2 + 1]).toBe((1 * 4 + 3) * 6 + 2 * 2 + 1);
  expect(fromKernels(lying, weight!)).toEqual(numbers);
  expect([...toKernels(numbers.slice(0, 8), bias!)]).toEqual([0, 4, 1, 5, 2, 6, 3, 7]);
  const drawn = specimenNumbers(8, 1);
  expect(fromKernels(toKernels(drawn, bias!), bias!)).toEqual(drawn);
});
