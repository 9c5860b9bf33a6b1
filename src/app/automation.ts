// `window.webgan`: the page's worker for scripts, and for `webgan train --runtime chrome`.

import type { Evaluation } from '../training/evaluate';
import type { MetricsRow } from '../training/metrics';
import type { Snapshot, SnapshotRequest } from '../training/recording';
import type { App } from './app';
import { METRIC_NAMES, type Problem, type QuestionName, type Questions, type Report } from './protocol';

export interface RecordingHooks {
  /** Rows of all iterations since the last report, oldest first; every `reportEvery` iterations. */
  readonly onReport?: (rows: MetricsRow[]) => void;
  /** With a snapshot of the same step. */
  readonly onEvaluation?: (evaluation: Evaluation, snapshot: Snapshot) => void;
}

export interface RecordingEnd {
  /** `stopped` after `stop()`; a `problem` is what ended it otherwise. */
  readonly end: 'finished' | 'stopped' | 'problem';
  readonly problem?: Problem;
}

/** What a script can do with the page. All of it goes through the worker that the page's own controls use. */
export interface Automation {
  /** Resolves with the adapter's name once there is a device; rejects with the reason where there is none. */
  ready(): Promise<string>;
  /** A trainer for a configuration, at step 0, which can be asked; gives the problem where there can be none. */
  prepare(config: object): Promise<Problem | undefined>;
  /** Trains what was prepared to its end, reporting as the command does. The same seed gives the same numbers as the command does. */
  record(request: SnapshotRequest, hooks?: RecordingHooks): Promise<RecordingEnd>;
  /** Ends `record` after what was submitted. */
  stop(): void;
  /** Asks the present trainer, behind what was submitted before; see `Questions`. */
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

  let run = 0;
  window.webgan = {
    async ready() {
      const answer =
        model.problem.value ??
        model.adapter.value ??
        (await first((report) => (report.type === 'adapter' ? report.name : problemIn(report))));
      if (typeof answer === 'string') return answer;
      throw new Error(`${answer.kind}: ${answer.message}`);
    },

    async prepare(config) {
      await window.webgan.ready();
      run = app.configure(config);
      const answer = await first((report) =>
        report.type === 'phase' && report.run === run ? 'ready' : problemIn(report),
      );
      return answer === 'ready' ? undefined : answer;
    },

    record(request, { onReport, onEvaluation } = {}) {
      const end = first((report): RecordingEnd | undefined => {
        if (report.type === 'problem') return { end: 'problem', problem: report.problem };
        if (!('run' in report) || report.run !== run) return undefined;
        if (report.type === 'metrics') onReport?.(rowsOf(report));
        if (report.type === 'evaluation' && report.snapshot)
          onEvaluation?.(report.evaluation, report.snapshot);
        if (report.type !== 'phase' || report.phase === 'training') return undefined;
        return { end: report.phase === 'finished' ? 'finished' : 'stopped' };
      });
      app.engine?.send({ type: 'record', request });
      return end;
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

const problemIn = (report: Report): Problem | undefined =>
  report.type === 'problem' ? report.problem : undefined;

function rowsOf({ columns }: Extract<Report, { type: 'metrics' }>): MetricsRow[] {
  return Array.from(columns.step, (step, i) => {
    const values = METRIC_NAMES.map((name) => [name, columns[name][i]!]);
    return { step, ...Object.fromEntries(values) } as unknown as MetricsRow;
  });
}
