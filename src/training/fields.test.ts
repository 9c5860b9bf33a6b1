// The walk over the schema of a run, on the real one: what every field is, and what forms do with values by it.

import { describe, expect, test } from 'vitest';
import { layers } from '../layers';
import { losses } from '../losses';
import { optimizers } from '../optimizers';
import { parseConfig, problemsIn, runFields, runKind } from './config';
import { formatPath } from './explain';
import {
  brief,
  type ChoiceKind,
  chosen,
  type Field,
  filled,
  initialValue,
  kindAt,
  parsePath,
  reachable,
} from './fields';

const config = {
  data: { source: 'ring', modes: 6 },
  noise: { type: 'normal', size: 2 },
  generator: [{ type: 'dense', units: 8 }, { type: 'relu' }, { type: 'dense', units: 2 }],
  discriminator: [{ type: 'dense', units: 8 }, { type: 'relu' }, { type: 'dense', units: 1 }],
  optimizer: {
    generator: { type: 'adam', learningRate: 1e-3, schedule: { type: 'cosine' } },
    discriminator: { type: 'sgd', learningRate: 0.1, momentum: 0.5 },
  },
  regularizers: [{ type: 'r1' }],
};

const field = (key: string): Field => runFields.find((one) => one.key === key)!;
const choice = (key: string) => field(key).kind as ChoiceKind;
const inside = (kind: ChoiceKind, name: string, key: string): Field =>
  kind.get(name).fields.find((one) => one.key === key)!;

describe('a field', () => {
  test('that is a number has its range, and whether it is whole', () => {
    expect(field('batchSize')).toMatchObject({
      kind: { is: 'number', low: 1, high: 65_536, whole: true },
      default: 128,
      required: false,
      nullable: false,
    });
    expect(field('weightClip')).toMatchObject({ kind: { is: 'number', whole: false }, nullable: true });
    expect(inside(choice('data'), 'ring', 'radius').kind).toMatchObject({ low: 0.001, high: 1000 });
  });

  test('that is a choice has its plug-ins, with their words and their own fields', () => {
    expect(choice('loss')).toMatchObject({ names: losses.names });
    expect(choice('loss').get('hinge')).toMatchObject({ formula: expect.stringContaining('max(0, 1 − r)') });
    const { kind } = field('generator');
    expect(kind).toMatchObject({
      is: 'list',
      least: 1,
      item: { kind: { key: 'type', names: layers.names } },
    });
    const { kind: optimizer } = field('optimizer');
    const [generator] = (optimizer as { fields: readonly Field[] }).fields;
    expect(generator!.kind).toMatchObject({ is: 'choice', names: optimizers.names });
    const schedule = inside(generator!.kind as ChoiceKind, 'adam', 'schedule').kind as ChoiceKind;
    expect(schedule.names).toEqual(['constant', 'linear', 'cosine']);
    expect(schedule.get('linear').fields.map(({ key }) => key)).toEqual(['end', 'warmup']);
  });

  test('may be a text, a switch, one of some, numbers, an object that need not be there, or anything', () => {
    expect(inside(choice('data'), 'points', 'file').kind.is).toBe('text');
    expect(inside(choice('data'), 'images', 'flip').kind.is).toBe('flag');
    expect(inside(choice('data'), 'images', 'channels').kind).toEqual({ is: 'options', options: [1, 3] });
    expect(inside(choice('data'), 'line', 'from').kind).toEqual({ is: 'numbers', length: 2 });
    expect(field('average')).toMatchObject({ nullable: true, kind: { is: 'object' } });
    expect(inside(choice('data'), 'points', 'points').kind.is).toBe('json');
  });
});

test('a choice begins with what it cannot do without, kept from the last one where it fits', () => {
  const noise = choice('noise');
  expect(chosen(noise, 'sphere', { type: 'normal', size: 5 })).toEqual({ type: 'sphere', size: 5 });
  expect(chosen(noise, 'sphere', { type: 'normal', size: -5 })).toEqual({ type: 'sphere', size: 8 });
  expect(chosen(choice('loss'), 'hinge', 'minimax')).toBe('hinge');
});

describe('everywhere in the schema, with every plug-in', () => {
  /** Every field by its place, and every choice; layers within layers once. */
  const fields = new Map<string, Field>();
  const choices = new Map<string, { summary?: string; formula?: string }>();
  const visit = (one: Field, place: string, held: readonly string[]): void => {
    fields.set(place, one);
    const { kind } = one;
    if (kind.is === 'list') visit(kind.item, `${place}[]`, held);
    if (kind.is === 'object') for (const inner of kind.fields) visit(inner, `${place}.${inner.key}`, held);
    if (kind.is !== 'choice') return;
    for (const name of kind.names) {
      choices.set(`${place} ${name}`, kind.get(name));
      if (held.includes(name)) continue;
      for (const inner of kind.get(name).fields)
        visit(inner, `${place} ${name}.${inner.key}`, [...held, name]);
    }
  };
  for (const one of runFields) visit(one, one.key, []);

  test('is looked at', () => {
    expect(fields.size).toBeGreaterThan(200);
    expect([...fields.keys()]).toContain('generator[] residual.layers[] dense.units');
  });

  test('a field says what it is, in a sentence, and a choice what it is for, with a formula', () => {
    const isSentence = (text: string | undefined) => /^.{8,}[.?]$/.test(text ?? '');
    const unexplained = [...fields].filter(
      ([place, { description }]) => !place.endsWith('[]') && !isSentence(description),
    );
    const wordless = [...choices].filter(([, { summary, formula }]) => !isSentence(summary) || !formula);
    expect([...unexplained, ...wordless].map(([place]) => place)).toEqual([]);
  });

  test('a field can be edited as what it is, and begins with what it takes', () => {
    const asText = [...fields].filter(([, { kind }]) => kind.is === 'json').map(([place]) => place);
    expect(asText).toEqual(['data points.points']);
    const wrong = [...fields].filter(([place, one]) => {
      const isGiven =
        one.required && !place.endsWith('[]') && place !== 'generator' && place !== 'discriminator';
      return isGiven && !one.accepts(initialValue(one));
    });
    expect(wrong.map(([place]) => place)).toEqual([]);
  });
});

test('filled in by the walk is what the parse fills in; brief is what a person would write', () => {
  const parsed = parseConfig(config);
  expect(filled(runKind, config)).toEqual(parsed);
  expect(brief(runKind, parsed)).toEqual(config);
  expect(parseConfig(brief(runKind, parsed))).toEqual(parsed);
  // What is wrong stays as it is.
  expect(filled(runKind, { loss: 3, generator: [{ type: 'dens', units: 2 }] })).toMatchObject({
    loss: 3,
    generator: [{ type: 'dens', units: 2 }],
    batchSize: 128,
  });
});

test.each([
  ['generator[0].units', 'generator[0].units'],
  ['generator[0].unit', 'generator[0]'],
  ['generator[7].units', 'generator'],
  ['optimizer.generator.schedule.end', 'optimizer.generator.schedule.end'],
  ['optimizer.generator.momentum', 'optimizer.generator'],
  ['regularizers[0].gamma', 'regularizers[0].gamma'],
  ['average.halfLife', 'average'],
  ['nothing', ''],
])('what is said of %s can be shown at "%s"', (path, shown) => {
  expect(formatPath(reachable(runFields, filled(runKind, config), parsePath(path)))).toBe(shown);
});

test('a place of a configuration is governed by a kind', () => {
  expect(kindAt(runKind, config, parsePath('generator[0].units')).is).toBe('number');
  expect(kindAt(runKind, config, parsePath('generator[1]'))).toMatchObject({ is: 'choice', kind: 'layers' });
  expect(kindAt(runKind, config, parsePath('generator[1].units')).is).toBe('json');
});

test('all that is wrong is said, a sentence each', () => {
  expect(problemsIn(config)).toEqual([]);
  const wrong = {
    ...config,
    steps: 0.5,
    optimizer: { ...config.optimizer, generator: { type: 'adam', learningRate: -1 } },
    regularizers: [{ type: 'r1', gama: 3 }],
  };
  expect(problemsIn(wrong)).toEqual([
    'regularizers[0].gama: there is no such field; did you mean gamma? regularizers[0] takes type, gamma, interval.',
    'optimizer.generator.learningRate: -1 given; a value of at least 0 would do.',
    'steps: 0.5 given; a whole number from 1 to 1000000000 would do.',
  ]);
  expect(problemsIn({ ...config, discriminator: [{ type: 'dense', units: 3 }] })).toEqual([
    expect.stringMatching(/^discriminator: its output has shape \[3\]/),
  ]);
});
