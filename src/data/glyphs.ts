// glyphs: digits, or digits and letters, drawn by the GPU itself, so that images can be trained on without any data.

import * as v from 'valibot';
import { drawBatch, drawLabels } from '../../shaders/glyphs.wgsl';
import { linearGrid, work } from '../gpu/work';
import { wholeFrom } from '../math/ranges';
import type { Kernel } from '../wgsl/kernel';
import { specialize } from '../wgsl/specialize';
import { GLYPHS, type Stroke } from './glyph-strokes';
import { defineData } from './source';

export default defineData({
  source: 'glyphs',
  summary: 'Digits, or digits and letters, drawn by the GPU itself: images without any data.',
  formula: 'x = strokes of a class, moved, turned, sheared and scaled by chance',
  schema: v.strictObject({
    source: v.literal('glyphs'),
    classes: v.optional(
      v.pipe(
        v.picklist([10, 36], '10 (digits) or 36 (digits and letters) would do'),
        v.description('The ten digits, or digits and capital letters.'),
      ),
      10,
    ),
    size: v.optional(v.pipe(wholeFrom(8, 256), v.description('Pixels along each side.')), 28),
  }),
  create: ({ classes, size }) => {
    const constants = { SIZE: size, CLASSES: classes };
    const [batchKernel, labelKernel] = [specialize(drawBatch, constants), specialize(drawLabels, constants)];
    const glyphs = GLYPHS.slice(0, classes).map(([, strokes]) => strokes);
    const starts = new Uint32Array(classes + 1);
    glyphs.forEach((strokes, i) => {
      starts[i + 1] = starts[i]! + strokes.length;
    });
    return {
      shape: [1, size, size],
      image: { channels: 1, height: size, width: size },
      classes,
      tables: { strokes: new Float32Array(glyphs.flat().flatMap(tableRow)), starts },
      draw: ({ clock, output, batch, stream, tables }) => {
        const [strokes, starts] = [tables.strokes!, tables.starts!];
        const bindings = { clock, random: { ...stream, count: batch }, output, strokes, starts };
        return [work(batchKernel, bindings, linearGrid(batch * size, batchKernel as unknown as Kernel))];
      },
      drawLabels: ({ clock, output, batch, stream }) => {
        const bindings = { clock, random: { ...stream, count: batch }, labels: output };
        return [work(labelKernel, bindings, linearGrid(batch, labelKernel as unknown as Kernel))];
      },
    };
  },
});

/** A stroke's two vec4s, as shaders/glyphs.wgsl reads them. */
function tableRow(stroke: Stroke): number[] {
  if (stroke.type === 'line') return [...stroke.from, ...stroke.to, 0, 0, 0, 0];
  const radians = Math.PI / 180;
  const middle = ((stroke.from + stroke.to) / 2) * radians;
  const half = ((stroke.to - stroke.from) / 2) * radians;
  return [
    ...stroke.center,
    Math.cos(middle),
    Math.sin(middle),
    stroke.radius,
    Math.cos(half),
    Math.sin(half),
    0,
  ];
}
