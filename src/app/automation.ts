// `window.webgan`: the page's worker for scripts, and for `webgan train --runtime chrome`.

import type { Evaluation } from '../training/evaluate';
import type { MetricsRow } from '../training/metrics';
import type { App } from './app';
import { METRIC_NAMES, type Problem, type QuestionName, type Questions, type Report } from './protocol';

export interface TrainingHooks {
  /** Rows of all iterations since the last report, oldest first; every `reportEvery` iterations. */
  readonly onReport?: (rows: MetricsRow[]) => void;
  readonly onEvaluation?: (evaluation: Evaluation) => void;
}

export interface TrainingResult {
  /** `stopped` after `stop()`; a `problem` is what ended it otherwise. */
  readonly end: 'finished' | 'stopped' | 'problem';
  /** Iterations done. */
  readonly step: number;
  readonly problem?: Problem;
}

/** What a script can do with the page. All of it goes through the worker that the page's own controls use. */
export interface Automation {
  /** Resolves with the adapter's name once there is a device; rejects with the reason where there is none. */
  ready(): Promise<string>;
  /** Trains a configuration from step 0 to its end. The same seed gives the same numbers as the command does. */
  train(config: object, hooks?: TrainingHooks): Promise<TrainingResult>;
  /** Ends `train` after what was submitted. */
  stop(): void;
  /** Asks the present trainer; see `Questions`. */
  ask<Name extends QuestionName>(what: Name, ask: Questions[Name]['ask']): Promise<Questions[Name]['answer']>;
}

declare global {
  interface Window {
    webgan: Automation;
  }
}

export function offerAutomation(app: App): void {
  const { model } = app;

  /** Resolves with the first report that `select` makes something of. */
  const first = <T>(select: (report: Report) => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const stop = app.onReport((report) => {
        const selected = select(report);
        if (selected === undefined) return;
        stop();
        resolve(selected);
      });
    });

  window.webgan = {
    async ready() {
      const problem = model.problem.value;
      if (problem) throw new Error(`${problem.kind}: ${problem.message}`);
      if (model.adapter.value !== undefined && model.phase.value !== 'opening') return model.adapter.value;
      const answer = await first((report) => {
        if (report.type === 'adapter') return report.name;
        return report.type === 'problem' ? report.problem : undefined;
      });
      if (typeof answer === 'string') return answer;
      throw new Error(`${answer.kind}: ${answer.message}`);
    },

    async train(config, { onReport, onEvaluation } = {}) {
      await window.webgan.ready();
      const run = app.configure(config);
      const ready = await first((report) => {
        if (report.type === 'problem') return report.problem;
        return report.type === 'configured' && report.run === run ? true : undefined;
      });
      if (ready !== true) return { end: 'problem', step: 0, problem: ready };
      const done = first((report): TrainingResult | undefined => {
        if (report.type === 'problem')
          return { end: 'problem', step: model.step.value, problem: report.problem };
        if (!('run' in report) || report.run !== run) return undefined;
        if (report.type === 'metrics') onReport?.(rowsOf(report));
        if (report.type === 'evaluation') onEvaluation?.(report.evaluation);
        if (report.type !== 'phase' || report.phase === 'training' || report.phase === 'ready')
          return undefined;
        return { end: report.phase === 'finished' ? 'finished' : 'stopped', step: report.step };
      });
      app.engine?.send({ type: 'play', exact: true });
      return done;
    },

    stop() {
      app.engine?.send({ type: 'pause' });
    },

    ask(what, ask) {
      if (!app.engine) return Promise.reject(new Error('There is no GPU to ask.'));
      return app.engine.ask(what, ask);
    },
  };
}

function rowsOf({ columns }: Extract<Report, { type: 'metrics' }>): MetricsRow[] {
  return Array.from(columns.step, (step, i) => {
    const values = METRIC_NAMES.map((name) => [name, columns[name][i]!]);
    return { step, ...Object.fromEntries(values) } as unknown as MetricsRow;
  });
}
