// Image files decoded by the browser itself.

import type { Decode } from '../../data/reading/options';

export const decode: Decode = async (bytes, type) => {
  const bitmap = await createImageBitmap(new Blob([bytes], { type }), {
    // As the file says them, like the command's decoder.
    colorSpaceConversion: 'none',
    premultiplyAlpha: 'none',
  });
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return { width, height, data: context.getImageData(0, 0, width, height).data };
};
