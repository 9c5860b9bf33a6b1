// The picture of a running game, drawn straight from GPU buffers: D's field, and the samples over it.

import fieldCode from '../../../shaders/fieldView.wgsl?raw';
import type { Colour, View } from '../protocol';
import { Brush } from './brush';
import { Curves } from './curves';
import { Scatter } from './scatter';
import type { Subject } from './subject';

/** A layer over the field: points in the plane, or curves over a line. */
export interface Layer {
  setView(view: View): void;
  /** Compute work that has to come before the render pass. */
  prepare(encoder: GPUCommandEncoder): void;
  draw(pass: GPURenderPassEncoder, view: View): void;
  destroy(): void;
}

export class Picture {
  readonly #device: GPUDevice;
  readonly #context: GPUCanvasContext;
  readonly #subject: Subject;
  readonly #field: Brush;
  readonly #layer: Layer;
  #view: View;

  private constructor(
    device: GPUDevice,
    context: GPUCanvasContext,
    subject: Subject,
    field: Brush,
    layer: Layer,
    view: View,
  ) {
    this.#device = device;
    this.#context = context;
    this.#subject = subject;
    this.#field = field;
    this.#layer = layer;
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
    const [field, layer] = await Promise.all([
      Brush.create(device, {
        label: 'fieldView',
        code: fieldCode,
        vertex: 'coverCanvas',
        fragment: 'tintByScore',
        topology: 'triangle-list',
        format,
        uniformSize: 80,
      }),
      subject.frame.dimensions === 2
        ? Scatter.create(device, format, subject)
        : Curves.create(device, format, subject),
    ]);
    field.paintFrom(subject.view.scores);
    return new Picture(device, context, subject, field, layer, view);
  }

  /** New size, colours or choice of what to show; seen with the next `draw`. */
  setView(view: View): void {
    this.#view = view;
    const { columns, rows } = this.#subject.frame;
    const { paper, ink, real, generated } = view.palette;
    const uniforms = new ArrayBuffer(80);
    new Float32Array(uniforms).set([...opaque(paper), ...opaque(ink), ...opaque(real), ...opaque(generated)]);
    new Uint32Array(uniforms, 64).set([columns, rows]);
    this.#field.write(uniforms);
    this.#layer.setView(view);
  }

  /** Brings the numbers up to date and paints them; waits for nothing. */
  draw(): void {
    this.#subject.view.update();
    const encoder = this.#device.createCommandEncoder({ label: 'picture' });
    this.#layer.prepare(encoder);
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
    if (this.#view.show.field) this.#field.draw(pass, 3);
    this.#layer.draw(pass, this.#view);
    pass.end();
    this.#device.queue.submit([encoder.finish()]);
  }

  destroy(): void {
    this.#field.destroy();
    this.#layer.destroy();
    this.#subject.view.destroy();
  }
}

const opaque = (colour: Colour): readonly number[] => [...colour, 1];
