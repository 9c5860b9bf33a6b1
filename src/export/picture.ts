// The picture of a run: real samples, generated samples and what D makes of the plane (or line) between them.

/** What is needed of a 2-D canvas: a browser's fits, and so does one for Node. */
export type Pen = Pick<
  CanvasRenderingContext2D,
  | 'fillStyle'
  | 'strokeStyle'
  | 'lineWidth'
  | 'lineJoin'
  | 'font'
  | 'textAlign'
  | 'textBaseline'
  | 'globalAlpha'
  | 'fillRect'
  | 'strokeRect'
  | 'fillText'
  | 'measureText'
  | 'beginPath'
  | 'closePath'
  | 'moveTo'
  | 'lineTo'
  | 'arc'
  | 'rect'
  | 'clip'
  | 'fill'
  | 'stroke'
  | 'save'
  | 'restore'
  | 'scale'
>;

/** A rectangle of the sample space, as long in each dimension as the picture shows. */
export interface Frame {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface RunPicture {
  readonly title: string;
  /** A line below: how good it is. */
  readonly caption: string;
  readonly frame: Frame;
  /** [n, dimensions], row-major. Absent where only a generator is known. */
  readonly real?: Float32Array;
  readonly generated: Float32Array;
  /** D(x) at the points of `fieldPoints(frame)`. */
  readonly field?: Float32Array;
  /** The true density along the line, where it is known (1-D). */
  readonly density?: (x: number) => number;
}

const PANEL = 384;
const GAP = 24;
const HEAD = 84;
const FOOT = 64;
const FIELD = 128;
const BINS = 64;
/** Height of what is plotted over a line; below it stands where the line begins and ends. */
const PLOT = PANEL - 28;

/** Okabe and Ito's blue and vermilion: told apart with every kind of colour vision. */
const REAL = '#0072b2';
const GENERATED = '#d55e00';
const INK = '#1c1c1c';
const QUIET = '#666666';
const LINE = '#c8c8c8';

const dimensionsOf = (frame: Frame) => frame.low.length;

/** Points at which D is asked for a picture's field: FIELD × FIELD cell centres, row by row from the top; on a line, 3 · FIELD. */
export function fieldPoints(frame: Frame): Float32Array {
  const [left = 0, bottom = 0] = frame.low;
  const [right = 1, top = 1] = frame.high;
  if (dimensionsOf(frame) === 1) {
    return Float32Array.from(
      { length: 3 * FIELD },
      (_, i) => left + ((i + 0.5) / (3 * FIELD)) * (right - left),
    );
  }
  const points = new Float32Array(2 * FIELD * FIELD);
  for (let row = 0; row < FIELD; row++) {
    for (let column = 0; column < FIELD; column++) {
      points[2 * (row * FIELD + column)] = left + ((column + 0.5) / FIELD) * (right - left);
      points[2 * (row * FIELD + column) + 1] = top - ((row + 0.5) / FIELD) * (top - bottom);
    }
  }
  return points;
}

/** The frame that shows a box with a margin, as wide as high in two dimensions. */
export function frameAround(low: readonly number[], high: readonly number[]): Frame {
  const widest = Math.max(...high.map((h, i) => h - low[i]!));
  const half = (widest > 0 ? widest : 1) * 0.55;
  const centers = high.map((h, i) => (h + low[i]!) / 2);
  return { low: centers.map((c) => c - half), high: centers.map((c) => c + half) };
}

/** Pixels of a picture, before any scaling. */
export function pictureSize(picture: RunPicture): { width: number; height: number } {
  const panels = panelsOf(picture).length;
  return { width: panels * PANEL + (panels + 1) * GAP, height: HEAD + PANEL + FOOT };
}

interface Panel {
  readonly heading: string;
  readonly colour: string;
  draw(pen: Pen, left: number, top: number): void;
}

/** Draws a picture; the pen's canvas has `pictureSize` times whatever scale was set on it. */
export function drawPicture(pen: Pen, picture: RunPicture, fontFamily = 'Inter, sans-serif'): void {
  const { width, height } = pictureSize(picture);
  const font = (size: number, weight = 400) => `${weight} ${size}px ${fontFamily}`;
  pen.fillStyle = '#ffffff';
  pen.fillRect(0, 0, width, height);
  pen.textBaseline = 'alphabetic';
  pen.textAlign = 'left';
  pen.fillStyle = INK;
  pen.font = font(20, 600);
  pen.fillText(picture.title, GAP, 36);
  pen.font = font(15);
  pen.fillText(picture.caption, GAP, HEAD + PANEL + 44);

  panelsOf(picture).forEach((panel, index) => {
    const left = GAP + index * (PANEL + GAP);
    pen.font = font(15, 600);
    pen.fillStyle = panel.colour;
    pen.fillText(panel.heading, left, HEAD - 12);
    pen.font = font(12);
    pen.save();
    pen.beginPath();
    pen.rect(left, HEAD, PANEL, PANEL);
    pen.clip();
    panel.draw(pen, left, HEAD);
    pen.restore();
    pen.strokeStyle = LINE;
    pen.lineWidth = 1;
    pen.strokeRect(left + 0.5, HEAD + 0.5, PANEL - 1, PANEL - 1);
  });
}

function panelsOf(picture: RunPicture): Panel[] {
  return dimensionsOf(picture.frame) === 1 ? linePanels(picture) : planePanels(picture);
}

function planePanels({ frame, real, generated, field }: RunPicture): Panel[] {
  const panels: Panel[] = [];
  const samples = (points: Float32Array, colour: string) => (pen: Pen, left: number, top: number) =>
    drawPoints(pen, points, frame, colour, left, top);
  if (real) panels.push({ heading: 'Real samples', colour: REAL, draw: samples(real, REAL) });
  panels.push({ heading: 'Generated samples', colour: GENERATED, draw: samples(generated, GENERATED) });
  if (field) {
    panels.push({
      heading: 'D(x): how real D finds a point',
      colour: INK,
      draw: (pen, left, top) => drawField(pen, field, left, top),
    });
  }
  return panels;
}

function drawPoints(
  pen: Pen,
  points: Float32Array,
  frame: Frame,
  colour: string,
  left: number,
  top: number,
): void {
  const scale = PANEL / (frame.high[0]! - frame.low[0]!);
  let outside = 0;
  pen.fillStyle = colour;
  pen.globalAlpha = 0.45;
  for (let i = 0; i < points.length; i += 2) {
    const x = (points[i]! - frame.low[0]!) * scale;
    const y = (frame.high[1]! - points[i + 1]!) * scale;
    if (!(x >= 0 && x <= PANEL && y >= 0 && y <= PANEL)) outside++;
    pen.beginPath();
    pen.arc(left + x, top + y, 1.7, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.globalAlpha = 1;
  if (outside > 0)
    note(
      pen,
      `${outside.toLocaleString('en')} of ${(points.length / 2).toLocaleString('en')} outside`,
      left,
      top,
    );
}

/** A remark in a panel's lower left corner. */
function note(pen: Pen, text: string, left: number, top: number): void {
  pen.fillStyle = 'rgba(255, 255, 255, 0.85)';
  pen.fillRect(left + 4, top + PANEL - 24, pen.measureText(text).width + 12, 20);
  pen.fillStyle = QUIET;
  pen.textAlign = 'left';
  pen.fillText(text, left + 10, top + PANEL - 10);
}

function drawField(pen: Pen, field: Float32Array, left: number, top: number): void {
  const cell = PANEL / FIELD;
  for (let row = 0; row < FIELD; row++) {
    for (let column = 0; column < FIELD; column++) {
      pen.fillStyle = fieldColour(field[row * FIELD + column]!);
      pen.fillRect(left + column * cell, top + row * cell, cell, cell);
    }
  }
  drawContour(pen, field, cell, left, top);
  drawScale(pen, left, top);
}

/** D = ½, where D cannot tell: marching squares over the cell centres. */
function drawContour(pen: Pen, field: Float32Array, cell: number, left: number, top: number): void {
  pen.strokeStyle = INK;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.6;
  pen.beginPath();
  const at = (row: number, column: number) => field[row * FIELD + column]! - 0.5;
  for (let row = 0; row + 1 < FIELD; row++) {
    for (let column = 0; column + 1 < FIELD; column++) {
      const corners = [
        [row, column],
        [row, column + 1],
        [row + 1, column + 1],
        [row + 1, column],
      ] as const;
      const crossings: [number, number][] = [];
      corners.forEach(([r0, c0], i) => {
        const [r1, c1] = corners[(i + 1) % 4]!;
        const a = at(r0, c0);
        const b = at(r1, c1);
        if (a > 0 === b > 0) return;
        const t = a / (a - b);
        crossings.push([c0 + t * (c1 - c0), r0 + t * (r1 - r0)]);
      });
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const [from, to] = [crossings[i]!, crossings[i + 1]!];
        pen.moveTo(left + (from[0] + 0.5) * cell, top + (from[1] + 0.5) * cell);
        pen.lineTo(left + (to[0] + 0.5) * cell, top + (to[1] + 0.5) * cell);
      }
    }
  }
  pen.stroke();
  pen.globalAlpha = 1;
}

/** The field's colours with what they mean, in the panel's lower right corner. */
function drawScale(pen: Pen, left: number, top: number): void {
  const [width, x, y] = [120, left + PANEL - 132, top + PANEL - 34];
  pen.fillStyle = 'rgba(255, 255, 255, 0.85)';
  pen.fillRect(x - 10, y - 6, width + 20, 38);
  for (let i = 0; i < width; i++) {
    pen.fillStyle = fieldColour(i / (width - 1));
    pen.fillRect(x + i, y, 1, 10);
  }
  pen.strokeStyle = LINE;
  pen.strokeRect(x - 0.5, y - 0.5, width + 1, 11);
  pen.fillStyle = INK;
  const labels: [string, CanvasTextAlign, number][] = [
    ['0', 'left', 0],
    ['½', 'center', width / 2],
    ['1', 'right', width],
  ];
  for (const [text, align, offset] of labels) {
    pen.textAlign = align;
    pen.fillText(text, x + offset, y + 25);
  }
  pen.textAlign = 'left';
}

/** From vermilion (0: D finds it generated) through white (½) to blue (1: real): light at ½, dark at both ends. */
export function fieldColour(score: number): string {
  const end = score < 0.5 ? [213, 94, 0] : [0, 114, 178];
  const strength = Math.min(1, Math.abs(score - 0.5) * 2);
  const channels = end.map((channel) => Math.round(255 + (channel - 255) * strength));
  return `rgb(${channels.join(', ')})`;
}

function linePanels({ frame, real, generated, field, density }: RunPicture): Panel[] {
  const panels: Panel[] = [];
  const width = (frame.high[0]! - frame.low[0]!) / BINS;
  const histograms = [real, generated].map((points) => points && histogram(points, frame));
  const densities = density
    ? Array.from({ length: PANEL }, (_, i) => density(frame.low[0]! + ((i + 0.5) / PANEL) * BINS * width))
    : [];
  const highest = Math.max(...histograms.flatMap((h) => (h ? [...h] : [])), ...densities, 1e-9) * 1.1;
  const bars = (heights: Float64Array, colour: string) => (pen: Pen, left: number, top: number) => {
    pen.fillStyle = colour;
    pen.globalAlpha = 0.65;
    heights.forEach((height, i) => {
      const tall = (height / highest) * PLOT;
      pen.fillRect(left + (i * PANEL) / BINS, top + PLOT - tall, PANEL / BINS - 1, tall);
    });
    pen.globalAlpha = 1;
    if (densities.length > 0)
      curve(
        pen,
        densities.map((d) => 1 - d / highest),
        INK,
        left,
        top,
      );
    ends(pen, frame, left, top);
  };
  const [realBars, generatedBars] = histograms;
  const suffix = density ? ', and the true density' : '';
  if (realBars) panels.push({ heading: `Real samples${suffix}`, colour: REAL, draw: bars(realBars, REAL) });
  panels.push({
    heading: `Generated samples${suffix}`,
    colour: GENERATED,
    draw: bars(generatedBars!, GENERATED),
  });
  if (field) {
    panels.push({
      heading: 'D(x): how real D finds a point',
      colour: INK,
      draw: (pen, left, top) => {
        pen.strokeStyle = LINE;
        pen.lineWidth = 1;
        pen.beginPath();
        pen.moveTo(left, top + scoreHeight(0.5) * PLOT);
        pen.lineTo(left + PANEL, top + scoreHeight(0.5) * PLOT);
        pen.stroke();
        curve(pen, [...field].map(scoreHeight), INK, left, top);
        pen.fillStyle = QUIET;
        for (const [text, score] of [
          ['1', 1],
          ['½', 0.5],
          ['0', 0],
        ] as const) {
          pen.fillText(text, left + 8, top + scoreHeight(score) * PLOT - 6);
        }
        ends(pen, frame, left, top);
      },
    });
  }
  return panels;
}

/** Where D = `score` is drawn: 0 at a plot's top, 1 at its bottom, with room for the labels. */
const scoreHeight = (score: number) => 0.08 + 0.88 * (1 - score);

/** Share of the samples per unit length in each of the frame's bins: an estimate of their density. */
function histogram(points: Float32Array, frame: Frame): Float64Array {
  const heights = new Float64Array(BINS);
  const width = (frame.high[0]! - frame.low[0]!) / BINS;
  for (const x of points) {
    const bin = Math.floor((x - frame.low[0]!) / width);
    if (bin >= 0 && bin < BINS) heights[bin]! += 1 / (points.length * width);
  }
  return heights;
}

/** A curve over a panel's width; heights from 0 at the top to 1 at the bottom. */
function curve(pen: Pen, heights: readonly number[], colour: string, left: number, top: number): void {
  pen.strokeStyle = colour;
  pen.lineWidth = 2;
  pen.lineJoin = 'round';
  pen.beginPath();
  heights.forEach((height, i) => {
    const x = left + ((i + 0.5) / heights.length) * PANEL;
    if (i === 0) pen.moveTo(x, top + height * PLOT);
    else pen.lineTo(x, top + height * PLOT);
  });
  pen.stroke();
}

/** Where the line begins and ends, in a panel's lower corners. */
function ends(pen: Pen, frame: Frame, left: number, top: number): void {
  pen.strokeStyle = LINE;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(left, top + PLOT + 0.5);
  pen.lineTo(left + PANEL, top + PLOT + 0.5);
  pen.stroke();
  const text = (x: number) => x.toPrecision(2).replace('-', '−');
  pen.fillStyle = QUIET;
  pen.textAlign = 'left';
  pen.fillText(text(frame.low[0]!), left + 8, top + PANEL - 8);
  pen.textAlign = 'right';
  pen.fillText(text(frame.high[0]!), left + PANEL - 8, top + PANEL - 8);
  pen.textAlign = 'left';
}
