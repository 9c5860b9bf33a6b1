import { expect, test } from 'vitest';
import type { Evaluation } from '../training/evaluate';
import { progressLine } from './progress';
import { caption, duration, fixed, verdict } from './words';

test('durations', () => {
  expect([0, 59.4, 59.6, 125, 3599.6, 3840, -1].map(duration)).toEqual([
    '0 s',
    '59 s',
    '1 min 00 s',
    '2 min 05 s',
    '1 h 00 min',
    '1 h 04 min',
    '0 s',
  ]);
});

test('numbers have a real minus', () => expect(fixed(-1.38629)).toBe('−1.386'));

const evaluation: Evaluation = {
  step: 10,
  value: -1.25,
  lowerBound: 0.068,
  realScore: 0.6,
  fakeScore: 0.4,
  spread: 1,
  spreadReal: 2,
  js: 0.1,
  jsFloor: 0.004,
  modes: 7,
  modesTotal: 8,
  highQuality: 0.9,
  highQualityFloor: 0.989,
};
const { modes: _, modesTotal: __, highQuality: ___, highQualityFloor: ____, ...line } = evaluation;
const { js: _____, jsFloor: ______, ...bare } = line;

test('the verdict says what the data allows, each score beside a perfect sampler’s', () => {
  expect(verdict(evaluation).join(' ')).toBe(
    'G found 7 of 8 modes; 90.0 % of its samples lie within 3 standard deviations of one (a perfect sampler: 98.9 %). ' +
      'JS is 0.100 nats (a perfect sampler with as many samples: 0.004; nothing in common: 0.693); D' +
      "'s own lower bound says 0.068. " +
      'V(D,G) is −1.250, where −1.386 is the end of the game; D gives real samples 60.0 % to be real, generated ones 40.0 %.',
  );
  expect(verdict(line)).toHaveLength(2);
  expect(verdict(bare)).toHaveLength(1);
  expect(caption(bare)).toBe('V −1.250');
});

test('the progress line has all that it should, and means of what is noisy', () => {
  const row = (step: number, value: number) => ({
    step,
    value,
    discriminatorLoss: 0,
    generatorLoss: 0,
    realScore: 0.6,
    fakeScore: 0.4,
    realSign: 0.2,
  });
  expect(progressLine([row(1999, -1), row(2000, -2)], 12_000, 234.567, evaluation)).toBe(
    '2,000 of 12,000 · 235 steps/s · 43 s left · V(D,G) −1.500 · D(x) 0.60 · D(G(z)) 0.40 · JS 0.100 · modes 7/8',
  );
  const narrow = progressLine([row(11_999, -1), row(12_000, -2)], 12_000, 234.567, evaluation, 79);
  expect(narrow).toBe('12,000/12,000 235/s 0 s left V −1.500 D(x) 0.60 D(G(z)) 0.40 JS 0.100 modes 7/8');
  expect(narrow.length).toBeLessThanOrEqual(79);
  expect(progressLine([row(10, -1)], 10, 5, undefined)).toBe(
    '10 of 10 · 5 steps/s · 0 s left · V(D,G) −1.000 · D(x) 0.60 · D(G(z)) 0.40',
  );
});
