// Everything the page shows, as signals: the one place where the worker's reports become state.

import { computed, signal } from '@preact/signals-core';
import type { ImageScores } from '../scores/image-scores';
import type { Evaluation } from '../training/evaluate';
import type { MetricsRow } from '../training/metrics';
import type { MemoryReport } from '../training/run-memory';
import { type Observation, Watch } from '../training/watch';
import { History } from './history';
import {
  METRIC_NAMES,
  type MetricName,
  type Phase,
  type Problem,
  type Report,
  type SavingReport,
  type StoredRun,
} from './protocol';

/** Points of a curve before neighbours are averaged. */
const CURVE_CAPACITY = 1024;

/** Means over the iterations since the last report. */
export type Reading = Readonly<Record<MetricName, number>>;
export type Configured = Extract<Report, { type: 'configured' }>;

export class Model {
  readonly adapter = signal<string | undefined>(undefined);
  readonly phase = signal<Phase>('opening');
  readonly step = signal(0);
  /** Updates of D beyond `step` iterations. */
  readonly ahead = signal(0);
  readonly stepsPerSecond = signal<number | undefined>(undefined);
  readonly memory = signal<MemoryReport | undefined>(undefined);
  readonly products = signal<Extract<Report, { type: 'strategies' }> | undefined>(undefined);
  readonly reading = signal<Reading | undefined>(undefined);
  /** The last row that was reported, with the gradients' norms. */
  readonly lastRow = signal<MetricsRow | undefined>(undefined);
  /** What goes wrong with the run now. */
  readonly observations = signal<readonly Observation[]>([]);
  readonly evaluation = signal<Evaluation | undefined>(undefined);
  /** Of image runs. */
  readonly scores = signal<ImageScores | undefined>(undefined);
  readonly configured = signal<Configured | undefined>(undefined);
  /** Runs in the browser's storage, the last saved first; unknown before it was looked into. */
  readonly stored = signal<readonly StoredRun[] | undefined>(undefined);
  /** How far the present run is saved, or why it is not. */
  readonly saved = signal<SavingReport | undefined>(undefined);
  /** Images that the run waits for. */
  readonly wanted = signal<Extract<Report, { type: 'wanting' }> | undefined>(undefined);
  readonly problem = signal<Problem | undefined>(undefined);
  /** What became of an edited shader (development only). */
  readonly shaderNote = signal<{ message: string; failed: boolean } | undefined>(undefined);

  readonly metrics = new History<MetricName>(METRIC_NAMES, CURVE_CAPACITY);
  readonly divergence = new History<'js' | 'jsFloor'>(['js', 'jsFloor'], CURVE_CAPACITY);
  readonly patches = new History<'swd' | 'swdReal'>(['swd', 'swdReal'], CURVE_CAPACITY);
  /** Changes whenever one of the histories did. */
  readonly historyVersion = signal(0);

  /** Of the trainer that the page waits for or looks at; reports of earlier ones are let go. */
  #run = 0;
  #watch: Watch | undefined;

  get run(): number {
    return this.#run;
  }

  readonly canRun = computed(() => {
    const phase = this.phase.value;
    return phase === 'ready' || phase === 'training' || phase === 'paused' || phase === 'finished';
  });

  /** Forgets the last run's numbers; returns the number of the run that begins. */
  begin(): number {
    this.phase.value = 'preparing';
    this.problem.value = undefined;
    this.step.value = 0;
    this.ahead.value = 0;
    this.stepsPerSecond.value = undefined;
    this.memory.value = undefined;
    this.products.value = undefined;
    this.reading.value = undefined;
    this.lastRow.value = undefined;
    this.observations.value = [];
    this.#watch = undefined;
    this.evaluation.value = undefined;
    this.saved.value = undefined;
    this.wanted.value = undefined;
    this.metrics.clear();
    this.divergence.clear();
    this.patches.clear();
    this.scores.value = undefined;
    this.historyVersion.value++;
    return ++this.#run;
  }

  take(report: Report): void {
    if ('run' in report && report.run !== this.#run) return;
    switch (report.type) {
      case 'adapter':
        this.adapter.value = report.name;
        break;
      case 'stored':
        this.stored.value = report.runs;
        break;
      case 'saved':
        this.saved.value = report;
        break;
      case 'wanting':
        this.wanted.value = report;
        this.phase.value = 'waiting';
        break;
      case 'configured':
        this.configured.value = report;
        this.#watch = new Watch(report.config);
        break;
      case 'phase':
        this.phase.value = report.phase;
        this.step.value = report.step;
        this.ahead.value = report.ahead;
        this.memory.value = report.memory;
        if (report.phase !== 'training') this.stepsPerSecond.value = undefined;
        break;
      case 'strategies':
        this.products.value = report;
        break;
      case 'metrics':
        this.#takeMetrics(report);
        break;
      case 'latest':
        this.reading.value = report.row;
        break;
      case 'evaluation': {
        const { evaluation } = report;
        this.evaluation.value = evaluation;
        this.#watch?.judge(evaluation);
        this.#observe();
        if (evaluation.js !== undefined && evaluation.jsFloor !== undefined) {
          this.divergence.add(evaluation.step, { js: evaluation.js, jsFloor: evaluation.jsFloor });
          this.historyVersion.value++;
        }
        break;
      }
      case 'scores': {
        const { swd, swdReal } = report.scores;
        this.scores.value = report.scores;
        this.patches.add(report.step, { swd, swdReal });
        this.historyVersion.value++;
        break;
      }
      case 'problem':
        this.problem.value = report.problem;
        this.phase.value = 'stopped';
        this.stepsPerSecond.value = undefined;
        break;
      case 'shader':
        this.shaderNote.value = report;
        break;
      case 'reply':
      case 'checkpoint':
      case 'samples':
        break;
    }
  }

  #observe(): void {
    const seen = this.#watch?.observations ?? [];
    const before = this.observations.peek();
    const same = seen.length === before.length && seen.every((one, i) => one === before[i]);
    if (!same) this.observations.value = seen;
  }

  #takeMetrics({ columns, last, step, stepsPerSecond }: Extract<Report, { type: 'metrics' }>): void {
    const count = columns.step.length;
    const row = (i: number) =>
      Object.fromEntries(METRIC_NAMES.map((name) => [name, columns[name][i]!])) as Record<MetricName, number>;
    const sums = Object.fromEntries(METRIC_NAMES.map((name) => [name, 0])) as Record<MetricName, number>;
    for (let i = 0; i < count; i++) {
      const values = row(i);
      this.metrics.add(columns.step[i]!, values);
      for (const name of METRIC_NAMES) sums[name] += values[name] / count;
    }
    if (count > 0) {
      this.reading.value = sums;
      this.historyVersion.value++;
    }
    this.lastRow.value = last;
    this.#watch?.take(last);
    this.#observe();
    this.step.value = step;
    if (this.phase.value === 'training') this.stepsPerSecond.value = stepsPerSecond;
  }
}
