// Batches of a set of images: which ones (`chooseImages`, one invocation a row of the batch), their pixels
// (`gatherPixels`, one invocation a few pixels' values, one dispatch a piece of the set) and their classes (`gatherLabels`).

// include lib/linear.wgsl
// include lib/stream.wgsl
// include lib/shuffle.wgsl

const WORKGROUP_SIZE = 64u;

/// Images in the whole set.
const COUNT = 1u;
const HEIGHT = 1u;
const WIDTH = 1u;
const CHANNELS = 1u;
/// 1: half of the images, by chance, are shown mirrored.
const FLIP = 0u;
/// 1: images are whole words and none is mirrored, so that four pixels' values are read and written at once.
const IN_QUADS = 0u;

const VALUES = HEIGHT * WIDTH * CHANNELS;
const FLIP_BIT = 0x80000000u;

// [random.count]: which image; the upper bit says that it is mirrored.
@group(0) @binding(2) var<storage, read_write> chosen: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn chooseImages(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = linearIndex(id, groups, WORKGROUP_SIZE);
  if (row >= random.count) { return; }
  let draw = clock[0] * random.stride + random.offset;
  let image = shuffledIndex(positionOf(draw, random.count, row), COUNT, random.stream, random.seed);
  chosen[row] = image | select(0u, randomWords(row, 0u).x & FLIP_BIT, FLIP == 1u);
}

// Images first … first + count − 1 of the set are in this piece; batch rows are to be filled.
struct Piece { first: u32, count: u32, batch: u32 }

@group(0) @binding(3) var<storage, read> chosenImages: array<u32>;
@group(0) @binding(4) var<uniform> piece: Piece;
// [piece.count, HEIGHT, WIDTH, CHANNELS] bytes, four a word, the first one lowest.
@group(0) @binding(5) var<storage, read> pixels: array<u32>;
// [piece.batch, HEIGHT, WIDTH, CHANNELS]
@group(0) @binding(6) var<storage, read_write> output: array<f32>;
@group(0) @binding(9) var<storage, read_write> outputQuads: array<vec4f>; // the same, written where IN_QUADS = 1

fn byteOf(word: u32, i: u32) -> u32 {
  return (word >> (8u * i)) & 0xffu;
}

/// −1 for 0, 1 for 255, and opposite numbers for opposite bytes.
fn scaled(byte: u32) -> f32 {
  return f32(2 * i32(byte) - 255) * (1.0 / 255.0);
}

/// Where the value that is shown at `value` stands in the mirrored image.
fn mirrored(value: u32) -> u32 {
  let line = value / (WIDTH * CHANNELS);
  let column = (value / CHANNELS) % WIDTH;
  return (line * WIDTH + WIDTH - 1u - column) * CHANNELS + value % CHANNELS;
}

const PER_INVOCATION = 4u;

@compute @workgroup_size(WORKGROUP_SIZE)
fn gatherPixels(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let first = PER_INVOCATION * linearIndex(id, groups, WORKGROUP_SIZE);
  if (IN_QUADS == 1u) {
    // The four are of one image, and one word.
    if (first >= piece.batch * VALUES) { return; }
    let image = chosenImages[first / VALUES] - piece.first;
    if (image >= piece.count) { return; }
    let word = pixels[(image * VALUES + first % VALUES) / 4u];
    outputQuads[first / 4u] = vec4f(
      scaled(byteOf(word, 0u)),
      scaled(byteOf(word, 1u)),
      scaled(byteOf(word, 2u)),
      scaled(byteOf(word, 3u)),
    );
  } else {
    for (var i = first; i < min(first + PER_INVOCATION, piece.batch * VALUES); i++) {
      let choice = chosenImages[i / VALUES];
      let image = (choice & ~FLIP_BIT) - piece.first;
      if (image >= piece.count) { continue; }
      var value = i % VALUES;
      if (FLIP == 1u && choice >= FLIP_BIT) { value = mirrored(value); }
      let place = image * VALUES + value;
      output[i] = scaled(byteOf(pixels[place / 4u], place % 4u));
    }
  }
}

// [COUNT]
@group(0) @binding(7) var<storage, read> labels: array<u32>;
// [piece.batch]
@group(0) @binding(8) var<storage, read_write> classes: array<u32>;

@compute @workgroup_size(WORKGROUP_SIZE)
fn gatherLabels(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = linearIndex(id, groups, WORKGROUP_SIZE);
  if (row >= piece.batch) { return; }
  classes[row] = labels[chosenImages[row] & ~FLIP_BIT];
}
