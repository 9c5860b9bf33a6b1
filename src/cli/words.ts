// Numbers and results as a person reads them.

import { styleText } from 'node:util';
import type { ImageScores } from '../scores/image-scores';
import type { Evaluation } from '../training/evaluate';
import type { Change } from '../training/watch';

/** An evaluation with what is computed of its samples besides, where they are images. */
export type ScoredEvaluation = Evaluation & Partial<ImageScores>;

export const count = (n: number): string => n.toLocaleString('en');
export const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
/** With a real minus sign. */
export const fixed = (x: number, digits = 3): string => x.toFixed(digits).replace('-', '−');

/** `7 s`, `2 min 05 s`, `1 h 04 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const two = (n: number) => String(n).padStart(2, '0');
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

/** One line on how good G is, for below a picture. */
export function caption(evaluation: ScoredEvaluation): string {
  const { modes, modesTotal, highQuality, js, jsFloor, swd, swdReal, value } = evaluation;
  const parts: string[] = [];
  if (modes !== undefined) parts.push(`${modes} of ${modesTotal} modes`);
  if (highQuality !== undefined)
    parts.push(`${percent(highQuality)} of samples within 3 standard deviations of one`);
  if (js !== undefined) parts.push(`JS ${fixed(js)} nats (perfect sampler: ${fixed(jsFloor!)})`);
  if (swd !== undefined) parts.push(`SWD ${fixed(swd, 1)} (real images: ${fixed(swdReal!, 1)})`);
  return [...parts, `V ${fixed(value)}`].join('  ·  ');
}

/** The last evaluation in sentences. */
export function verdict(evaluation: ScoredEvaluation): string[] {
  const {
    modes,
    modesTotal,
    highQuality,
    highQualityFloor,
    js,
    jsFloor,
    value,
    lowerBound,
    realScore,
    fakeScore,
  } = evaluation;
  const lines: string[] = [];
  if (modes !== undefined) {
    lines.push(
      `G found ${modes} of ${modesTotal} modes; ${percent(highQuality!)} of its samples lie within 3 standard deviations of one ` +
        `(a perfect sampler: ${percent(highQualityFloor!)}).`,
    );
  }
  if (js !== undefined) {
    lines.push(
      `JS is ${fixed(js)} nats (a perfect sampler with as many samples: ${fixed(jsFloor!)}; nothing in common: ${fixed(Math.LN2)}); ` +
        `D's own lower bound says ${fixed(lowerBound)}.`,
    );
  }
  const { swd, swdReal, precision, precisionReal, recall, recallReal } = evaluation;
  if (swd !== undefined) {
    lines.push(
      `The sliced Wasserstein distance of patches is ${fixed(swd, 1)} (other real images: ${fixed(swdReal!, 1)}), ` +
        `precision ${percent(precision!)} (${percent(precisionReal!)}), recall ${percent(recall!)} (${percent(recallReal!)}).`,
    );
  }
  lines.push(
    `V(D,G) is ${fixed(value)}, where ${fixed(-2 * Math.LN2)} is the end of the game; D gives real samples ` +
      `${percent(realScore)} to be real, generated ones ${percent(fakeScore)}.`,
  );
  return lines;
}

/** What is newly seen of a run, and what is no longer, a line each; in colour where that is to be seen. */
export function changeInWords({ begun, ended }: Change, step: number, colour: boolean): string[] {
  const painted = (paint: 'yellow' | 'cyan' | 'green', text: string) =>
    colour ? styleText(paint, text, { validateStream: false }) : text;
  return [
    ...begun.map(({ severity, since, seen, advice }) => {
      const head = painted(severity === 'warning' ? 'yellow' : 'cyan', `Step ${count(since)}: ${seen}`);
      return `${head} ${advice}`;
    }),
    ...ended.map(({ since, seen }) =>
      painted('green', `Step ${count(step)}: no longer so (since step ${count(since)}): ${seen}`),
    ),
  ];
}
