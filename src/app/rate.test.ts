// The rate meter: right for a steady pace, and soon right again after a change of pace.

import { expect, test } from 'vitest';
import { RateMeter } from './rate';

test('measures a steady pace', () => {
  const meter = new RateMeter();
  meter.start(0, 0);
  expect(meter.at(10, 100)).toBeCloseTo(100, 9);
  expect(meter.at(20, 200)).toBeCloseTo(100, 9);
});

test('forgets what is long ago', () => {
  const meter = new RateMeter();
  meter.start(0, 0);
  for (let t = 100; t <= 5000; t += 100) meter.at(t, t);
  let rate: number | undefined;
  for (let t = 100; t <= 2500; t += 100) rate = meter.at(5000 + t / 10, 5000 + t);
  expect(rate).toBeCloseTo(100, 6);
});

test('says nothing before time has passed', () => {
  const meter = new RateMeter();
  meter.start(5, 1000);
  expect(meter.at(5, 1000)).toBeUndefined();
});
