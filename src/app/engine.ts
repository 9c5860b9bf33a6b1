// The page's end of the training worker: its canvas, commands, reports, and questions with their answers.

import type { ImageSet } from '../data/image-set';
import type { Command, Question, QuestionName, Questions, Report, View } from './protocol';

export class Engine {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, { resolve(answer: never): void; reject(error: Error): void }>();
  #questions = 0;
  #images: ImageSet | undefined;

  /** Starts a worker that draws on the canvas; `listener` gets its reports. */
  constructor(canvas: HTMLCanvasElement, view: View, listener: (report: Report) => void) {
    this.#worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'training' });
    this.#worker.addEventListener('message', ({ data }: MessageEvent<Report>) => {
      if (data.type === 'reply') this.#settle(data);
      listener(data);
    });
    this.#worker.addEventListener('error', (event) => {
      event.preventDefault();
      const message = event.message || 'The training worker could not be loaded.';
      listener({ type: 'problem', problem: { kind: 'internal', message } });
    });
    const offscreen = canvas.transferControlToOffscreen();
    this.#worker.postMessage({ type: 'open', canvas: offscreen, view } satisfies Command, [offscreen]);
  }

  send(command: Exclude<Command, { type: 'open' | 'ask' }>): void {
    this.#worker.postMessage(command);
  }

  /** Hands images over, which are copied; the same ones only once. */
  sendImages(images: ImageSet): void {
    if (images === this.#images) return;
    this.#images = images;
    this.send({ type: 'images', images });
  }

  /** Answered behind everything that was sent before; rejects where there is no trainer to ask. */
  ask<Name extends QuestionName>(
    what: Name,
    ask: Questions[Name]['ask'],
  ): Promise<Questions[Name]['answer']> {
    const id = ++this.#questions;
    const question = { what, ...ask } as unknown as Question;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#worker.postMessage({ type: 'ask', id, question } satisfies Command);
    });
  }

  /** Ends the worker with its device; open questions are rejected. */
  destroy(): void {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Error('The training worker was ended.'));
    this.#waiting.clear();
  }

  #settle({ id, answer, error }: Extract<Report, { type: 'reply' }>): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error !== undefined) waiting?.reject(new Error(error));
    else waiting?.resolve(answer as never);
  }
}
