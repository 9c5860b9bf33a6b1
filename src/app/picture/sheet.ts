// The geometry of the sheet of images: how many there are, and where on the canvas each lies.

/** A row of `columns` real images over `rows` of `columns` generated ones. */
export interface Sheet {
  readonly columns: number;
  readonly rows: number;
}

/** Images in a grid on the canvas; lengths in device pixels. */
export interface Block {
  readonly columns: number;
  readonly rows: number;
  /** Of the upper left image, from the canvas' upper left. */
  readonly origin: readonly [number, number];
  /** Of an image on the screen. */
  readonly size: readonly [number, number];
  /** From one image to the next. */
  readonly pitch: readonly [number, number];
  /** Around the images, for their frame. */
  readonly margin: number;
}

const COLUMNS = 8;
/** Eight times eight is what a batch of samples holds: the sheet shows what `Trainer.sample` gives for its seed. */
const MOST_ROWS = 8;
/** In CSS pixels: between images, around a block of them, and between the two blocks. */
const GAP = 2;
const MARGIN = 5;
const BETWEEN = 5;

/** Classes in a sheet of all, a row each. */
const MOST_CLASSES = 12;

/** As many rows as make the whole sheet about as high as it is wide, or as there are classes. */
export function sheetOf(
  { width, height }: { readonly width: number; readonly height: number },
  classes?: number,
): Sheet {
  if (classes !== undefined) return { columns: COLUMNS, rows: Math.min(classes, MOST_CLASSES) };
  const inAll = Math.round((COLUMNS * width) / height);
  return { columns: COLUMNS, rows: Math.min(Math.max(inAll - 1, 2), MOST_ROWS) };
}

/**
 * Places the sheet in the middle of the canvas, about as large as it fits, every image at whole device pixels.
 */
export function sheetLayout(
  { columns, rows }: Sheet,
  image: { readonly width: number; readonly height: number },
  view: { readonly width: number; readonly height: number; readonly pixelRatio: number },
): { readonly real: Block; readonly generated: Block } {
  const gap = Math.round(GAP * view.pixelRatio);
  const margin = Math.round(MARGIN * view.pixelRatio);
  const between = Math.round(BETWEEN * view.pixelRatio);
  const roomX = (view.width - 2 * margin - (columns - 1) * gap) / columns;
  // Two blocks, each with its margins, and a row more than the generated ones.
  const roomY = (view.height - 4 * margin - between - (rows - 1) * gap) / (rows + 1);
  const enlargement = enlarge(Math.min(roomX / image.width, roomY / image.height));
  const size = [
    Math.max(1, Math.floor(image.width * enlargement)),
    Math.max(1, Math.floor(image.height * enlargement)),
  ] as const;
  const pitch = [size[0] + gap, size[1] + gap] as const;
  const whole = [
    columns * pitch[0] - gap + 2 * margin,
    size[1] + rows * pitch[1] - gap + 4 * margin + between,
  ] as const;
  const left = Math.max(0, Math.floor((view.width - whole[0]) / 2)) + margin;
  const top = Math.max(0, Math.floor((view.height - whole[1]) / 2)) + margin;
  const block = (y: number, count: number): Block => ({
    columns,
    rows: count,
    origin: [left, y],
    size,
    pitch,
    margin,
  });
  return { real: block(top, 1), generated: block(top + size[1] + 2 * margin + between, rows) };
}

/** A whole number of times where that leaves at most an eighth of the room empty. */
function enlarge(most: number): number {
  const whole = Math.floor(most);
  return whole >= 1 && whole >= most * 0.875 ? whole : most;
}
