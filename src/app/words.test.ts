// The page's words: numbers as they are shown, and a sentence for every state.

import { describe, expect, test } from 'vitest';
import {
  ago,
  decimal,
  imagesWanted,
  problemInWords,
  rate,
  savedRunInWords,
  savingInWords,
  share,
  stateInWords,
} from './words';

test('numbers', () => {
  expect(decimal(-1.38629)).toBe('−1.386');
  expect(decimal(undefined)).toBe('–');
  expect(decimal(Number.NaN)).toBe('–');
  expect(share(0.8765)).toBe('87.7%');
  expect(rate(3.06)).toBe('3.1');
  expect(rate(1234.5)).toBe('1,235');
});

describe('states', () => {
  test('say where a pause and an end were', () => {
    expect(stateInWords('paused', { step: 1234, steps: 2000, ahead: 0 })).toBe('Paused at step 1,234.');
    expect(stateInWords('finished', { step: 2000, steps: 2000, ahead: 0 })).toContain('2,000');
  });

  test('a pause says which network had more single steps', () => {
    const paused = (ahead: number) => stateInWords('paused', { step: 3, steps: 10, ahead });
    expect(paused(1)).toContain('D is 1 update ahead.');
    expect(paused(-2)).toContain('D is 2 updates behind.');
  });

  test('training beyond the end does not promise one', () => {
    expect(stateInWords('training', { step: 10, steps: 2000, ahead: 0 })).toContain('2,000');
    expect(stateInWords('training', { step: 2000, steps: 2000, ahead: 0 })).not.toContain('2,000');
  });
});

describe('problems', () => {
  test('a lost device is said with its reason and can be started again', () => {
    const notice = problemInWords({ kind: 'lost', reason: 'unknown', message: 'it crashed' });
    expect(notice.text).toContain('unknown');
    expect(notice.text).toContain('it crashed');
    expect(notice.remedy).toBe('Start again');
  });

  test('numbers that are no longer finite lead back to where the run was saved, or to its beginning', () => {
    const fault = { kind: 'fault', step: 70, tensor: 'discriminatorLoss', message: 'It is NaN.' } as const;
    expect(problemInWords(fault)).toMatchObject({ text: 'It is NaN.', remedy: 'Reset' });
    expect(problemInWords(fault, 60)).toMatchObject({
      text: 'It is NaN. The run was saved at step 60 and can go back to there.',
      remedy: 'Go on from step 60 at half the learning rates',
    });
  });
});

test('how long ago', () => {
  const minute = 60_000;
  expect(ago(5000)).toBe('just now');
  expect(ago(3 * minute)).toBe('3 minutes ago');
  expect(ago(90 * minute)).toBe('2 hours ago');
  expect(ago(24 * 60 * minute)).toBe('yesterday');
});

test('what a run waits for', () => {
  const shape = { channels: 3, height: 64, width: 32 } as const;
  expect(imagesWanted(shape, false)).toBe(
    'This preset trains on images of yours. Choose or drop some: they are made colour and 32 × 64 pixels.',
  );
  expect(imagesWanted(shape, true)).toContain('trained on other images than those at hand');
});

test('saved runs', () => {
  const run = { name: 'ring 2', preset: 'ring', time: 0, bytes: 3 * 2 ** 20, step: 1200 };
  expect(savedRunInWords(run, 5 * 60_000)).toBe('step 1,200, 5 minutes ago, 3 MiB');
  const { step: _, ...unread } = run;
  expect(savedRunInWords({ ...unread, bytes: 512, problem: 'It is broken.' }, 0)).toBe(
    'just now, 0.5 KiB. It is broken.',
  );
});

test('how far a run is saved', () => {
  const place = { name: 'ring 2', step: 1200 };
  expect(savingInWords({}, 0)).toContain('every half minute');
  expect(savingInWords({ place }, 1201)).toBe('Saved in this browser as ring 2, at step 1,200.');
  expect(savingInWords({ place }, 1199)).toBe('The saved run ring 2 is this one, further on: at step 1,200.');
  expect(savingInWords({ place, problem: 'It is full.' }, 1)).toMatch(/^It is full\. It is tried again/);
});
