// Batches of a problem: drawn from given numbers, for those who draw on the CPU and for comparing everybody on the same.

import { makePictures, pixelValue } from './pictures';
import { type Batch, normalNumbers, type Problem, type RingData, uniformNumbers } from './problem';

/** A sampler of whole batches; the pictures are made once. */
export function batchDrawer(problem: Problem): (uniform: () => number) => Batch {
  const { batchSize, noiseSize, data } = problem;
  const drawReal =
    data.kind === 'ring' ? ringDrawer(data) : pictureDrawer(makePictures(data), data.side ** 2);
  return (uniform) => {
    const normal = normalNumbers(uniform);
    const real = drawReal(batchSize, uniform);
    const noise = () => Float32Array.from({ length: noiseSize * batchSize }, normal);
    return { real, discriminatorNoise: noise(), generatorNoise: noise() };
  };
}

function ringDrawer({ modes, radius, standardDeviation }: RingData) {
  return (count: number, uniform: () => number) => {
    const normal = normalNumbers(uniform);
    const real = new Float32Array(2 * count);
    for (let sample = 0; sample < count; sample++) {
      const angle = (2 * Math.PI * Math.floor(uniform() * modes)) / modes;
      real[2 * sample] = radius * Math.cos(angle) + standardDeviation * normal();
      real[2 * sample + 1] = radius * Math.sin(angle) + standardDeviation * normal();
    }
    return real;
  };
}

function pictureDrawer(pixels: Uint8Array, size: number) {
  const values = Float32Array.from(pixels, pixelValue);
  return (count: number, uniform: () => number) => {
    const real = new Float32Array(count * size);
    for (let sample = 0; sample < count; sample++) {
      const index = Math.floor((uniform() * values.length) / size);
      real.set(values.subarray(index * size, (index + 1) * size), sample * size);
    }
    return real;
  };
}

/** The given batches on which everybody's mathematics is compared before anything is timed. */
export function fixedBatches(problem: Problem, count: number): readonly Batch[] {
  const uniform = uniformNumbers(271_828);
  const draw = batchDrawer(problem);
  return Array.from({ length: count }, () => draw(uniform));
}
