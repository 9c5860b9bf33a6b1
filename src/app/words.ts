// Numbers and states in words.

import { sizeInWords } from '../math/phrases';
import type { ImageShape, Phase, Problem, SavingReport, StoredRun } from './protocol';

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
const percent = new Intl.NumberFormat('en', { style: 'percent', maximumFractionDigits: 1 });

export const count = (n: number): string => whole.format(n);
/** Digits after the point and a real minus sign; an en dash for what is not known. */
export const decimal = (x: number | undefined, digits = 3): string =>
  x === undefined || Number.isNaN(x) ? '–' : x.toFixed(digits).replace('-', '−');
export const share = (x: number): string => percent.format(x);
export const rate = (x: number | undefined): string =>
  x === undefined ? '–' : x < 10 ? x.toFixed(1) : whole.format(x);

/** How long ago something was, roughly. */
export function ago(milliseconds: number): string {
  const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
  const minutes = Math.round(milliseconds / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return relative.format(-minutes, 'minute');
  if (minutes < 60 * 24) return relative.format(-Math.round(minutes / 60), 'hour');
  return relative.format(-Math.round(minutes / 60 / 24), 'day');
}

/** A saved run in a list: how far it got, when, and what it takes; or why it cannot be gone on with. */
export function savedRunInWords({ step, time, bytes, problem }: StoredRun, now: number): string {
  const rest = `${ago(now - time)}, ${sizeInWords(bytes)}`;
  return problem === undefined ? `step ${count(step ?? 0)}, ${rest}` : `${rest}. ${problem}`;
}

/** How far the present run is saved. */
export function savingInWords({ place, problem }: SavingReport, step: number): string {
  if (problem !== undefined)
    return `${problem} It is tried again where training pauses, and every half minute.`;
  if (!place) return 'While it trains, a run is saved in this browser every half minute, and where it stops.';
  if (place.step > step)
    return `The saved run ${place.name} is this one, further on: at step ${count(place.step)}.`;
  return `Saved in this browser as ${place.name}, at step ${count(place.step)}.`;
}

/** What a run waits for. */
/** @param other whether there are some, which are not those that the run was trained on */
export function imagesWanted({ channels, height, width }: ImageShape, other: boolean): string {
  const colour = channels === 1 ? 'grey' : 'colour';
  const why = other
    ? 'This run was trained on other images than those at hand. Choose or drop the ones that it is to go on with'
    : 'This preset trains on images of yours. Choose or drop some';
  return `${why}: they are made ${colour} and ${width} × ${height} pixels.`;
}

/** Behind what was read. */
export const OTHER_IMAGES = 'So far the run was trained on others.';

export interface Progress {
  /** Iterations done, and in all. */
  readonly step: number;
  readonly steps: number;
  /** Updates of D beyond `step` iterations; negative where G is ahead. */
  readonly ahead: number;
}

/** What the trainer is doing, as a sentence for everyone and for screen readers. */
export function stateInWords(phase: Phase, { step, steps, ahead }: Progress): string {
  switch (phase) {
    case 'opening':
      return 'Opening the GPU…';
    case 'preparing':
      return 'Preparing the kernels…';
    case 'waiting':
      return 'Waiting for images to train on.';
    case 'ready':
      return 'Ready. Press Play to train.';
    case 'training':
      return step >= steps ? 'Training on.' : `Training, ${count(steps)} steps in all.`;
    case 'paused':
      return `Paused at step ${count(step)}.${imbalance(ahead)}`;
    case 'finished':
      return `Finished after ${count(step)} steps. Play goes on.`;
    case 'stopped':
      return 'Stopped.';
  }
}

/** Single steps let one of the two get ahead. */
function imbalance(ahead: number): string {
  if (ahead === 0) return '';
  const updates = Math.abs(ahead) === 1 ? '1 update' : `${count(Math.abs(ahead))} updates`;
  return ` D is ${updates} ${ahead > 0 ? 'ahead' : 'behind'}.`;
}

export interface Notice {
  readonly title: string;
  readonly text: string;
  readonly steps: readonly string[];
  /** What the button says, where starting anew can help. */
  readonly remedy?: string;
}

/** Anything but a missing WebGPU, which `support.ts` explains. `savedStep`: where the run can go on from after a fault. */
export function problemInWords(
  problem: Exclude<Problem, { kind: 'unsupported' }>,
  savedStep?: number,
): Notice {
  switch (problem.kind) {
    case 'lost': {
      const said = problem.message.replace(/\.$/, '');
      return {
        title: 'The GPU device was lost',
        text: `Training stopped, and what was trained is gone with the device. The browser’s reason: ${problem.reason}${said ? ` (${said})` : ''}.`,
        steps: [],
        remedy: 'Start again',
      };
    }
    case 'fault':
      return {
        title: 'Training left the numbers',
        text:
          savedStep === undefined
            ? problem.message
            : `${problem.message} The run was saved at step ${count(savedStep)} and can go back to there.`,
        steps: ['Another seed may do, too.'],
        remedy:
          savedStep === undefined
            ? 'Reset'
            : `Go on from step ${count(savedStep)} at half the learning rates`,
      };
    case 'gpu':
      return {
        title: 'The GPU reported an error',
        text: problem.message,
        steps: [],
        remedy: 'Start again',
      };
    case 'configuration':
      return {
        title: 'This configuration cannot be trained',
        text: problem.message,
        steps: [],
        remedy: 'Train the preset as it is',
      };
    case 'file':
      return {
        title: 'This file cannot be gone on with',
        text: problem.message,
        steps: [],
        remedy: 'Back to the preset',
      };
    case 'internal':
      return { title: 'Something broke', text: problem.message, steps: [], remedy: 'Start again' };
  }
}
