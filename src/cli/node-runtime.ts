// A run in this process, on Dawn.

import { type Device, openDevice } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import { UserError } from '../math/errors';
import type { RunConfig } from '../training/config';
import { TrainingLoop } from '../training/loop';
import { Trainer } from '../training/trainer';
import { Failure } from './console';
import type { RunHooks, Runtime, Snapshot, SnapshotRequest } from './runtime';

/** Opens the adapter that this machine has, or the one asked for; see `openNodeGpu`. Where there is none that is a failure, not a mistake in the command. */
export async function openNodeDevice(adapter?: string): Promise<Device> {
  try {
    const { gpu } = await openNodeGpu({ adapter });
    return await openDevice(gpu);
  } catch (error) {
    if (error instanceof UserError) throw new Failure(error.message);
    throw error;
  }
}

export async function openNodeRuntime(config: RunConfig, request: SnapshotRequest): Promise<Runtime> {
  const device = await openNodeDevice();
  // Nobody listens until training begins; a problem until then is kept for it.
  let fail: (failure: Failure) => void = () => {};
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => {});
  device.onError(({ message }) => fail(new Failure(`The GPU refused a command: ${message}`)));
  let closing = false;
  void device.lost.then(({ reason, message }) => {
    if (!closing) fail(new Failure(`The GPU was lost (${reason}): ${message}`));
  });
  const close = async () => {
    closing = true;
    device.destroy();
  };

  let trainer: Trainer;
  try {
    trainer = await Trainer.create(device, config);
  } catch (error) {
    await close();
    if (error instanceof RangeError) throw new UserError(error.message);
    throw error;
  }
  const snapshot = async (): Promise<Snapshot> => {
    // Asked for at once, so that all of it is of one step.
    const [state, generated, field] = await Promise.all([
      trainer.readState(),
      trainer.sample(request.samples, request.seed),
      trainer.score(request.points),
    ]);
    return { state, generated, field };
  };
  // What has been asked once is compiled, and from then on is answered for the very step it is asked at.
  await snapshot();

  let stop = () => {};
  let stopped = false;
  return {
    adapter: device.name,
    real: (count, seed) => trainer.real(count, seed),
    train: (hooks: RunHooks) => {
      const done = new Promise<void>((resolve, reject) => {
        // One for every evaluation under way, in order.
        const waiting: Promise<Snapshot>[] = [];
        const recorded: Promise<void>[] = [];
        const settle = () => void Promise.all(recorded).then(() => resolve(), reject);
        const loop = new TrainingLoop(trainer, {
          until: config.steps,
          reportEvery: config.reportEvery,
          evaluateEvery: config.evaluateEvery,
          onReport: hooks.onReport,
          atEvaluation: () => {
            const snapshots = snapshot();
            snapshots.catch(() => {});
            waiting.push(snapshots);
          },
          onEvaluation: (evaluation) => {
            const snapshots = waiting.shift()!;
            recorded.push(snapshots.then((snapshot) => hooks.onEvaluation(evaluation, snapshot)));
          },
          onDone: settle,
          onError: reject,
        });
        stop = () => void loop.stop().then(settle);
        if (stopped) resolve();
        else loop.start();
      });
      return Promise.race([done, failed]);
    },
    stop: () => {
      stopped = true;
      stop();
    },
    evaluate: async () => {
      const [evaluation, taken] = await Promise.all([trainer.evaluate(), snapshot()]);
      return { evaluation, snapshot: taken };
    },
    close: async () => {
      trainer.destroy();
      await close();
    },
  };
}
