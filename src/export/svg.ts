// Charts as SVG text: rows of panels with axes, lines, dots, areas and heat maps, readable on light and dark ground.

/**
 * What a mark stands for decides its colour: `data` blue, `generated` vermilion, `ink` the text's own, `quiet` grey, and
 * `print` black on any ground, for what lies on a heat map.
 */
export type Tone = (typeof TONES)[number];
const TONES = ['data', 'generated', 'ink', 'quiet', 'print'] as const;

export type Point = readonly [x: number, y: number];

export type Mark =
  | {
      readonly type: 'line';
      readonly points: readonly Point[];
      readonly tone: Tone;
      readonly dashed?: boolean;
    }
  /** Filled down to y = 0. */
  | { readonly type: 'area'; readonly points: readonly Point[]; readonly tone: Tone }
  | {
      readonly type: 'dots';
      readonly points: readonly Point[];
      readonly tone: Tone;
      readonly radius?: number;
    }
  /** Vertical bars from low to high. */
  | {
      readonly type: 'ranges';
      readonly ranges: readonly (readonly [x: number, low: number, high: number])[];
      readonly tone: Tone;
    }
  | HeatMap;

/** `values` fill the panel, `columns` a row, from the lowest y up; each is between 0 and 1. */
export interface HeatMap {
  readonly type: 'heat';
  readonly columns: number;
  readonly values: ArrayLike<number>;
  readonly colour: (value: number) => string;
}

export interface Axis {
  readonly low: number;
  readonly high: number;
  readonly label?: string;
  /** What a tick's number is written as; by default the number. */
  readonly format?: (value: number) => string;
}

export interface Panel {
  readonly title?: string;
  readonly x: Axis;
  readonly y: Axis;
  /** Pixels of the plotted rectangle. */
  readonly width: number;
  readonly height: number;
  /** Drawn in order, later ones over earlier ones. */
  readonly marks: readonly Mark[];
}

export interface LegendEntry {
  readonly text: string;
  readonly tone: Tone;
  readonly shape: 'line' | 'dashed' | 'dot' | 'area';
}

export interface Figure {
  readonly title: string;
  readonly caption: string;
  readonly legend?: readonly LegendEntry[];
  readonly rows: readonly (readonly Panel[])[];
}

/** Around a panel; above and below, more where a row has titles or labels. */
const MARGIN = { left: 58, right: 14, top: 8, title: 22, bottom: 26, label: 18 };
const EDGE = 16;

// Okabe and Ito's blue and vermilion, lightened for the dark; both keep apart for every kind of colour vision.
const STYLE = `
svg { --ground: #ffffff; --ink: #1c1c1c; --quiet: #6b6b6b; --line: #d4d4d4; --data: #0072b2; --generated: #d55e00; --print: #000000; }
@media (prefers-color-scheme: dark) {
  svg { --ground: #16181c; --ink: #ececec; --quiet: #a0a4ab; --line: #3b3f46; --data: #56b4e9; --generated: #ff8a3d; }
}
text { font: 12px system-ui, -apple-system, 'Segoe UI', Inter, 'DejaVu Sans', sans-serif; fill: var(--ink); }
.heading { font-size: 17px; font-weight: 600; }
.title { font-weight: 600; }
.tick, .caption { fill: var(--quiet); }
.tick { font-size: 11px; }
.frame { fill: none; stroke: var(--line); }
.grid { stroke: var(--line); stroke-width: 0.6; }
.line { fill: none; stroke-width: 1.8; stroke-linejoin: round; stroke-linecap: round; }
.dashed { stroke-dasharray: 5 4; }
.area { fill-opacity: 0.2; }
.heat { shape-rendering: crispEdges; }
${TONES.map(
  (tone) =>
    `.line.${tone}, .range.${tone} { stroke: var(--${tone}); } .dot.${tone}, .area.${tone} { fill: var(--${tone}); }`,
).join('\n')}
`;

/** The figure as a whole SVG document. */
export function svg({ title, caption, legend = [], rows }: Figure): string {
  const body: string[] = [];
  let top = EDGE + 28 + (caption ? 20 : 0) + (legend.length > 0 ? 24 : 0);
  let right = 0;
  for (const row of rows) {
    let left = EDGE;
    top += MARGIN.top + (row.some((panel) => panel.title) ? MARGIN.title : 0);
    for (const panel of row) {
      body.push(`<g transform="translate(${left + MARGIN.left} ${top})">${panelSvg(panel)}</g>`);
      left += MARGIN.left + panel.width + MARGIN.right;
    }
    right = Math.max(right, left);
    top += Math.max(...row.map((panel) => panel.height)) + MARGIN.bottom;
    if (row.some((panel) => panel.x.label)) top += MARGIN.label;
  }
  const [width, height] = [Math.max(right + EDGE, 560), top + EDGE];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escapeText(title)}</title><desc>${escapeText(caption)}</desc><style>${STYLE}</style>`,
    `<rect width="${width}" height="${height}" style="fill: var(--ground)"/>`,
    `<text class="heading" x="${EDGE}" y="${EDGE + 18}">${escapeText(title)}</text>`,
    caption ? `<text class="caption" x="${EDGE}" y="${EDGE + 40}">${escapeText(caption)}</text>` : '',
    `<defs>${clipsSvg(rows.flat())}</defs>`,
    legendSvg(legend, EDGE + (caption ? 64 : 44)),
    ...body,
    '</svg>\n',
  ].join('\n');
}

const clipName = (width: number, height: number) => `clip-${width}x${height}`;

/** What marks are cut off by: one for each size of panel. */
function clipsSvg(panels: readonly Panel[]): string {
  const sizes = new Map(panels.map((panel) => [clipName(panel.width, panel.height), panel]));
  return [...sizes]
    .map(
      ([id, { width, height }]) =>
        `<clipPath id="${id}"><rect width="${width}" height="${height}"/></clipPath>`,
    )
    .join('');
}

function legendSvg(legend: readonly LegendEntry[], y: number): string {
  let x = EDGE;
  return legend
    .map(({ text, tone, shape }) => {
      const at = x;
      // Text cannot be measured here: about 6.3 pixels a letter at this size.
      x += 50 + 6.3 * text.length;
      const sample =
        shape === 'dot'
          ? `<circle class="dot ${tone}" cx="${at + 11}" cy="${y - 4}" r="3"/>`
          : shape === 'area'
            ? `<rect class="area ${tone}" x="${at}" y="${y - 10}" width="22" height="12"/>`
            : `<path class="line ${tone}${shape === 'dashed' ? ' dashed' : ''}" d="M${at} ${y - 4}h22"/>`;
      return `${sample}<text x="${at + 30}" y="${y}">${escapeText(text)}</text>`;
    })
    .join('');
}

function panelSvg({ title, x, y, width, height, marks }: Panel): string {
  const toX = (value: number) => ((value - x.low) / (x.high - x.low)) * width;
  const toY = (value: number) => height - ((value - y.low) / (y.high - y.low)) * height;
  const parts: string[] = [];
  if (title) parts.push(`<text class="title" x="0" y="-10">${escapeText(title)}</text>`);
  for (const tick of ticks(x, width / 45)) {
    const at = round(toX(tick));
    parts.push(`<path class="grid" d="M${at} 0v${height}"/>`);
    parts.push(
      `<text class="tick" x="${at}" y="${height + 15}" text-anchor="middle">${label(x, tick)}</text>`,
    );
  }
  for (const tick of ticks(y, height / 32)) {
    const at = round(toY(tick));
    parts.push(`<path class="grid" d="M0 ${at}h${width}"/>`);
    parts.push(`<text class="tick" x="-6" y="${at + 4}" text-anchor="end">${label(y, tick)}</text>`);
  }
  parts.push(`<g clip-path="url(#${clipName(width, height)})">`);
  for (const mark of marks) parts.push(markSvg(mark, toX, toY, width, height));
  parts.push(`</g><rect class="frame" width="${width}" height="${height}"/>`);
  if (x.label) {
    parts.push(
      `<text class="caption" x="${width / 2}" y="${height + 33}" text-anchor="middle">${escapeText(x.label)}</text>`,
    );
  }
  if (y.label) {
    const at = `transform="translate(-44 ${height / 2}) rotate(-90)"`;
    parts.push(`<text class="caption" ${at} text-anchor="middle">${escapeText(y.label)}</text>`);
  }
  return parts.join('');
}

type Scale = (value: number) => number;

function markSvg(mark: Mark, toX: Scale, toY: Scale, width: number, height: number): string {
  switch (mark.type) {
    case 'line':
      return `<path class="line ${mark.tone}${mark.dashed ? ' dashed' : ''}" d="${path(mark.points, toX, toY)}"/>`;
    case 'area': {
      const [first, last] = [mark.points[0]!, mark.points.at(-1)!];
      const outline = path([[first[0], 0], ...mark.points, [last[0], 0]], toX, toY);
      return `<path class="area ${mark.tone}" d="${outline}Z"/>`;
    }
    case 'dots':
      return mark.points
        .map(([x, y]) => {
          const place = `cx="${round(toX(x))}" cy="${round(toY(y))}"`;
          return `<circle class="dot ${mark.tone}" ${place} r="${mark.radius ?? 2.5}"/>`;
        })
        .join('');
    case 'ranges':
      return mark.ranges
        .map(([x, low, high]) => {
          const stem = `M${round(toX(x))} ${round(toY(low))}V${round(toY(high))}`;
          return `<path class="range ${mark.tone}" stroke-width="1.4" d="${stem}"/>`;
        })
        .join('');
    case 'heat':
      return heatSvg(mark, width, height);
  }
}

const path = (points: readonly Point[], toX: Scale, toY: Scale) =>
  points.map(([x, y], i) => `${i ? 'L' : 'M'}${round(toX(x))} ${round(toY(y))}`).join('');

/** Shades of a heat map: few enough that neighbours join into long strips, which keeps the file small. */
const SHADES = 32;

function heatSvg({ columns, values, colour }: HeatMap, width: number, height: number): string {
  const rows = values.length / columns;
  const strips = new Map<number, string>();
  const shadeAt = (i: number) => Math.round(Math.min(1, Math.max(0, values[i]!)) * SHADES);
  for (let row = 0; row < rows; row++) {
    for (let start = 0, end = 0; start < columns; start = end) {
      const shade = shadeAt(row * columns + start);
      while (end < columns && shadeAt(row * columns + end) === shade) end++;
      const strip = `M${start} ${rows - 1 - row}h${end - start}v1H${start}z`;
      strips.set(shade, (strips.get(shade) ?? '') + strip);
    }
  }
  const shapes = [...strips].map(([shade, d]) => `<path fill="${colour(shade / SHADES)}" d="${d}"/>`);
  return `<g class="heat" transform="scale(${round(width / columns)} ${round(height / rows)})">${shapes.join('')}</g>`;
}

/** Round numbers inside an axis, about `wanted` of them (two at least), 1, 2 or 5 times a power of ten apart. */
export function ticks({ low, high }: Pick<Axis, 'low' | 'high'>, wanted: number): number[] {
  const rough = (high - low) / Math.max(2, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  // Multiplying instead of adding keeps 0 at 0; twelve digits hide what float64 cannot hold of 0.1.
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

const label = (axis: Axis, value: number) => escapeText((axis.format ?? plain)(value));
const plain = (value: number) => String(value).replace('-', '−');
const round = (value: number) => Math.round(value * 1e2) / 1e2;
const escapeText = (text: string) =>
  text.replace(
    /[&<>"]/g,
    (character) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[character]!,
  );
