// Numbers over a line, drawn as a curve of even thickness or as bars from the ground.
// `values` are at the centres of `count` equal cells across the canvas; `scale` canvas heights stand for 1 and
// `ground` (0 to 1 from below) for 0. A negative value is a gap.

struct LinesView {
  colour: vec4f,
  resolution: vec2f,
  thickness: f32, // in pixels
  scale: f32,
  ground: f32,
  dash: f32, // in pixels along x; 0 for an unbroken line
  count: u32,
}

@group(0) @binding(0) var<storage, read> values: array<f32>; // [count]
@group(0) @binding(1) var<uniform> view: LinesView;

struct Pixel {
  @builtin(position) position: vec4f,
  @location(0) across: f32, // from the curve's middle, in pixels
  @location(1) along: f32, // in pixels
  @location(2) shown: f32,
}

fn corner(index: u32) -> vec2f {
  let x = (f32(index) + 0.5) / f32(view.count);
  return vec2f(x, view.ground + view.scale * max(values[index], 0.0)) * view.resolution;
}

fn toClip(pixel: vec2f) -> vec4f {
  return vec4f(2.0 * pixel / view.resolution - 1.0, 0.0, 1.0);
}

// One instance a piece between neighbours: a quad that is lengthened by half its thickness, so that pieces join.
@vertex
fn placePiece(@builtin(vertex_index) vertex: u32, @builtin(instance_index) piece: u32) -> Pixel {
  let left = corner(piece);
  let right = corner(piece + 1u);
  let direction = normalize(right - left);
  let normal = vec2f(-direction.y, direction.x);
  let side = 2.0 * f32(vertex & 1u) - 1.0;
  let reach = 0.5 * view.thickness + 1.0;
  let overlap = direction * 0.35 * view.thickness;
  let end = select(left - overlap, right + overlap, (vertex & 2u) != 0u);
  let shown = select(0.0, 1.0, values[piece] >= 0.0 && values[piece + 1u] >= 0.0);
  return Pixel(toClip(end + normal * side * reach), side * reach, end.x, shown);
}

@fragment
fn colourPiece(pixel: Pixel) -> @location(0) vec4f {
  let inside = saturate(0.5 * view.thickness + 0.5 - abs(pixel.across));
  let gap = view.dash > 0.0 && fract(pixel.along / (2.0 * view.dash)) > 0.5;
  let alpha = view.colour.a * select(inside, 0.0, gap || pixel.shown < 0.5);
  return vec4f(view.colour.rgb * alpha, alpha);
}

// One instance a bar, as wide as its cell.
@vertex
fn placeBar(@builtin(vertex_index) vertex: u32, @builtin(instance_index) bar: u32) -> Pixel {
  let x = f32(bar + (vertex & 1u)) / f32(view.count);
  let height = select(0.0, max(values[bar], 0.0) * view.scale, (vertex & 2u) != 0u);
  return Pixel(toClip(vec2f(x, view.ground + height) * view.resolution), 0.0, 0.0, 1.0);
}

@fragment
fn colourBar() -> @location(0) vec4f {
  return vec4f(view.colour.rgb * view.colour.a, view.colour.a);
}
