import { expect, test } from 'vitest';
import {
  initialWeights,
  judgesApart,
  NETWORKS,
  type Problem,
  parameterShapes,
  placedLayers,
  sampleShape,
  type Tensor,
} from './problem';
import { PROBLEMS } from './problems';
import { runConfiguration } from './webgan';

const problemOf = (key: string): Problem => PROBLEMS.find((problem) => problem.key === key)!;
const names = (problem: string, network: 'generator' | 'discriminator') =>
  parameterShapes(problemOf(problem), network).map(({ name, shape }) => `${name} ${shape.join('×')}`);

test('parameters have the names and shapes that PyTorch gives them', () => {
  expect(names('ring-mlp', 'generator')).toEqual([
    'generator.0.weight 32×2',
    'generator.0.bias 32',
    'generator.2.weight 32×32',
    'generator.2.bias 32',
    'generator.4.weight 2×32',
    'generator.4.bias 2',
  ]);
  expect(names('mnist-mlp', 'discriminator').at(0)).toBe('discriminator.1.weight 512×784');
  expect(names('dcgan28', 'generator')).toEqual([
    'generator.0.weight 3136×100',
    'generator.2.weight 64',
    'generator.2.bias 64',
    'generator.4.weight 64×32×4×4',
    'generator.5.weight 32',
    'generator.5.bias 32',
    'generator.7.weight 32×1×4×4',
    'generator.7.bias 1',
  ]);
  expect(names('dcgan28', 'discriminator').slice(2, 4)).toEqual([
    'discriminator.2.weight 64×32×4×4',
    'discriminator.3.weight 64',
  ]);
});

test.each(PROBLEMS)('$key: G makes samples of the data’s shape, and D one logit of them', (problem) => {
  const output = (network: 'generator' | 'discriminator') => placedLayers(problem, network).at(-1)!.output;
  expect(output('generator')).toEqual(sampleShape(problem));
  expect(output('discriminator')).toEqual([1]);
  // And webgan's own configuration agrees that it fits together.
  expect(runConfiguration(problem).batchSize).toBe(problem.batchSize);
});

test('a batch is judged whole unless D has batch norm', () => {
  expect(PROBLEMS.map(judgesApart)).toEqual([false, false, true]);
});

test.each(PROBLEMS)('$key: initial weights are the same every time and as PyTorch’s defaults', (problem) => {
  const weights = initialWeights(problem);
  const bytes = ({ data }: Tensor) => Buffer.from(data.buffer).toString('base64');
  expect([...initialWeights(problem).values()].map(bytes)).toEqual([...weights.values()].map(bytes));
  const shapes = NETWORKS.flatMap((network) => parameterShapes(problem, network));
  expect([...weights.keys()]).toEqual(shapes.map(({ name }) => name));
  for (const { name, start } of shapes) {
    const { data } = weights.get(name)!;
    if (typeof start === 'number') expect(data.every((value) => value === start)).toBe(true);
    else expect(data.every((value) => Math.abs(value) <= start.bound)).toBe(true);
  }
});

test('dense weights and those of convolutions fill ± 1/√(inputs · taps)', () => {
  const filled = (problem: string, name: string, bound: number) => {
    const { data } = initialWeights(problemOf(problem)).get(name)!;
    expect(data.reduce((most, value) => Math.max(most, value), 0)).toBeGreaterThan(0.99 * bound);
  };
  filled('ring-mlp', 'generator.2.weight', 1 / Math.sqrt(32));
  filled('dcgan28', 'discriminator.2.weight', 1 / Math.sqrt(32 * 16));
  // PyTorch takes a transposed convolution's outputs for inputs.
  filled('dcgan28', 'generator.4.weight', 1 / Math.sqrt(32 * 16));
});
