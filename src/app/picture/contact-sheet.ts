// Images: a row of real ones, and below it what G makes of the same noise each time.

import imagesCode from '../../../shaders/imagesView.wgsl?raw';
import type { Colour, View } from '../protocol';
import { Brush } from './brush';
import type { Layer } from './picture';
import { type Block, sheetLayout } from './sheet';
import type { ImageSubject } from './subject';

/** Lines around the real row and the generated grid, in CSS pixels. */
const FRAME_THICKNESS = 1.5;

export class ContactSheet implements Layer {
  readonly #subject: ImageSubject;
  readonly #real: Brush;
  readonly #generated: Brush;

  private constructor(subject: ImageSubject, real: Brush, generated: Brush) {
    this.#subject = subject;
    this.#real = real.paintFrom(subject.view.real);
    this.#generated = generated.paintFrom(subject.view.generated);
  }

  static async create(
    device: GPUDevice,
    format: GPUTextureFormat,
    subject: ImageSubject,
  ): Promise<ContactSheet> {
    const brush = (label: string) =>
      Brush.create(device, {
        label,
        code: imagesCode,
        vertex: 'placeImage',
        fragment: 'colourImage',
        topology: 'triangle-strip',
        format,
        uniformSize: 80,
      });
    const [real, generated] = await Promise.all([brush('imagesView: real'), brush('imagesView: generated')]);
    return new ContactSheet(subject, real, generated);
  }

  setView(view: View): void {
    const { real, generated } = sheetLayout(this.#subject.sheet, this.#subject.image, view);
    this.#write(this.#real, view, real, view.palette.real);
    this.#write(this.#generated, view, generated, view.palette.generated);
  }

  draw(pass: GPURenderPassEncoder, view: View): void {
    const { columns, rows } = this.#subject.sheet;
    // One instance more: the frame.
    if (view.show.real) this.#real.draw(pass, 4, columns + 1);
    if (view.show.generated) this.#generated.draw(pass, 4, columns * rows + 1);
  }

  destroy(): void {
    this.#real.destroy();
    this.#generated.destroy();
  }

  #write(brush: Brush, view: View, block: Block, colour: Colour): void {
    const { width, height, channels } = this.#subject.image;
    const uniforms = new ArrayBuffer(80);
    const floats = new Float32Array(uniforms);
    floats.set([...colour, 1, ...block.origin, ...block.size, ...block.pitch, view.width, view.height]);
    new Uint32Array(uniforms, 48).set([block.columns, block.rows, width, height, channels]);
    const thickness = Math.max(1, Math.round(FRAME_THICKNESS * view.pixelRatio));
    floats.set([thickness, block.margin - thickness], 17);
    brush.write(uniforms);
  }
}
