// The picture of a running game, drawn straight from GPU buffers: samples over D's field, or images.

import type { View } from '../protocol';
import { ContactSheet } from './contact-sheet';
import { Curves } from './curves';
import { Field } from './field';
import { Scatter } from './scatter';
import type { Subject } from './subject';

/** One of the things that are drawn over each other: the field, points in the plane, curves over a line, images. */
export interface Layer {
  setView(view: View): void;
  /** Compute work that has to come before the render pass. */
  prepare?(encoder: GPUCommandEncoder): void;
  draw(pass: GPURenderPassEncoder, view: View): void;
  destroy(): void;
}

export class Picture {
  readonly #device: GPUDevice;
  readonly #context: GPUCanvasContext;
  readonly #subject: Subject;
  readonly #layers: readonly Layer[];
  #view: View;
  /** The class that is shown; all of them at first. */
  #label: number | undefined;

  private constructor(
    device: GPUDevice,
    context: GPUCanvasContext,
    subject: Subject,
    layers: readonly Layer[],
    view: View,
  ) {
    this.#device = device;
    this.#context = context;
    this.#subject = subject;
    this.#layers = layers;
    this.#view = view;
    this.setView(view);
  }

  /** @param context of a canvas that is configured for the device. */
  static async create(
    device: GPUDevice,
    context: GPUCanvasContext,
    format: GPUTextureFormat,
    subject: Subject,
    view: View,
  ): Promise<Picture> {
    return new Picture(device, context, subject, await layersOf(device, format, subject), view);
  }

  /** New size, colours or choice of what to show; seen with the next `draw`. */
  setView(view: View): void {
    if (view.label !== this.#label) this.#subject.choose(view.label);
    this.#label = view.label;
    this.#view = view;
    for (const layer of this.#layers) layer.setView(view);
  }

  /** Brings the numbers up to date and paints them; waits for nothing. */
  draw(): void {
    this.#subject.view.update();
    const encoder = this.#device.createCommandEncoder({ label: 'picture' });
    for (const layer of this.#layers) layer.prepare?.(encoder);
    const [r, g, b] = this.#view.palette.paper;
    const pass = encoder.beginRenderPass({
      label: 'picture',
      colorAttachments: [
        {
          view: this.#context.getCurrentTexture().createView(),
          clearValue: { r, g, b, a: 1 },
          loadOp: 'clear',
          storeOp: 'store',
        },
      ],
    });
    for (const layer of this.#layers) layer.draw(pass, this.#view);
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  destroy(): void {
    for (const layer of this.#layers) layer.destroy();
    this.#subject.view.destroy();
  }
}

/** The lowest first. */
async function layersOf(
  device: GPUDevice,
  format: GPUTextureFormat,
  subject: Subject,
): Promise<readonly Layer[]> {
  if (subject.kind === 'images') return [await ContactSheet.create(device, format, subject)];
  return Promise.all([
    Field.create(device, format, subject.frame, subject.view.scores!),
    subject.frame.dimensions === 2
      ? Scatter.create(device, format, subject)
      : Curves.create(device, format, subject),
  ]);
}
