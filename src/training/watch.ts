// Watches a run by its lines of metrics: what goes wrong, from where to where, and what would help, a sentence each.

import { losses } from '../losses';
import type { RunConfig } from './config';
import { advise, type Remedy } from './remedies';

export type ObservationCode =
  | 'collapse'
  | 'divergence'
  | 'discriminatorWon'
  | 'discriminatorOverfits'
  | 'discriminatorStandsStill'
  | 'generatorGradientVanished';

export interface Observation {
  readonly code: ObservationCode;
  /** A warning is of a run that hardly comes to something good by itself. */
  readonly severity: 'note' | 'warning';
  /** The step of the line it was first seen in. */
  readonly since: number;
  readonly seen: string;
  readonly advice: string;
}

/** An observation that may be over. */
export interface Episode extends Observation {
  /** The step of the first line without it; absent while it lasts. */
  readonly until?: number;
}

export interface Change {
  readonly begun: readonly Observation[];
  readonly ended: readonly Observation[];
}

/** What is looked at of a report's last row. */
export interface WatchedRow {
  readonly step: number;
  readonly discriminatorLoss: number;
  readonly generatorLoss: number;
  readonly fakeScore: number;
  readonly realSign: number;
  readonly discriminatorGradientNorm?: number;
  readonly generatorGradientNorm?: number;
}

/** What is looked at of an evaluation. */
export interface WatchedEvaluation {
  readonly js?: number;
  readonly jsFloor?: number;
  readonly modes?: number;
  readonly modesTotal?: number;
  readonly highQuality?: number;
  readonly spread?: number;
  readonly spreadReal?: number;
}

/** Rows are judged by the last of them: at least so many, over at least so many steps. One alone says little. */
const WINDOW_LINES = 5;
const WINDOW_STEPS = 50;
/** D has won where its loss is this share of what it is where it cannot tell real from generated; and no longer above the second. */
const WON = [0.05, 0.15] as const;
/** Losses and norms this many times above what they used to be diverge, gradients this far below have vanished. */
const LOSS_GROWTH = 30;
const NORM_GROWTH = 100;
const NORM_LOSS = 0.01;
/** Something is over when it is this factor back within its limit. */
const EASE = 3;
/** The mean sign from which D knows the training set by heart (Karras et al. 2020 steer for 0.6), and below which no longer. */
const OVERFIT = [0.95, 0.85] as const;
/** D stands still within this share of the loss of one that cannot tell, while JS is this far above its floor. */
const STILL = [0.01, 0.03] as const;
const FAR = [0.1, 0.05] as const;
/** Of the most modes, or of the widest spread, that there has been. */
const MODES_LEFT = [0.75, 0.9] as const;
const SPREAD_LEFT = [0.7, 0.8] as const;
/** Samples that are good, of few modes: at least this share of them, of at most that share of modes. */
const GOOD = 0.5;
const FEW = [0.5, 0.6] as const;
/** A spread that never came up to this share of the data's, behind a quarter of the run; in fewer steps no G comes far. */
const NARROW = [0.4, 0.5] as const;
const NARROW_STEPS = 200;

/** Losses by whose logit's sign D decides. */
const DECIDED_BY_SIGN: readonly string[] = ['minimax', 'nonSaturating', 'hinge'];
/** Data that can be learnt by heart. */
const FINITE: readonly string[] = ['images', 'points'];

type Quantity = 'discriminatorLoss' | 'generatorLoss' | 'discriminatorGradientNorm' | 'generatorGradientNorm';
const NAMES: Readonly<Record<Quantity, string>> = {
  discriminatorLoss: 'D’s loss',
  generatorLoss: 'G’s loss',
  discriminatorGradientNorm: 'the gradient of D',
  generatorGradientNorm: 'the gradient of G',
};
const QUANTITIES = Object.keys(NAMES) as Quantity[];
const isLoss = (quantity: Quantity) => quantity.endsWith('Loss');
/** Logarithms: they go over orders of magnitude. A loss below 1 is as good as 1. */
const levelOf = (row: WatchedRow, quantity: Quantity): number | undefined => {
  const value = row[quantity];
  if (value === undefined) return undefined;
  return Math.log(Math.max(Math.abs(value), isLoss(quantity) ? 1 : 1e-30));
};

/** A rule says in words what it sees, or nothing; `began` whether it saw it in the line before, so that it does not chatter. */
interface Rule {
  readonly code: ObservationCode;
  readonly severity: Observation['severity'];
  readonly remedies: readonly Remedy[];
  see(watch: Sight, began: boolean): string | undefined;
}

/** What rules look at. */
interface Sight {
  readonly config: RunConfig;
  readonly step: number;
  /** The last rows; empty while there are too few. */
  readonly recent: readonly WatchedRow[];
  readonly evaluation: WatchedEvaluation;
  readonly mostModes: number;
  readonly widest: number;
  /** The mean level of rows before those; undefined before there are some. */
  usual(quantity: Quantity): number | undefined;
}

const RULES: readonly Rule[] = [
  {
    code: 'divergence',
    severity: 'warning',
    remedies: ['slower', 'clipNorm', 'penalty', 'spectralNorm'],
    see({ recent, usual }, began) {
      for (const quantity of QUANTITIES) {
        const usually = usual(quantity);
        const levels = levelsOf(recent, quantity);
        if (usually === undefined || levels.length < 2) continue;
        const growth = Math.exp(mean(levels) - usually);
        const limit = (isLoss(quantity) ? LOSS_GROWTH : NORM_GROWTH) / (began ? EASE : 1);
        const half = Math.floor(levels.length / 2);
        const grows = mean(levels.slice(-half)) > mean(levels.slice(0, half));
        if (growth > limit && (began || grows))
          return `${NAMES[quantity]} is ${times(growth)} what it used to be, and grows: the run diverges.`;
      }
      return undefined;
    },
  },
  {
    code: 'discriminatorWon',
    severity: 'warning',
    remedies: ['nonSaturating', 'penalty', 'spectralNorm', 'slowerD', 'fewerUpdatesOfD', 'labelSmoothing'],
    see({ config, recent }, began) {
      const left = lossLeft(config, recent);
      if (left === undefined || left > limitOf(WON, began)) return undefined;
      return `D has won: its loss is ${percent(left)} of what it is where real and generated samples cannot be told apart, so that G learns little from it.`;
    },
  },
  {
    code: 'discriminatorOverfits',
    severity: 'note',
    remedies: ['augment', 'penalty', 'labelSmoothing', 'moreData'],
    see({ config, recent }, began) {
      if (!FINITE.includes(config.data.source) || !DECIDED_BY_SIGN.includes(config.loss)) return undefined;
      if (recent.length === 0) return undefined;
      const sign = mean(recent.map(({ realSign }) => realSign));
      const fake = mean(recent.map(({ fakeScore }) => fakeScore));
      if (sign < limitOf(OVERFIT, began) || fake > 0.5) return undefined;
      return `D takes ${percent((1 + sign) / 2)} of the training samples for real and generated ones for false: it may know the training set by heart.`;
    },
  },
  {
    code: 'generatorGradientVanished',
    severity: 'warning',
    remedies: ['nonSaturating', 'penalty', 'slowerD', 'fewerUpdatesOfD'],
    see({ recent, usual }, began) {
      const usually = usual('generatorGradientNorm');
      const levels = levelsOf(recent, 'generatorGradientNorm');
      if (usually === undefined || levels.length < 2) return undefined;
      const share = Math.exp(mean(levels) - usually);
      if (share > NORM_LOSS * (began ? EASE : 1)) return undefined;
      return `G’s gradient has all but vanished: it is ${percent(share)} of what it used to be, so that G stands still.`;
    },
  },
  {
    code: 'discriminatorStandsStill',
    severity: 'note',
    remedies: ['fasterD', 'moreUpdatesOfD', 'weakerPenalty', 'largerD'],
    see({ config, recent, evaluation: { js, jsFloor } }, began) {
      const left = lossLeft(config, recent);
      if (left === undefined || js === undefined || jsFloor === undefined) return undefined;
      if (Math.abs(left - 1) > limitOf(STILL, began) || js - jsFloor < limitOf(FAR, began)) return undefined;
      return `D says nothing about any sample, but G is far from the data (JS ${js.toFixed(3)} nats): D stands still.`;
    },
  },
  {
    code: 'collapse',
    severity: 'warning',
    remedies: ['relativistic', 'penalty', 'spectralNorm', 'slower', 'moreUpdatesOfD'],
    see({ config, step, evaluation, mostModes, widest }, began) {
      const { modes, modesTotal, highQuality, spread, spreadReal } = evaluation;
      if (modes !== undefined && modesTotal !== undefined) {
        if (mostModes > 1 && modes < limitOf(MODES_LEFT, began) * mostModes)
          return `G has fallen from ${mostModes} of the data’s ${modesTotal} modes to ${modes}: it collapses.`;
        if ((highQuality ?? 0) >= GOOD && modes <= limitOf(FEW, began) * modesTotal)
          return `G’s samples are good, but of ${modes} of the data’s ${modesTotal} modes: it has collapsed.`;
        return undefined;
      }
      if (spread === undefined || !spreadReal) return undefined;
      const ratio = spread / spreadReal;
      const fell = ratio < limitOf(SPREAD_LEFT, began) * Math.min(widest, 1);
      const narrow = step >= Math.max(config.steps / 4, NARROW_STEPS) && ratio < limitOf(NARROW, began);
      if (!fell && !narrow) return undefined;
      return `G’s samples are ${percent(ratio)} as far from one another as real ones${fell && !narrow ? `, after ${percent(widest)}` : ''}: it collapses.`;
    },
  },
];

/** What a run gives to see, line by line: feed it the same lines and it says the same. */
export class Watch {
  readonly #config: RunConfig;
  readonly #window: WatchedRow[] = [];
  readonly #usual = new Map<Quantity, { sum: number; count: number }>();
  readonly #episodes: Episode[] = [];
  readonly #current = new Map<ObservationCode, Observation>();
  #evaluation: WatchedEvaluation = {};
  #mostModes = 0;
  #widest = 0;
  #step = 0;

  constructor(config: RunConfig) {
    this.#config = config;
  }

  /** What is seen now, in the order it began. */
  get observations(): readonly Observation[] {
    return [...this.#current.values()];
  }

  /** All that was seen. */
  get episodes(): readonly Episode[] {
    return this.#episodes;
  }

  /** A line of `metrics.jsonl`: a row, and an evaluation where it has one. Other lines say nothing. */
  read(line: object): Change {
    const nothing: Change = { begun: [], ended: [] };
    const changes = [
      'discriminatorLoss' in line ? this.take(line as WatchedRow) : nothing,
      'lowerBound' in line ? this.judge(line as WatchedEvaluation) : nothing,
    ];
    return {
      begun: changes.flatMap(({ begun }) => begun),
      ended: changes.flatMap(({ ended }) => ended),
    };
  }

  /** A report's last row. */
  take(row: WatchedRow): Change {
    this.#window.push(row);
    while (this.#isFull(1)) this.#leave(this.#window.shift()!);
    this.#step = row.step;
    return this.#look();
  }

  /** An evaluation, behind the row of its step. */
  judge(evaluation: WatchedEvaluation): Change {
    const { modes = 0, spread = 0, spreadReal } = evaluation;
    this.#evaluation = evaluation;
    this.#mostModes = Math.max(this.#mostModes, modes);
    if (spreadReal) this.#widest = Math.max(this.#widest, spread / spreadReal);
    return this.#look();
  }

  /** Whether the rows behind the first `from` are enough to judge by. */
  #isFull(from: number): boolean {
    const rows = this.#window.slice(from);
    return rows.length >= WINDOW_LINES && rows.at(-1)!.step - rows[0]!.step >= WINDOW_STEPS;
  }

  /** What is unusual does not become the usual. */
  #leave(row: WatchedRow): void {
    if (this.#current.has('divergence') || this.#current.has('generatorGradientVanished')) return;
    for (const quantity of QUANTITIES) {
      const level = levelOf(row, quantity);
      if (level === undefined) continue;
      const { sum, count } = this.#usual.get(quantity) ?? { sum: 0, count: 0 };
      this.#usual.set(quantity, { sum: sum + level, count: count + 1 });
    }
  }

  #look(): Change {
    const sight: Sight = {
      config: this.#config,
      step: this.#step,
      recent: this.#isFull(0) ? this.#window : [],
      evaluation: this.#evaluation,
      mostModes: this.#mostModes,
      widest: this.#widest,
      usual: (quantity) => {
        const { sum, count } = this.#usual.get(quantity) ?? { sum: 0, count: 0 };
        return count < WINDOW_LINES ? undefined : sum / count;
      },
    };
    const [begun, ended]: [Observation[], Observation[]] = [[], []];
    for (const { code, severity, remedies, see } of RULES) {
      const present = this.#current.get(code);
      // One cause, one observation: a D that has won takes all real samples for real.
      const hidden = code === 'discriminatorOverfits' && this.#current.has('discriminatorWon');
      const seen = hidden ? undefined : see(sight, present !== undefined);
      if (seen !== undefined && !present) {
        const advice = advise(this.#config, remedies);
        const observation = { code, severity, since: this.#step, seen: capitalized(seen), advice };
        this.#current.set(code, observation);
        this.#episodes.push(observation);
        begun.push(observation);
      }
      if (seen === undefined && present) {
        this.#current.delete(code);
        this.#episodes[this.#episodes.indexOf(present)] = { ...present, until: this.#step };
        ended.push(present);
      }
    }
    return { begun, ended };
  }
}

/** D's loss over recent rows: 1 where it cannot tell real from generated, 0 where it errs nowhere. Undefined for losses without such ends. */
function lossLeft({ loss, labelSmoothing: s }: RunConfig, recent: readonly WatchedRow[]): number | undefined {
  const { indifferent } = losses.get(loss);
  if (indifferent === undefined || recent.length === 0) return undefined;
  // The entropy of smoothed labels is left whatever D says.
  const least = s > 0 ? -s * Math.log(s) - (1 - s) * Math.log(1 - s) : 0;
  return (mean(recent.map(({ discriminatorLoss }) => discriminatorLoss)) - least) / (indifferent - least);
}

const levelsOf = (recent: readonly WatchedRow[], quantity: Quantity): number[] =>
  recent.flatMap((row) => levelOf(row, quantity) ?? []);
const limitOf = ([begin, end]: readonly [number, number], began: boolean) => (began ? end : begin);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (share: number) => `${Number((100 * Math.max(0, share)).toPrecision(2))} %`;
const times = (factor: number) => `${Number(factor.toPrecision(2)).toLocaleString('en')} times`;
const capitalized = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
