// Images as the scores take them: numbers in PyTorch's order.

export interface Pictures {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  /** [count, channels, height, width], from −1 black to 1 white. */
  readonly pixels: Float32Array;
}

/** Numbers of one picture. */
export const pictureSize = ({ channels, height, width }: Pictures): number => channels * height * width;

export const pictureCount = (pictures: Pictures): number => pictures.pixels.length / pictureSize(pictures);

/** Pictures `from` to before `to`, without a copy. */
export function slicePictures(pictures: Pictures, from: number, to?: number): Pictures {
  const size = pictureSize(pictures);
  const end = to === undefined ? undefined : to * size;
  return { ...pictures, pixels: pictures.pixels.subarray(from * size, end) };
}
