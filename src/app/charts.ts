// Live curves: V with its optimum, the losses, what D says, and JS with its floor.

import { effect } from '@preact/signals-core';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { element } from './elements';
import type { Model } from './model';
import { prefersDark } from './stage';
import { count, decimal } from './words';

interface Curve {
  readonly label: string;
  /** Custom property with its colour. */
  readonly colour: string;
  readonly values: (model: Model) => readonly number[];
  readonly dashed?: boolean;
}

interface ChartDescription {
  readonly id: string;
  readonly title: string;
  readonly steps: (model: Model) => readonly number[];
  readonly curves: readonly Curve[];
  /** A dashed line to hold the curves against. */
  readonly goal?: { readonly label: string; readonly value: number };
  /** Lowest and highest value that are always within the axis. */
  readonly range?: readonly [number, number];
  /** Few numbers far between: each is marked. */
  readonly marked?: boolean;
  /** Whether the run has it; without, it always does. */
  readonly shown?: (model: Model) => boolean;
  /** What stands there while there is nothing to draw. */
  readonly empty?: (model: Model) => string;
}

/** Between two drawings of the charts. */
const REFRESH_MILLISECONDS = 250;
const LOG_4 = Math.log(4);
/** Distances between an axis' marks of steps: whole ones. */
const STEP_MARKS = Array.from({ length: 10 }, (_, power) => [1, 2, 5].map((n) => n * 10 ** power)).flat();

const CHARTS: readonly ChartDescription[] = [
  {
    id: 'value',
    title: 'V(D, G)',
    steps: (model) => model.metrics.steps,
    curves: [{ label: 'V', colour: '--ink', values: (model) => model.metrics.column('value') }],
    goal: { label: '−log 4', value: -LOG_4 },
    range: [-1.5, -1.2],
  },
  {
    id: 'scores',
    title: 'D’s verdict',
    steps: (model) => model.metrics.steps,
    curves: [
      { label: 'D(x)', colour: '--real', values: (model) => model.metrics.column('realScore') },
      { label: 'D(G(z))', colour: '--generated', values: (model) => model.metrics.column('fakeScore') },
    ],
    goal: { label: '½', value: 0.5 },
    range: [0, 1],
  },
  {
    id: 'losses',
    title: 'Losses',
    steps: (model) => model.metrics.steps,
    curves: [
      { label: 'D', colour: '--discriminator', values: (model) => model.metrics.column('discriminatorLoss') },
      { label: 'G', colour: '--generated', values: (model) => model.metrics.column('generatorLoss') },
    ],
  },
  {
    id: 'divergence',
    title: 'JS, nats',
    steps: (model) => model.divergence.steps,
    curves: [
      { label: 'JS', colour: '--ink', values: (model) => model.divergence.column('js') },
      {
        label: 'floor',
        colour: '--muted',
        values: (model) => model.divergence.column('jsFloor'),
        dashed: true,
      },
    ],
    range: [0, 0.1],
    marked: true,
    shown: ({ configured }) => !configured.value?.measures.images,
    empty: ({ configured }) => {
      const { measures, config } = configured.value ?? {};
      if (!measures || !config) return '';
      return measures.js ? `measured every ${count(config.evaluateEvery)} steps` : 'not known for this data';
    },
  },
  {
    id: 'patches',
    title: 'SWD of patches',
    steps: (model) => model.patches.steps,
    curves: [
      { label: 'G', colour: '--ink', values: (model) => model.patches.column('swd') },
      {
        label: 'real',
        colour: '--muted',
        values: (model) => model.patches.column('swdReal'),
        dashed: true,
      },
    ],
    range: [0, 10],
    marked: true,
    shown: ({ configured }) => configured.value?.measures.images === true,
    empty: ({ configured }) => `measured every ${count(configured.value?.config.evaluateEvery ?? 0)} steps`,
  },
];

export function bindCharts(model: Model): void {
  const charts = CHARTS.map((description) => new Chart(description, model));
  element('charts').append(...charts.map((chart) => chart.figure));
  let waiting = false;
  const refresh = () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      requestAnimationFrame(() => {
        for (const chart of charts) chart.update();
      });
    }, REFRESH_MILLISECONDS);
  };
  effect(() => {
    model.historyVersion.value;
    model.configured.value;
    refresh();
  });
  // Colours are baked into a chart when it is made.
  prefersDark.addEventListener('change', () => {
    for (const chart of charts) chart.restyle();
  });
}

class Chart {
  readonly figure = document.createElement('figure');
  readonly #description: ChartDescription;
  readonly #model: Model;
  readonly #plotArea = document.createElement('div');
  readonly #values: readonly HTMLElement[];
  #plot: uPlot | undefined;

  constructor(description: ChartDescription, model: Model) {
    this.#description = description;
    this.#model = model;
    this.figure.className = 'chart';
    this.figure.dataset.chart = description.id;
    const title = Object.assign(document.createElement('span'), {
      className: 'chart-title',
      textContent: description.title,
    });
    this.#values = description.curves.map(() => document.createElement('b'));
    const keys = description.curves.map(({ label, colour, dashed }, i) =>
      key(label, colour, dashed === true, this.#values[i]),
    );
    if (description.goal) keys.push(key(description.goal.label, '--muted', true));
    const caption = document.createElement('figcaption');
    caption.append(title, ...keys);
    this.#plotArea.className = 'plot';
    this.#plotArea.setAttribute('role', 'img');
    this.figure.append(caption, this.#plotArea);
    // Its words are there before anything is drawn: without WebGPU nothing ever is.
    this.update();
    new ResizeObserver(() => this.#fit()).observe(this.#plotArea);
  }

  update(): void {
    this.figure.hidden = this.#description.shown?.(this.#model) === false;
    const columns = this.#description.curves.map((curve) => curve.values(this.#model));
    columns.forEach((column, i) => {
      this.#values[i]!.textContent = decimal(column.at(-1));
    });
    this.#plotArea.setAttribute('aria-label', this.#inWords(columns));
    this.#plotArea.dataset.empty =
      columns[0]!.length === 0 ? (this.#description.empty?.(this.#model) ?? '') : '';
    this.#plot?.setData(this.#data());
  }

  restyle(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    this.#fit();
  }

  #fit(): void {
    const { clientWidth: width, clientHeight: height } = this.#plotArea;
    if (width === 0 || height === 0) return;
    if (this.#plot) this.#plot.setSize({ width, height });
    else
      this.#plot = onPlainCanvas(() => new uPlot(this.#options(width, height), this.#data(), this.#plotArea));
  }

  #data(): uPlot.AlignedData {
    const { curves, goal, steps } = this.#description;
    const x = steps(this.#model);
    const columns = curves.map((curve) => curve.values(this.#model));
    if (goal) columns.push(x.map(() => goal.value));
    return [x, ...columns] as unknown as uPlot.AlignedData;
  }

  #inWords(columns: readonly (readonly number[])[]): string {
    const { title, curves, goal, steps } = this.#description;
    const last = steps(this.#model).at(-1);
    if (last === undefined) return `${title}: nothing measured yet`;
    const values = curves.map(({ label }, i) => `${label} ${decimal(columns[i]!.at(-1))}`);
    const against = goal ? `; the line to hold it against is ${goal.label}` : '';
    return `${title} up to step ${last}: ${values.join(', ')}${against}`;
  }

  #options(width: number, height: number): uPlot.Options {
    const style = getComputedStyle(document.documentElement);
    const colour = (property: string) => style.getPropertyValue(property).trim();
    const { curves, goal, range, marked } = this.#description;
    const line = (label: string, property: string, dashed: boolean): uPlot.Series => ({
      label,
      stroke: colour(property),
      width: dashed ? 1.25 : 1.5,
      points: { show: marked === true && !dashed, size: 5, fill: colour(property) },
      ...(dashed ? { dash: [5, 4] } : {}),
    });
    const axis: uPlot.Axis = {
      stroke: colour('--muted'),
      font: `11px ${style.fontFamily}`,
      grid: { stroke: colour('--hairline'), width: 1 },
      ticks: { show: false },
    };
    return {
      width,
      height,
      pxAlign: false,
      legend: { show: false },
      cursor: { show: false },
      padding: [6, 10, 0, 0],
      scales: {
        x: {
          time: false,
          // All charts show the same stretch of training.
          range: () => [0, Math.max(10, this.#model.metrics.steps.at(-1) ?? 0)],
        },
        y: { range: (_, low, high) => withMargin(low, high, range) },
      },
      axes: [
        { ...axis, size: 24, gap: 4, incrs: STEP_MARKS, values: (_, splits) => splits.map(shortStep) },
        { ...axis, size: 44, gap: 4, space: 26, values: (_, splits) => splits.map((y) => shortNumber(y)) },
      ],
      series: [
        {},
        ...curves.map(({ label, colour: property, dashed }) => line(label, property, dashed === true)),
        ...(goal ? [line(goal.label, '--muted', true)] : []),
      ],
    };
  }
}

/**
 * Makes a chart whose canvas is drawn by the CPU. The GPU has better to do: on a software adapter, which is the CPU, charts
 * drawn through it made the training seven times slower. uPlot asks for its context itself and takes no options for it,
 * so they are put in while it does.
 */
function onPlainCanvas<Chart>(make: () => Chart): Chart {
  const { prototype } = HTMLCanvasElement;
  const { getContext } = prototype;
  const withOptions = getContext as (type: string, options: object) => RenderingContext | null;
  prototype.getContext = function (this: HTMLCanvasElement, type: string) {
    return withOptions.call(this, type, { willReadFrequently: true });
  } as typeof getContext;
  try {
    return make();
  } finally {
    prototype.getContext = getContext;
  }
}

/** The axis: around the numbers with some air, and never without what is always to be seen. */
function withMargin(
  low: number | null,
  high: number | null,
  always: readonly [number, number] | undefined,
): [number, number] {
  const [alwaysLow, alwaysHigh] = always ?? [low ?? 0, high ?? 1];
  const from = Math.min(low ?? alwaysLow, alwaysLow);
  const to = Math.max(high ?? alwaysHigh, alwaysHigh);
  const air = (to - from || 1) * 0.06;
  return [from - (from === 0 ? 0 : air), to + air];
}

const shortStep = (step: number) =>
  step >= 1000 ? `${+(step / 1000).toFixed(1)}k` : String(Math.round(step));
const shortNumber = (y: number) => (y === 0 ? '0' : String(+y.toPrecision(3))).replace('-', '−');

function key(label: string, property: string, dashed: boolean, value?: HTMLElement): HTMLElement {
  const item = document.createElement('span');
  item.className = dashed ? 'key key-dashed' : 'key';
  item.style.setProperty('--colour', `var(${property})`);
  item.append(label, ...(value ? [' ', value] : []));
  return item;
}
