// D's opinion of every place, as a tint behind the samples.

import fieldCode from '../../../shaders/fieldView.wgsl?raw';
import type { Region } from '../../gpu/memory';
import type { Colour, View } from '../protocol';
import { Brush } from './brush';
import type { Frame } from './frame';
import type { Layer } from './picture';

export class Field implements Layer {
  readonly #frame: Frame;
  readonly #brush: Brush;

  private constructor(frame: Frame, brush: Brush) {
    this.#frame = frame;
    this.#brush = brush;
  }

  /** @param scores D(x) at the centres of the frame's cells. */
  static async create(
    device: GPUDevice,
    format: GPUTextureFormat,
    frame: Frame,
    scores: Region,
  ): Promise<Field> {
    const brush = await Brush.create(device, {
      label: 'fieldView',
      code: fieldCode,
      vertex: 'coverCanvas',
      fragment: 'tintByScore',
      topology: 'triangle-list',
      format,
      uniformSize: 80,
    });
    return new Field(frame, brush.paintFrom(scores));
  }

  setView({ palette }: View): void {
    const { paper, ink, real, generated } = palette;
    const uniforms = new ArrayBuffer(80);
    new Float32Array(uniforms).set([...opaque(paper), ...opaque(ink), ...opaque(real), ...opaque(generated)]);
    new Uint32Array(uniforms, 64).set([this.#frame.columns, this.#frame.rows]);
    this.#brush.write(uniforms);
  }

  draw(pass: GPURenderPassEncoder, view: View): void {
    if (view.show.field) this.#brush.draw(pass, 3);
  }

  destroy(): void {
    this.#brush.destroy();
  }
}

const opaque = (colour: Colour): readonly number[] => [...colour, 1];
