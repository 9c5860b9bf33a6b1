// Images side by side, straight from the buffer that the network wrote, each number once: [count, height, width, channels].
//   colour = (1 + value) / 2, grey where there is one channel
// One instance an image, four vertices each, and one more, drawn first: the frame around all of them. Enlarged images keep
// their square pixels; where a screen's pixel lies on the border of two, it is the mean of both.

struct ImagesView {
  frame: vec4f,
  origin: vec2f, // of the upper left image, in pixels from the upper left
  size: vec2f, // of an image on the screen, in pixels
  pitch: vec2f, // from one image to the next, in pixels
  resolution: vec2f,
  columns: u32,
  rows: u32,
  width: u32,
  height: u32,
  channels: u32,
  thickness: f32, // of the frame, in pixels
  margin: f32, // between the frame and the images, in pixels
}

@group(0) @binding(0) var<storage, read> images: array<f32>; // [count, height, width, channels]
@group(0) @binding(1) var<uniform> view: ImagesView;

struct Pixel {
  @builtin(position) position: vec4f,
  @location(0) place: vec2f, // in the image's own pixels; in the frame, screen pixels from its upper left
  @location(1) @interpolate(flat) index: u32,
}

@vertex
fn placeImage(@builtin(vertex_index) vertex: u32, @builtin(instance_index) instance: u32) -> Pixel {
  let corner = vec2f(f32(vertex & 1u), f32(vertex >> 1u));
  let isFrame = instance == 0u;
  let index = max(instance, 1u) - 1u;
  let cell = vec2f(f32(index % view.columns), f32(index / view.columns));
  let edge = view.margin + view.thickness;
  let last = vec2f(f32(view.columns - 1u), f32(view.rows - 1u));
  let start = select(view.origin + cell * view.pitch, view.origin - edge, isFrame);
  let size = select(view.size, last * view.pitch + view.size + 2.0 * edge, isFrame);
  let texels = vec2f(f32(view.width), f32(view.height));
  let pixel = start + corner * size;
  let place = vec2f(2.0, -2.0) * pixel / view.resolution + vec2f(-1.0, 1.0);
  return Pixel(vec4f(place, 0.0, 1.0), corner * select(texels, size, isFrame), instance);
}

fn numberAt(index: u32, column: u32, row: u32, channel: u32) -> f32 {
  return images[((index * view.height + row) * view.width + column) * view.channels + channel];
}

fn colourAt(index: u32, column: u32, row: u32) -> vec3f {
  let first = numberAt(index, column, row, 0u);
  if (view.channels == 1u) {
    return vec3f(first);
  }
  return vec3f(first, numberAt(index, column, row, 1u), numberAt(index, column, row, 2u));
}

fn frameColour(place: vec2f) -> vec4f {
  let edge = view.margin + view.thickness;
  let whole = vec2f(f32(view.columns - 1u), f32(view.rows - 1u)) * view.pitch + view.size + 2.0 * edge;
  let inside = min(place, whole - place);
  let alpha = select(0.0, view.frame.a, min(inside.x, inside.y) < view.thickness);
  return vec4f(view.frame.rgb * alpha, alpha);
}

@fragment
fn colourImage(pixel: Pixel) -> @location(0) vec4f {
  if (pixel.index == 0u) {
    return frameColour(pixel.place);
  }
  let index = pixel.index - 1u;
  let texels = vec2f(f32(view.width), f32(view.height));
  let enlargement = max(view.size / texels, vec2f(1.0));
  // The nearest pixel almost everywhere: only within half a screen pixel of a border there is something of both.
  let centred = clamp(pixel.place - 0.5, vec2f(0.0), texels - 1.0);
  let share = saturate((fract(centred) - 0.5) * enlargement + 0.5);
  let low = vec2u(floor(centred));
  let high = min(low + 1u, vec2u(view.width - 1u, view.height - 1u));
  let upper = mix(colourAt(index, low.x, low.y), colourAt(index, high.x, low.y), share.x);
  let lower = mix(colourAt(index, low.x, high.y), colourAt(index, high.x, high.y), share.x);
  return vec4f(saturate(0.5 + 0.5 * mix(upper, lower, share.y)), 1.0);
}
