// What a recording hands over: checkpoints of exactly their steps, the last step's in any case, and none after a fault.

import { expect, test } from 'vitest';
import { useDevice } from '../gpu/test-device';
import { parseConfig } from './config';
import { TrainingFault } from './fault';
import { type RecordingHooks, record } from './recording';
import type { TrainerState } from './tensor';
import { Trainer } from './trainer';

const device = useDevice();
const adam = { type: 'adam', learningRate: 1e-3 };
const create = (steps: number) =>
  Trainer.create(
    device(),
    parseConfig({
      data: { source: 'ring' },
      noise: { type: 'normal', size: 2 },
      generator: [{ type: 'dense', units: 8 }, { type: 'tanh' }, { type: 'dense', units: 2 }],
      discriminator: [{ type: 'dense', units: 8 }, { type: 'leakyRelu' }, { type: 'dense', units: 1 }],
      optimizer: { generator: adam, discriminator: adam },
      batchSize: 8,
      steps,
      reportEvery: 10,
      evaluateEvery: 20,
    }),
  );
const request = { samples: 4, seed: 1, points: Float32Array.of(0, 0), checkpointEvery: 7 };

/** What is handed over, in its order: `r` reports, `e` evaluations, `c` checkpoints with their steps. */
function listen(onCheckpoint: (state: TrainerState) => void | Promise<void> = () => {}) {
  const log: string[] = [];
  const hooks: RecordingHooks = {
    onReport: (rows) => log.push(`r${rows.at(-1)!.step}`),
    onEvaluation: ({ step }) => log.push(`e${step}`),
    onCheckpoint: (state) => {
      log.push(`c${state.updates.generator}`);
      return onCheckpoint(state);
    },
  };
  return { log, hooks };
}

test('a step’s report comes first, then its evaluation, then its checkpoint, which is exactly of that step', async () => {
  const states: TrainerState[] = [];
  const { log, hooks } = listen((state) => void states.push(state));
  await record(await create(40), request, hooks).done;
  const of = (kind: string) => log.filter((entry) => entry.startsWith(kind));
  expect(of('r')).toEqual(['r10', 'r20', 'r30', 'r40']);
  expect(of('e')).toEqual(['e20', 'e40']);
  expect(of('c')).toEqual(['c7', 'c14', 'c21', 'c28', 'c35', 'c40']);
  expect(log.slice(log.indexOf('r40'))).toEqual(['r40', 'e40', 'c40']);
  const other = await create(40);
  other.advance(21);
  expect(states[2]).toEqual(await other.readState());
});

test('a run that goes on has its checkpoints at the same steps', async () => {
  const trainer = await create(30);
  trainer.advance(10);
  await trainer.readMetrics();
  const { log, hooks } = listen();
  await record(trainer, request, hooks).done;
  expect(log.filter((entry) => entry.startsWith('c'))).toEqual(['c14', 'c21', 'c28', 'c30']);
});

test('stopped anywhere, it ends with the evaluation and the checkpoint of its last step', async () => {
  const trainer = await create(1_000_000);
  const { log, hooks } = listen();
  const recording = record(trainer, request, {
    ...hooks,
    onReport: (rows) => {
      hooks.onReport(rows);
      if (rows.at(-1)!.step < 50) return;
      recording.stop();
      recording.stop();
    },
  });
  await recording.done;
  const { step } = trainer;
  for (const entry of [`r${step}`, `e${step}`, `c${step}`]) {
    expect(log.filter((other) => other === entry)).toHaveLength(1);
  }
  expect(step).toBeGreaterThanOrEqual(50);
});

test('where nothing is left to train, what belongs to the last step is handed over all the same', async () => {
  const trainer = await create(5);
  trainer.advance(5);
  await trainer.readMetrics();
  const { log, hooks } = listen();
  await record(trainer, request, hooks).done;
  expect(log).toEqual(['e5', 'c5']);
});

test('training waits for checkpoints that take longer than it does', async () => {
  const trainer = await create(70);
  let furthest = 0;
  const { hooks } = listen(async (state) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    furthest = Math.max(furthest, trainer.step - state.updates.generator);
  });
  await record(trainer, request, hooks).done;
  expect(furthest).toBeGreaterThan(0);
  expect(furthest).toBeLessThanOrEqual(14);
});

test('what a checkpoint fails with ends the training', async () => {
  const trainer = await create(1_000_000);
  const { hooks } = listen(() => Promise.reject(new Error('the disk is full')));
  await expect(record(trainer, request, hooks).done).rejects.toThrow('the disk is full');
  expect(trainer.step).toBeLessThan(1_000_000);
});

test('after a fault there is no checkpoint, but what went well is reported', async () => {
  const trainer = await create(100);
  trainer.advance(3);
  const [name, { shape, data }] = [...(await trainer.readTensors())][0]!;
  trainer.writeTensors(new Map([[name, { shape, data: data.map(() => Number.NaN) }]]));
  const { log, hooks } = listen();
  const ended = await record(trainer, request, hooks).done.catch((error: unknown) => error);
  expect(ended).toBeInstanceOf(TrainingFault);
  expect(ended).toMatchObject({ step: 4 });
  expect(log).toEqual(['r3']);
});
