// Runs of images for the browser's tests: networks that are small enough to train at once, and files made for them.

import { gzipSync } from 'node:zlib';
import { createCanvas } from '@napi-rs/canvas';

export interface Shape {
  readonly channels: 1 | 3;
  readonly height: number;
  readonly width: number;
}

/** An address whose run is of images of this shape, by dense layers: from the data given, or from files to be opened. */
export function imageHash({ channels, height, width }: Shape, data?: object): string {
  const overrides = {
    data: data ?? { source: 'images', channels, height, width },
    noise: { type: 'normal', size: 4 },
    generator: [
      { type: 'dense', units: 16 },
      { type: 'relu' },
      { type: 'dense', units: channels * height * width },
      { type: 'tanh' },
      { type: 'reshape', shape: [channels, height, width] },
    ],
    discriminator: [
      { type: 'flatten' },
      { type: 'dense', units: 16 },
      { type: 'leakyRelu', slope: 0.2 },
      { type: 'dense', units: 1 },
    ],
    batchSize: 8,
  };
  const fields = Object.entries(overrides).map(([path, value]) => [path, JSON.stringify(value)]);
  return `#${new URLSearchParams([['preset', 'mnist-mlp'], ...fields])}`;
}

/** A file as a picker takes it. */
export interface FileToOpen {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

const file = (name: string, bytes: Uint8Array): FileToOpen => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(bytes),
});

/** `count` images in IDX files with their labels, of four classes, gzipped: a bright bar each, in a place of its class. */
export function idxFiles(count: number, { height, width }: Omit<Shape, 'channels'>): FileToOpen[] {
  const images = Buffer.alloc(16 + count * height * width);
  images.writeUInt32BE(0x803);
  [count, height, width].forEach((length, i) => {
    images.writeUInt32BE(length, 4 + 4 * i);
  });
  const labels = Buffer.alloc(8 + count);
  labels.writeUInt32BE(0x801);
  labels.writeUInt32BE(count, 4);
  for (let i = 0; i < count; i++) {
    const label = i % 4;
    labels[8 + i] = label;
    for (let row = 0; row < height; row++) {
      const start = 16 + (i * height + row) * width;
      images.fill(40 * label, start, start + width);
      images[start + Math.floor(((label + 0.5) * width) / 4)] = 255;
    }
  }
  return [
    file('train-images-idx3-ubyte.gz', gzipSync(images)),
    file('train-labels-idx1-ubyte.gz', gzipSync(labels)),
  ];
}

/** A PNG file of one colour. */
export function pngFile(name: string, colour: string, side = 12): FileToOpen {
  const canvas = createCanvas(side, side);
  const context = canvas.getContext('2d');
  context.fillStyle = colour;
  context.fillRect(0, 0, side, side);
  return file(name, canvas.toBuffer('image/png'));
}
