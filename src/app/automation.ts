// `window.webgan`: the page's worker for scripts, and for `webgan train --runtime chrome`.

import type { ImageSet } from '../data/image-set';
import type { Evaluation } from '../training/evaluate';
import type { MetricsRow } from '../training/metrics';
import type { RecordingRequest, Snapshot, StepSamples } from '../training/recording';
import type { TrainerState } from '../training/tensor';
import type { App } from './app';
import { METRIC_NAMES, type Problem, type QuestionName, type Questions, type Report } from './protocol';

export interface RecordingHooks {
  /** Rows of all iterations since the last report, oldest first; every `reportEvery` iterations. */
  readonly onReport?: (rows: MetricsRow[]) => void;
  /** With a snapshot of the same step. */
  readonly onEvaluation?: (evaluation: Evaluation, snapshot: Snapshot) => void;
  /** Every `checkpointEvery` iterations and at the end. */
  readonly onCheckpoint?: (state: TrainerState) => void;
  /** Of step 0 and of reports that are no evaluations, where the request says `atReports`. */
  readonly onSamples?: (samples: StepSamples) => void;
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
  /**
   * A trainer for a configuration, at step 0, which can be asked; gives the problem where there can be none. What trains on
   * `images` has to be given them.
   */
  prepare(config: object, images?: ImageSet): Promise<Problem | undefined>;
  /** As `prepare`, for a trainer that goes on from the bytes of a checkpoint; `file` is what problems call it. */
  resume(checkpoint: Uint8Array, file: string, images?: ImageSet): Promise<Problem | undefined>;
  /** Trains what was prepared to its end, reporting as the command does. The same seed gives the same numbers as the command does. */
  record(request: RecordingRequest, hooks?: RecordingHooks): Promise<RecordingEnd>;
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
  const prepared = async (): Promise<Problem | undefined> => {
    const answer = await first((report): 'ready' | Problem | undefined => {
      if (!('run' in report) || report.run !== run) return problemIn(report);
      if (report.type === 'wanting')
        return { kind: 'configuration', message: 'data: no images were given; some of its shape would do.' };
      return report.type === 'phase' ? 'ready' : undefined;
    });
    return answer === 'ready' ? undefined : answer;
  };
  window.webgan = {
    async ready() {
      const answer =
        model.problem.value ??
        model.adapter.value ??
        (await first((report) => (report.type === 'adapter' ? report.name : problemIn(report))));
      if (typeof answer === 'string') return answer;
      throw new Error(`${answer.kind}: ${answer.message}`);
    },

    async prepare(config, images) {
      await window.webgan.ready();
      run = app.configure(config, images);
      return prepared();
    },

    async resume(checkpoint, file, images) {
      await window.webgan.ready();
      run = app.resume(checkpoint, file, images);
      return prepared();
    },

    record(request, { onReport, onEvaluation, onCheckpoint, onSamples } = {}) {
      const end = first((report): RecordingEnd | undefined => {
        if (report.type === 'problem') return { end: 'problem', problem: report.problem };
        if (!('run' in report) || report.run !== run) return undefined;
        if (report.type === 'metrics') onReport?.(rowsOf(report));
        if (report.type === 'evaluation' && report.snapshot)
          onEvaluation?.(report.evaluation, report.snapshot);
        if (report.type === 'checkpoint') onCheckpoint?.(report.state);
        if (report.type === 'samples') onSamples?.(report.samples);
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

function rowsOf({ columns, last }: Extract<Report, { type: 'metrics' }>): MetricsRow[] {
  return Array.from(columns.step, (step, i) => {
    if (step === last.step) return last;
    const values = METRIC_NAMES.map((name) => [name, columns[name][i]!]);
    return { step, ...Object.fromEntries(values) } as unknown as MetricsRow;
  });
}
