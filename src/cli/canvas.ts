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

/** A run's picture as PNG. */
export async function renderPicture(picture: RunPicture): Promise<Uint8Array> {
  registerFonts();
  const { width, height } = pictureSize(picture);
  const canvas = createCanvas(width, height);
  drawPicture(canvas.getContext('2d') as unknown as Pen, picture, `'${FAMILY}', sans-serif`);
  return canvas.encode('png');
}
