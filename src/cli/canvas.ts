// Pictures in Node: a canvas, and a font that is there on every machine.

import { createRequire } from 'node:module';
import { createCanvas, GlobalFonts } from '@napi-rs/canvas';
import { drawPicture, type Pen, pictureSize, type RunPicture } from '../export/picture';

/** A machine without a screen often has no fonts: text would silently be left out. */
const FAMILY = 'webgan Inter';
let registered = false;

function registerFonts(): void {
  if (registered) return;
  const { resolve } = createRequire(import.meta.url);
  for (const weight of [400, 600]) {
    GlobalFonts.registerFromPath(
      resolve(`@fontsource/inter/files/inter-latin-${weight}-normal.woff2`),
      FAMILY,
    );
  }
  registered = true;
}

/** Draws on a new canvas of this size. `family` is a font that is there. */
export async function renderPng(
  size: { width: number; height: number },
  draw: (pen: Pen, family: string) => void,
): Promise<Uint8Array> {
  registerFonts();
  const canvas = createCanvas(size.width, size.height);
  draw(canvas.getContext('2d') as unknown as Pen, `'${FAMILY}', sans-serif`);
  return canvas.encode('png');
}

/** A run's picture as PNG. */
export const renderPicture = (picture: RunPicture): Promise<Uint8Array> =>
  renderPng(pictureSize(picture), (pen, family) => drawPicture(pen, picture, family));
