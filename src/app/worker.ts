// The training worker: owns the device, the trainer and the canvas, and answers the page's commands.

import type { Command, Report } from './protocol';
import { Session } from './session';

const post = (report: Report, transfer: Transferable[] = []): void => postMessage(report, { transfer });

let session: Session | undefined;
/** Commands are taken one after the other; only opening and configuring take time. */
let queue: Promise<void> = Promise.resolve();

addEventListener('message', ({ data }: MessageEvent<Command>) => {
  queue = queue
    .then(() => handle(data))
    .catch((error: unknown) => {
      if (session) session.fail(error);
      else post({ type: 'problem', problem: { kind: 'internal', message: String(error) } });
    });
});

async function handle(command: Command): Promise<void> {
  if (command.type === 'open') {
    session = await Session.open(command.canvas, command.view, post);
    return;
  }
  switch (command.type) {
    case 'configure':
      return session?.configure(command.run, command.beginning, command.name);
    case 'images':
      return session?.setImages(command.images);
    case 'forget':
      return session?.forget(command.name);
    case 'play':
      return session?.play();
    case 'record':
      return session?.record(command.request);
    case 'pause':
      return session?.pause();
    case 'step':
      return session?.step(command.update);
    case 'view':
      return session?.setView(command.view);
    case 'ask':
      if (session) void session.answer(command.id, command.question);
      else post({ type: 'reply', id: command.id, error: 'There is no trainer.' });
      return;
  }
}
