// Draws digits and letters: round strokes along skeletons of lines and circular arcs, each glyph of a random class with
// a thickness, size, slant, turn and place of its own. One invocation a row of pixels, so that a sample's random numbers
// are made once a row.
//
// A pixel is pulled back into the glyph's own plane, where y points up and every glyph is two units high. With d the
// distance to the skeleton there, brought back to the picture's scale, the pen covers clamp(½ + (w − d)/pixel, 0, 1) of
// it. Slant and width so change the pen's shape with the glyph's, as they do in italics.

// include lib/linear.wgsl
// include lib/stream.wgsl

const WORKGROUP_SIZE = 64u;
const SIZE = 28u;    // pixels along each side
const CLASSES = 10u; // the ten digits, then the letters

// The picture reaches from −1 to 1 along both axes. Each from the least to the most, evenly.
const HALF_WIDTH = vec2f(0.055, 0.13); // of the pen
const SCALE = vec2f(0.54, 0.72);       // of the glyph: half its height
const WIDTH = vec2f(0.82, 1.08);       // what its width is stretched by
const SLANT = vec2f(-0.12, 0.26);      // how far x moves with y: forward more than back
const TURN = vec2f(-0.1, 0.1);         // tangent of the angle
const SHIFT = vec2f(-0.12, 0.12);      // along each axis

// [random.count, SIZE, SIZE, 1]: −1 paper, 1 ink
@group(0) @binding(2) var<storage, read_write> output: array<f32>;
// [random.count]
@group(0) @binding(3) var<storage, read_write> labels: array<u32>;
// [strokes, 2]: a line (from, to), (0, 0, 0, 0), or an arc (center, direction of its middle), (radius, cos, sin of half
// the angle that it spans, 0)
@group(0) @binding(6) var<storage, read> strokes: array<vec4f>;
// [CLASSES + 1]: where each glyph's strokes begin, and where the last one's end
@group(0) @binding(7) var<storage, read> starts: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn drawBatch(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  let sample = i / SIZE;
  if (sample >= random.count) { return; }
  let first = randomWords(sample, 0u);
  let second = randomWords(sample, 1u);
  let label = classOf(first);
  let halfWidth = between(HALF_WIDTH, first.y);
  let slant = between(SLANT, first.z);
  let turn = normalize(vec2f(1.0, between(TURN, first.w)));
  let scale = between(SCALE, second.x);
  let stretch = scale * between(WIDTH, second.y);
  let center = vec2f(between(SHIFT, second.z), between(SHIFT, second.w));

  let pixel = 2.0 / f32(SIZE);
  let row = i % SIZE;
  for (var column = 0u; column < SIZE; column++) {
    let place = vec2f(f32(column) + 0.5, f32(SIZE - row) - 0.5) * pixel - 1.0 - center;
    let upright = vec2f(turn.x * place.x + turn.y * place.y, turn.x * place.y - turn.y * place.x);
    let point = vec2f((upright.x - slant * upright.y) / stretch, upright.y / scale);
    let distance = scale * sqrt(squaredDistance(point, starts[label], starts[label + 1u]));
    let ink = clamp(0.5 + (halfWidth - distance) / pixel, 0.0, 1.0);
    output[i * SIZE + column] = 2.0 * ink - 1.0;
  }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn drawLabels(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let sample = linearIndex(id, groups, WORKGROUP_SIZE);
  if (sample >= random.count) { return; }
  labels[sample] = classOf(randomWords(sample, 0u));
}

fn classOf(words: vec4u) -> u32 {
  return choose(words.x, CLASSES).index;
}

fn between(ends: vec2f, word: u32) -> f32 {
  return mix(ends.x, ends.y, unitFloat(word));
}

/// To the nearest point of the strokes from `start` to before `end`.
fn squaredDistance(point: vec2f, start: u32, end: u32) -> f32 {
  var least = 1e9;
  for (var i = start; i < end; i++) {
    let place = strokes[2u * i];
    let arc = strokes[2u * i + 1u];
    let offset = point - place.xy;
    if (arc.x == 0.0) {
      let whole = place.zw - place.xy;
      let across = offset - clamp(dot(offset, whole) / dot(whole, whole), 0.0, 1.0) * whole;
      least = min(least, dot(across, across));
    } else {
      // Folded about the arc's middle: (along it, away from it). Beyond the span the end is nearest.
      let folded = vec2f(dot(offset, place.zw), abs(offset.x * place.w - offset.y * place.z));
      let radius = length(folded);
      let beyond = folded - arc.x * arc.yz;
      let across = radius - arc.x;
      least = min(least, select(dot(beyond, beyond), across * across, folded.x >= arc.y * radius));
    }
  }
  return least;
}
