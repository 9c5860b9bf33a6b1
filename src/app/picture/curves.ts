// The game on a line, as in Figure 1 of the paper: both densities, D(x), and the best D there could be.

import linesCode from '../../../shaders/linesView.wgsl?raw';
import type { Region } from '../../gpu/memory';
import type { Colour, View } from '../protocol';
import { Brush } from './brush';
import { Histogram } from './histogram';
import type { Layer } from './picture';
import type { PointSubject } from './subject';

const CELLS = 96;
/** Where 0 is, in canvas heights from below, and how high 1 stands for D(x) and the data's density its highest point. */
const GROUND = 0.04;
const SCORE_HEIGHT = 0.9;
const DENSITY_HEIGHT = 0.62;

/** One thing that is drawn: its brush, when, how, and from how many numbers. */
interface Stroke {
  readonly brush: Brush;
  readonly kind: 'curve' | 'bars';
  readonly count: number;
  readonly scale: number;
  readonly shown: (show: View['show']) => boolean;
  readonly colour: (view: View) => Colour;
  readonly alpha: number;
  /** In CSS pixels. */
  readonly thickness: number;
  readonly dash: number;
}

export class Curves implements Layer {
  readonly #strokes: readonly Stroke[];
  readonly #histograms: readonly Histogram[];
  readonly #buffers: readonly GPUBuffer[];

  private constructor(
    strokes: readonly Stroke[],
    histograms: readonly Histogram[],
    buffers: readonly GPUBuffer[],
  ) {
    this.#strokes = strokes;
    this.#histograms = histograms;
    this.#buffers = buffers;
  }

  static async create(device: GPUDevice, format: GPUTextureFormat, subject: PointSubject): Promise<Curves> {
    const { frame, view, samples, data } = subject;
    const { distribution } = data;
    const low = frame.bounds.low[0]!;
    const high = frame.bounds.high[0]!;
    const known = Float32Array.from({ length: CELLS }, (_, i) => {
      const x = low + ((i + 0.5) / CELLS) * (high - low);
      return distribution?.density([x]) ?? 0;
    });
    const peak = Math.max(...known) || 2 / (high - low);
    const dataDensity = upload(device, 'p_data', known);
    const half = upload(device, 'half', new Float32Array(CELLS).fill(0.5));
    const histogram = (label: string, points: Region) =>
      Histogram.create(device, { label, points, count: samples, low, high, cells: CELLS, dataDensity });
    const [real, generated] = await Promise.all([
      histogram('densityView: real', view.real),
      histogram('densityView: generated', view.generated),
    ]);

    const stroke = async (
      kind: Stroke['kind'],
      numbers: GPUBufferBinding,
      options: Partial<Stroke> & Pick<Stroke, 'shown' | 'colour'>,
    ): Promise<Stroke> => {
      const brush = await Brush.create(device, {
        label: `linesView: ${kind}`,
        code: linesCode,
        vertex: kind === 'bars' ? 'placeBar' : 'placePiece',
        fragment: kind === 'bars' ? 'colourBar' : 'colourPiece',
        topology: 'triangle-strip',
        format,
        uniformSize: 48,
      });
      brush.paintFrom(numbers);
      return { brush, kind, count: CELLS, scale: SCORE_HEIGHT, alpha: 1, thickness: 2, dash: 0, ...options };
    };
    const scale = DENSITY_HEIGHT / peak;
    const strokes = await Promise.all([
      stroke(
        'bars',
        { buffer: real.density },
        { scale, alpha: 0.28, shown: (s) => s.real, colour: (v) => v.palette.real },
      ),
      stroke(
        'bars',
        { buffer: generated.density },
        {
          scale,
          alpha: 0.42,
          shown: (s) => s.generated,
          colour: (v) => v.palette.generated,
        },
      ),
      stroke(
        'curve',
        { buffer: dataDensity },
        {
          scale,
          shown: (s) => s.real && distribution !== undefined,
          colour: (v) => v.palette.real,
        },
      ),
      stroke(
        'curve',
        { buffer: half },
        {
          dash: 5,
          thickness: 1,
          alpha: 0.7,
          shown: (s) => s.field,
          colour: (v) => v.palette.ink,
        },
      ),
      stroke(
        'curve',
        { buffer: generated.optimum },
        {
          thickness: 1.25,
          shown: (s) => s.field && distribution !== undefined,
          colour: (v) => v.palette.ink,
        },
      ),
      stroke('curve', view.scores!, {
        count: frame.columns,
        thickness: 3,
        shown: (s) => s.field,
        colour: (v) => v.palette.discriminator,
      }),
    ]);
    return new Curves(strokes, [real, generated], [dataDensity, half]);
  }

  setView(view: View): void {
    for (const { brush, colour, alpha, thickness, scale, dash, count } of this.#strokes) {
      const uniforms = new ArrayBuffer(48);
      const { width, height, pixelRatio } = view;
      new Float32Array(uniforms).set([
        ...[...colour(view), alpha],
        ...[width, height, thickness * pixelRatio, scale],
        ...[GROUND, dash * pixelRatio],
      ]);
      new Uint32Array(uniforms, 40).set([count]);
      brush.write(uniforms);
    }
  }

  prepare(encoder: GPUCommandEncoder): void {
    for (const histogram of this.#histograms) histogram.encode(encoder);
  }

  draw(pass: GPURenderPassEncoder, view: View): void {
    for (const { brush, kind, count, shown } of this.#strokes) {
      if (shown(view.show)) brush.draw(pass, 4, kind === 'bars' ? count : count - 1);
    }
  }

  destroy(): void {
    for (const { brush } of this.#strokes) brush.destroy();
    for (const histogram of this.#histograms) histogram.destroy();
    for (const buffer of this.#buffers) buffer.destroy();
  }
}

function upload(device: GPUDevice, label: string, numbers: Float32Array<ArrayBuffer>): GPUBuffer {
  const buffer = device.createBuffer({
    label,
    size: numbers.byteLength,
    usage: GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST,
  });
  device.queue.writeBuffer(buffer, 0, numbers);
  return buffer;
}
