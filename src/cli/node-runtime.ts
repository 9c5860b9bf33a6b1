// A run in this process, on Dawn.

import { restoreCheckpoint } from '../export/checkpoint';
import { drawWays } from '../export/interpolate';
import { type Device, openDevice } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import { UserError } from '../math/errors';
import { type Recording, record } from '../training/recording';
import { Trainer } from '../training/trainer';
import { Failure } from './console';
import type { Runtime, RuntimeRequest } from './runtime';

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

export async function openNodeRuntime({
  config,
  content,
  recording,
  saved,
}: RuntimeRequest): Promise<Runtime> {
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
    trainer = await Trainer.create(device, config, content);
    if (saved) await restoreCheckpoint(trainer, saved.state, saved.file);
  } catch (error) {
    await close();
    if (error instanceof RangeError) throw new UserError(error.message);
    throw error;
  }

  let running: Recording | undefined;
  let stopped = false;
  return {
    adapter: device.name,
    real: (count, seed) => trainer.real(count, seed),
    ways: (ways) => drawWays(trainer, ways),
    train: (hooks) => {
      running = record(trainer, recording, hooks);
      if (stopped) running.stop();
      return Promise.race([running.done, failed]);
    },
    stop: () => {
      stopped = true;
      running?.stop();
    },
    close: async () => {
      trainer.destroy();
      await close();
    },
  };
}
