// Samples in the plane: discs, or rings, so that real and generated differ in more than their colour.
//   pixel = (point − low) / (high − low) · resolution
// One instance a sample, four vertices each; the edge is smoothed over one pixel.

struct PointsView {
  colour: vec4f,
  low: vec2f,
  high: vec2f,
  resolution: vec2f,
  radius: f32, // in pixels
  hole: f32, // in pixels; 0 for a disc
}

@group(0) @binding(0) var<storage, read> points: array<vec2f>; // [count]
@group(0) @binding(1) var<uniform> view: PointsView;

struct Pixel {
  @builtin(position) position: vec4f,
  @location(0) offset: vec2f, // from the centre, in pixels
}

@vertex
fn placePoint(@builtin(vertex_index) vertex: u32, @builtin(instance_index) index: u32) -> Pixel {
  let corner = 2.0 * vec2f(f32(vertex & 1u), f32(vertex >> 1u)) - 1.0;
  let offset = corner * (view.radius + 1.0);
  let place = 2.0 * (points[index] - view.low) / (view.high - view.low) - 1.0;
  return Pixel(vec4f(place + 2.0 * offset / view.resolution, 0.0, 1.0), offset);
}

@fragment
fn colourPoint(pixel: Pixel) -> @location(0) vec4f {
  let distance = length(pixel.offset);
  let inside = saturate(view.radius + 0.5 - distance);
  let cutOut = select(0.0, saturate(view.hole + 0.5 - distance), view.hole > 0.0);
  let alpha = view.colour.a * max(inside - cutOut, 0.0);
  return vec4f(view.colour.rgb * alpha, alpha);
}
