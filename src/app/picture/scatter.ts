// Samples in the plane: real ones as rings, generated ones as discs over them.

import pointsCode from '../../../shaders/pointsView.wgsl?raw';
import type { Colour, View } from '../protocol';
import { Brush } from './brush';
import type { Layer } from './picture';
import type { PointSubject } from './subject';

export class Scatter implements Layer {
  readonly #subject: PointSubject;
  readonly #real: Brush;
  readonly #generated: Brush;

  private constructor(subject: PointSubject, real: Brush, generated: Brush) {
    this.#subject = subject;
    this.#real = real.paintFrom(subject.view.real);
    this.#generated = generated.paintFrom(subject.view.generated);
  }

  static async create(device: GPUDevice, format: GPUTextureFormat, subject: PointSubject): Promise<Scatter> {
    const brush = (label: string) =>
      Brush.create(device, {
        label,
        code: pointsCode,
        vertex: 'placePoint',
        fragment: 'colourPoint',
        topology: 'triangle-strip',
        format,
        uniformSize: 48,
      });
    const [real, generated] = await Promise.all([brush('pointsView: real'), brush('pointsView: generated')]);
    return new Scatter(subject, real, generated);
  }

  setView(view: View): void {
    // Points grow a little with the canvas, so that a small one is not all points.
    const radius = view.pixelRatio * Math.min(2.6, Math.max(1.5, view.width / view.pixelRatio / 260));
    this.#real.write(this.#uniforms(view, view.palette.real, 0.8, radius * 1.25, radius * 0.6));
    this.#generated.write(this.#uniforms(view, view.palette.generated, 0.9, radius, 0));
  }

  draw(pass: GPURenderPassEncoder, view: View): void {
    if (view.show.real) this.#real.draw(pass, 4, this.#subject.samples);
    if (view.show.generated) this.#generated.draw(pass, 4, this.#subject.samples);
  }

  destroy(): void {
    this.#real.destroy();
    this.#generated.destroy();
  }

  #uniforms(view: View, colour: Colour, alpha: number, radius: number, hole: number): ArrayBuffer {
    const { low, high } = this.#subject.frame.bounds;
    const values = [
      ...colour,
      alpha,
      low[0]!,
      low[1]!,
      high[0]!,
      high[1]!,
      view.width,
      view.height,
      radius,
      hole,
    ];
    return new Float32Array(values).buffer;
  }
}
