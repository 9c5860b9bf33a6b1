// What D thinks of every place, as a tint behind the points.
//   tint = paper + |2 D(x) − 1| · STRENGTH · (real or generated − paper),   and a line where D = ½
// One invocation a pixel; D was scored on a grid of `columns` × `rows` cell centres and is interpolated between them.
// A field of one row is the field over a line: the same in all of a column's pixels.

const STRENGTH = 0.55;

struct FieldView {
  paper: vec4f,
  ink: vec4f,
  real: vec4f,
  generated: vec4f,
  columns: u32,
  rows: u32,
}

@group(0) @binding(0) var<storage, read> scores: array<f32>; // [rows, columns], D(x), lowest row first
@group(0) @binding(1) var<uniform> view: FieldView;

struct Pixel {
  @builtin(position) position: vec4f,
  @location(0) place: vec2f, // 0 to 1 from the lower left
}

@vertex
fn coverCanvas(@builtin(vertex_index) vertex: u32) -> Pixel {
  // One triangle that is larger than the canvas.
  let corner = vec2f(f32((vertex << 1u) & 2u), f32(vertex & 2u));
  return Pixel(vec4f(2.0 * corner - 1.0, 0.0, 1.0), corner);
}

fn scoreAt(place: vec2f) -> f32 {
  let last = vec2f(f32(view.columns - 1u), f32(view.rows - 1u));
  let cell = clamp(place * vec2f(f32(view.columns), f32(view.rows)) - 0.5, vec2f(0.0), last);
  let low = vec2u(floor(cell));
  let high = min(low + 1u, vec2u(last));
  let between = cell - floor(cell);
  let lower = mix(scores[low.y * view.columns + low.x], scores[low.y * view.columns + high.x], between.x);
  let upper = mix(scores[high.y * view.columns + low.x], scores[high.y * view.columns + high.x], between.x);
  return mix(lower, upper, between.y);
}

@fragment
fn tintByScore(pixel: Pixel) -> @location(0) vec4f {
  let lean = 2.0 * scoreAt(pixel.place) - 1.0;
  let steepness = fwidth(lean);
  let side = select(view.generated, view.real, lean > 0.0);
  let tinted = mix(view.paper, side, STRENGTH * abs(lean));
  // A line one pixel wide where D = ½, in the plane; where D is flat there is no line to see.
  let onLine = select(0.0, 0.6 * saturate(1.25 - abs(lean) / max(steepness, 1e-7)), view.rows > 1u && steepness > 2e-4);
  return vec4f(mix(tinted, view.ink, onLine).rgb, 1.0);
}
