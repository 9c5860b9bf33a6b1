// The skeletons of digits and capital letters: lines and circular arcs, as a draughtsman letters with a round pen.

/** A place in a glyph's plane: y points up, every glyph reaches from −1 to 1, and x = 0 is its middle. */
type Place = readonly [x: number, y: number];

interface Line {
  readonly type: 'line';
  readonly from: Place;
  readonly to: Place;
}

interface Arc {
  readonly type: 'arc';
  readonly center: Place;
  readonly radius: number;
  /** In degrees, counterclockwise from the right, `from` to `to`. */
  readonly from: number;
  readonly to: number;
}

export type Stroke = Line | Arc;

/** Straight strokes from place to place. */
const lines = (...places: readonly Place[]): Line[] =>
  places.slice(1).map((to, i) => ({ type: 'line', from: places[i]!, to }));

const arc = (x: number, y: number, radius: number, from: number, to: number): Arc => ({
  type: 'arc',
  center: [x, y],
  radius,
  from,
  to,
});

/** An upright oval: two half circles with sides between them. */
const oval = (halfWidth: number): Stroke[] => {
  const side = 1 - halfWidth;
  return [
    arc(0, side, halfWidth, 0, 180),
    arc(0, -side, halfWidth, 180, 360),
    ...lines([-halfWidth, side], [-halfWidth, -side]),
    ...lines([halfWidth, side], [halfWidth, -side]),
  ];
};

/** Of P, B and R: a half round between two heights, on a stem at x = −0.5. */
const bowl = (x: number, top: number, bottom: number): Stroke[] => [
  ...lines([-0.5, top], [x, top]),
  arc(x, (top + bottom) / 2, (top - bottom) / 2, -90, 90),
  ...lines([x, bottom], [-0.5, bottom]),
];

const stem = lines([-0.5, -1], [-0.5, 1]);
const openOval = [arc(0, 0.3, 0.7, 30, 180), ...lines([-0.7, 0.3], [-0.7, -0.3])];

/** In the order of the classes. */
export const GLYPHS: readonly (readonly [character: string, strokes: readonly Stroke[]])[] = [
  ['0', oval(0.55)],
  ['1', lines([-0.35, 0.55], [0.1, 1], [0.1, -1])],
  ['2', [arc(0, 0.45, 0.55, -40, 165), ...lines([0.42, 0.1], [-0.58, -1], [0.6, -1])]],
  ['3', [arc(0, 0.54, 0.46, -90, 155), arc(0, -0.46, 0.54, -155, 90)]],
  ['4', lines([0.25, -1], [0.25, 1], [-0.65, -0.4], [0.65, -0.4])],
  ['5', [...lines([0.5, 1], [-0.38, 1], [-0.4, 0.07]), arc(-0.02, -0.4, 0.6, -150, 129)]],
  ['6', [arc(0, -0.42, 0.58, 0, 360), arc(0.87, -0.42, 1.45, 104, 180)]],
  ['7', lines([-0.58, 1], [0.58, 1], [-0.2, -1])],
  ['8', [arc(0, 0.54, 0.46, 0, 360), arc(0, -0.46, 0.54, 0, 360)]],
  ['9', [arc(0, 0.42, 0.58, 0, 360), arc(-0.87, 0.42, 1.45, 284, 360)]],
  ['A', [...lines([-0.75, -1], [0, 1], [0.75, -1]), ...lines([-0.49, -0.3], [0.49, -0.3])]],
  ['B', [...stem, ...bowl(0.05, 1, 0.06), ...bowl(0.1, 0.06, -1)]],
  ['C', [...openOval, arc(0, -0.3, 0.7, 180, 330)]],
  [
    'D',
    [
      ...lines([0, -1], [-0.6, -1], [-0.6, 1], [0, 1]),
      arc(0, 0.3, 0.7, 0, 90),
      ...lines([0.7, 0.3], [0.7, -0.3]),
      arc(0, -0.3, 0.7, -90, 0),
    ],
  ],
  ['E', [...lines([0.55, 1], [-0.5, 1], [-0.5, -1], [0.55, -1]), ...lines([-0.5, 0.05], [0.35, 0.05])]],
  ['F', [...lines([0.55, 1], [-0.5, 1], [-0.5, -1]), ...lines([-0.5, 0.05], [0.35, 0.05])]],
  ['G', [...openOval, arc(0, -0.3, 0.7, 180, 360), ...lines([0.7, -0.3], [0.7, -0.05], [0.15, -0.05])]],
  ['H', [...lines([-0.6, -1], [-0.6, 1]), ...lines([0.6, -1], [0.6, 1]), ...lines([-0.6, 0], [0.6, 0])]],
  ['I', [...lines([0, -1], [0, 1]), ...lines([-0.4, 1], [0.4, 1]), ...lines([-0.4, -1], [0.4, -1])]],
  ['J', [arc(-0.05, -0.45, 0.55, 190, 360), ...lines([0.5, -0.45], [0.5, 1])]],
  ['K', [...stem, ...lines([0.6, 1], [-0.5, -0.1]), ...lines([-0.15, 0.25], [0.65, -1])]],
  ['L', lines([-0.5, 1], [-0.5, -1], [0.55, -1])],
  ['M', lines([-0.75, -1], [-0.75, 1], [0, -0.2], [0.75, 1], [0.75, -1])],
  ['N', lines([-0.6, -1], [-0.6, 1], [0.6, -1], [0.6, 1])],
  ['O', oval(0.85)],
  ['P', [...stem, ...bowl(0.1, 1, -0.04)]],
  ['Q', [...oval(0.85), ...lines([0.2, -0.4], [0.85, -1.05])]],
  ['R', [...stem, ...bowl(0.1, 1, -0.04), ...lines([0.05, -0.04], [0.62, -1])]],
  ['S', [arc(0, 0.5, 0.5, 25, 270), arc(0, -0.5, 0.5, -155, 90)]],
  ['T', [...lines([-0.7, 1], [0.7, 1]), ...lines([0, 1], [0, -1])]],
  ['U', [...lines([-0.6, 1], [-0.6, -0.4]), arc(0, -0.4, 0.6, 180, 360), ...lines([0.6, -0.4], [0.6, 1])]],
  ['V', lines([-0.7, 1], [0, -1], [0.7, 1])],
  ['W', lines([-0.95, 1], [-0.5, -1], [0, 0.6], [0.5, -1], [0.95, 1])],
  ['X', [...lines([-0.65, 1], [0.65, -1]), ...lines([-0.65, -1], [0.65, 1])]],
  ['Y', [...lines([-0.65, 1], [0, 0], [0.65, 1]), ...lines([0, 0], [0, -1])]],
  ['Z', lines([-0.6, 1], [0.6, 1], [-0.6, -1], [0.6, -1])],
];
