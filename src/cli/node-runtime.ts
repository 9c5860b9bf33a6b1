// A run in this process, on Dawn.

import { dependencies } from '../../package.json';
import { restoreCheckpoint } from '../export/checkpoint';
import { drawWays } from '../export/interpolate';
import { type Device, openDevice } from '../gpu/device';
import { openNodeGpu } from '../gpu/node';
import type { StrategyName } from '../gpu/strategies';
import { UserError } from '../math/errors';
import { compileRun, isHeavy } from '../training/compile';
import { type Recording, record } from '../training/recording';
import { Trainer } from '../training/trainer';
import { choiceFile } from './choice-file';
import { Failure } from './console';
import type { Runtime, RuntimeRequest } from './runtime';

export interface NodeDeviceOptions {
  /** As `openNodeGpu` takes it. */
  readonly adapter?: string | undefined;
  /** Makes every product go about it so, where it can. */
  readonly strategy?: StrategyName | undefined;
  /** True for few large dispatches, false for many small ones; see `openNodeGpu`. */
  readonly heavy?: boolean | undefined;
}

/** Opens the adapter that this machine has, or the one asked for; see `openNodeGpu`. Where there is none that is a failure, not a mistake in the command. */
export async function openNodeDevice({ adapter, strategy, heavy }: NodeDeviceOptions = {}): Promise<Device> {
  try {
    const { gpu } = await openNodeGpu({ adapter, heavy });
    return await openDevice(gpu, {
      strategy,
      store: choiceFile(),
      compiler: `webgpu ${dependencies.webgpu}`,
    });
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
  strategy,
}: RuntimeRequest): Promise<Runtime> {
  const device = await openNodeDevice({ strategy, heavy: isHeavy(compileRun(config, content)) });
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
    memory: () => trainer.memory,
    strategies: () => trainer.strategies,
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
