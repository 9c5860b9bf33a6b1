// The canvas on the page: its size, colours and what is shown on it, as the worker needs to know them.

import { type Signal, signal } from '@preact/signals-core';
import { element } from './elements';
import type { Colour, Palette, View } from './protocol';

/** Milliseconds between two pictures, at least. */
const INTERVAL = 40;
const CALM_INTERVAL = 1000;
/** Beyond this many device pixels a side, a sharper picture is not worth its time. */
const MAX_SIDE = 2048;

/** Colour schemes and reduced motion, as the user's system asks for them. */
export const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const prefersCalm = matchMedia('(prefers-reduced-motion: reduce)');

/** The colour of a custom property that is written as #rrggbb. */
function cssColour(property: string): Colour {
  const hex = getComputedStyle(document.documentElement).getPropertyValue(property).trim();
  const channel = (at: number) => Number.parseInt(hex.slice(at, at + 2), 16) / 255;
  return [channel(1), channel(3), channel(5)];
}

/** Keeps a `View` of the stage up to date, and makes its canvases. */
export class Stage {
  readonly view: Signal<View>;
  readonly #frame = element('canvas-frame');

  constructor() {
    this.view = signal(this.#look());
    const refresh = () => {
      this.view.value = this.#look();
    };
    new ResizeObserver(refresh).observe(this.#frame);
    prefersDark.addEventListener('change', refresh);
    prefersCalm.addEventListener('change', refresh);
    for (const id of ['show-real', 'show-generated', 'show-field', 'class'])
      element(id).addEventListener('change', refresh);
  }

  /** Puts a new canvas in place of the old one. */
  readonly makeCanvas = (): HTMLCanvasElement => {
    const canvas = document.createElement('canvas');
    canvas.setAttribute('role', 'img');
    canvas.setAttribute('aria-describedby', 'stage-key');
    canvas.setAttribute('aria-label', 'Real and generated samples over the discriminator’s field');
    this.#frame.replaceChildren(canvas);
    return canvas;
  };

  /** Offers the classes of a run to be shown, all of them to begin with; none of a run that has none. */
  offerClasses(classes: number | undefined): void {
    const select = element('class', HTMLSelectElement);
    element('class-field').hidden = classes === undefined;
    if (select.options.length === (classes ?? 0) + 1) return;
    const each = Array.from({ length: classes ?? 0 }, (_, i) => new Option(String(i)));
    select.replaceChildren(new Option('all', ''), ...each);
    this.view.value = this.#look();
  }

  #look(): View {
    const { clientWidth: width, clientHeight: height } = this.#frame;
    const side = Math.max(width, height, 1);
    const pixelRatio = Math.min(devicePixelRatio, MAX_SIDE / side);
    return {
      width: Math.max(1, Math.round(width * pixelRatio)),
      height: Math.max(1, Math.round(height * pixelRatio)),
      pixelRatio,
      palette: palette(),
      show: {
        real: element('show-real', HTMLInputElement).checked,
        generated: element('show-generated', HTMLInputElement).checked,
        field: element('show-field', HTMLInputElement).checked,
      },
      label: chosenClass(),
      interval: prefersCalm.matches ? CALM_INTERVAL : INTERVAL,
    };
  }
}

function chosenClass(): number | undefined {
  const { value } = element('class', HTMLSelectElement);
  return value === '' ? undefined : Number(value);
}

function palette(): Palette {
  return {
    paper: cssColour('--stage'),
    ink: cssColour('--ink'),
    real: cssColour('--real'),
    generated: cssColour('--generated'),
    discriminator: cssColour('--discriminator'),
  };
}
