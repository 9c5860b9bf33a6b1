// The matrix products of lib/product.wgsl by subgroups, for channels and columns that are multiples of 4: what is fastest
// where a load costs more than arithmetic, as on adapters made of software.
//
// A subgroup makes a tile of TILE_ROWS rows by LANES · TILE_QUADS · 4 columns. Every lane holds the vec4s of its own columns, so it
// loads `right` for itself; `left` is loaded once for the whole subgroup, BLOCKS blocks of 4 rows × 4 deep a lane, and its
// numbers are then broadcast from lane to lane. A round is DEPTH_QUADS · 4 deep: a lane's 4 · BLOCKS vec4 loads of left and
// 4 · TILE_QUADS · DEPTH_QUADS of right feed TILE_ROWS · 4 · TILE_QUADS · DEPTH_QUADS vec4 multiply-adds.
//
// Where a batch is whole tiles (PLACED = 1), rows are in the order of their places, and of the images in each: a tile's rows then have one
// place in common, and taps that fall outside of the image there are left out. Else images come one after the other.
//
// Columns are multiples of 4. So are left's channels where it is read as vec4s; with SCALARS = 1 it is read number by
// number, the depth running through taps and channels alike: grey and RGB images, noise of any size.

enable subgroups;

// include lib/product.wgsl
// include lib/weightGrad.wgsl

const LANES = 8u; // the adapter's subgroup size
const TILE_ROWS = 32u; // 4 · LANES times or divided by a power of 2
const TILE_QUADS = 1u;
const BLOCKS = 1u; // TILE_ROWS / (4 · LANES), at least 1
const DEPTH_QUADS = 1u; // 4 · LANES / TILE_ROWS, at least 1
const ROW_QUADS = TILE_ROWS / BLOCKS / 4u; // of one block of every lane
const SCALARS = 0u;
const WHOLE = 0u; // 1 where the depth is whole rounds, and nothing need be asked whether it lies beyond
const PLACED = 0u; // 1 where a batch is whole tiles, see below
const ONE_TAP = 0u; // 1 where all rows of a weight's tile are of one tap, which a round has four pixels of
const SHUFFLED = 0u; // 1 where a shuffle is quicker than a broadcast

@group(0) @binding(9) var<storage, read> leftScalars: array<f32>;             // the same as left, read where SCALARS = 1
@group(0) @binding(10) var<storage, read> left: array<vec4f>;                 // [batch, sourceHeight, sourceWidth, channels]
@group(0) @binding(11) var<storage, read> right: array<vec4f>;                // [taps, channels, columns], or TRANSPOSED
@group(0) @binding(12) var<storage, read> bias: array<vec4f>;                 // [columns]
@group(0) @binding(13) var<storage, read_write> product: array<vec4f>;        // [batch, resultHeight, resultWidth, columns]
@group(0) @binding(15) var<storage, read_write> preactivation: array<vec4f>;  // as product

@compute @workgroup_size(LANES)
fn subgroupProduct(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let phaseY = group.z / shape.stride;
  let phaseX = group.z % shape.stride;
  let high = placesOf(phaseY, shape.resultHeight);
  let wide = placesOf(phaseX, shape.resultWidth);
  let rows = shape.batch * high * wide;
  let row = group.y * TILE_ROWS;
  if (row >= rows) { return; }
  let channelQuads = shape.channels / 4u;
  let columnQuads = shape.columns / 4u;
  let quad = group.x * LANES * TILE_QUADS + lane;

  var image: array<u32, 4u * BLOCKS>;
  var y: array<i32, 4u * BLOCKS>;
  var x: array<i32, 4u * BLOCKS>;
  var leftAt: array<u32, 4u * BLOCKS>;
  var isInside: array<bool, 4u * BLOCKS>;
  var rightAt: array<u32, TILE_QUADS>;
  var a: array<vec4f, 4u * BLOCKS>;
  var b: array<vec4f, 4u * TILE_QUADS>;
  var sum: array<vec4f, TILE_ROWS * TILE_QUADS>;

  // Where the tile's rows begin: the one place of all of them, or the first of many.
  var place = row % (high * wide);
  var firstImage = row / (high * wide);
  if (PLACED == 1u) {
    place = row / shape.batch;
    firstImage = row % shape.batch;
  }

  // The lane's own rows of left, four of each block, and its place in a round's depth.
  let own = row + lane % ROW_QUADS * 4u;
  let ahead = lane / ROW_QUADS;
  // unroll
  for (var i = 0u; i < 4u * BLOCKS; i++) {
    let clamped = min(own + i / 4u * (4u * ROW_QUADS) + i % 4u, rows - 1u);
    if (LOADER == ROWS) {
      leftAt[i] = clamped * shape.channels / (4u - 3u * SCALARS);
      isInside[i] = true;
    } else {
      var at = clamped % (high * wide);
      image[i] = clamped / (high * wide) * shape.sourceHeight;
      if (PLACED == 1u) {
        at = place;
        image[i] = (firstImage + clamped - row) * shape.sourceHeight;
      }
      y[i] = sourceOf(phaseY, at / wide);
      x[i] = sourceOf(phaseX, at % wide);
    }
  }
  // unroll
  for (var j = 0u; j < TILE_QUADS; j++) {
    b[j] = vec4f(0.0);
    if (shape.biased == 1u) { b[j] = bias[min(quad + j * LANES, columnQuads - 1u)]; }
    // unroll
    for (var r = 0u; r < TILE_ROWS; r++) { sum[r * TILE_QUADS + j] = b[j]; }
  }

  // With SCALARS the one tap is all of them: the place in the kernel runs along with the depth.
  var placeC = ahead * 4u % shape.channels;
  var kernelX = ahead * 4u / shape.channels % shape.kernel;
  var kernelY = ahead * 4u / shape.channels / shape.kernel;
  var firstTapY = 0u;
  var firstTapX = 0u;
  var endTapY = select(tapsOf(phaseY), 1u, SCALARS == 1u);
  var endTapX = select(tapsOf(phaseX), 1u, SCALARS == 1u);
  if (PLACED == 1u) {
    firstTapY = firstTap(y[0], shape.sourceHeight);
    firstTapX = firstTap(x[0], shape.sourceWidth);
    endTapY = max(firstTapY, endTap(y[0], shape.sourceHeight, endTapY));
    endTapX = max(firstTapX, endTap(x[0], shape.sourceWidth, endTapX));
  }
  let depth = select(shape.channels, shape.channels * shape.kernel * shape.kernel, SCALARS == 1u);
  if (LOADER == ROWS || SCALARS == 1u) {
    // unroll
    for (var j = 0u; j < TILE_QUADS; j++) {
      let clamped = min(quad + j * LANES, columnQuads - 1u);
      rightAt[j] = clamped;
      if (TRANSPOSED == 1u) { rightAt[j] = clamped * 4u * channelQuads; }
    }
  }
  // One loop through all taps, for compilers that make more of one than of three.
  let rounds = (endTapY - firstTapY) * (endTapX - firstTapX) * ((depth + 4u * DEPTH_QUADS - 1u) / (4u * DEPTH_QUADS));
  var tapY = firstTapY;
  var tapX = firstTapX;
  var d = 0u; // in the tap
  for (var n = 0u; n < rounds; n++) {
    if (LOADER != ROWS && SCALARS == 0u) {
      if (d == 0u) {
        let tap = kernelPlace(phaseY, tapY) * shape.kernel + kernelPlace(phaseX, tapX);
        // unroll
        for (var i = 0u; i < 4u * BLOCKS; i++) {
          let sourceY = y[i] + moveOf(tapY);
          let sourceX = x[i] + moveOf(tapX);
          isInside[i] = (PLACED == 1u) | ((u32(sourceY) < shape.sourceHeight) & (u32(sourceX) < shape.sourceWidth));
          leftAt[i] = select(0u, ((image[i] + u32(sourceY)) * shape.sourceWidth + u32(sourceX)) * channelQuads, isInside[i]);
        }
        // unroll
        for (var j = 0u; j < TILE_QUADS; j++) {
          let clamped = min(quad + j * LANES, columnQuads - 1u);
          if (TRANSPOSED == 1u) {
            rightAt[j] = (tap * shape.columns + clamped * 4u) * channelQuads;
          } else {
            rightAt[j] = tap * shape.channels * columnQuads + clamped;
          }
        }
      }
    }
    if (SCALARS == 1u) {
      // unroll
      for (var k = 0u; k < 4u; k++) {
        let isDeep = (WHOLE == 1u) | (d + ahead * 4u + k < depth);
        // unroll
        for (var i = 0u; i < 4u * BLOCKS; i++) {
          if (LOADER == ROWS) {
            a[i][k] = select(0.0, leftScalars[leftAt[i] + d + ahead * 4u + k], isDeep);
          } else {
            let sourceY = y[i] + i32(kernelY);
            let sourceX = x[i] + i32(kernelX);
            let inside = isDeep & (u32(sourceY) < shape.sourceHeight) & (u32(sourceX) < shape.sourceWidth);
            let at = ((image[i] + u32(sourceY)) * shape.sourceWidth + u32(sourceX)) * shape.channels + placeC;
            a[i][k] = select(0.0, leftScalars[select(0u, at, inside)], inside);
          }
        }
        placeC++;
        if (placeC == shape.channels) { placeC = 0u; kernelX++; }
        if (kernelX == shape.kernel) { kernelX = 0u; kernelY++; }
      }
      if (DEPTH_QUADS > 1u) {
        // Over what the other lanes load.
        let next = d + (DEPTH_QUADS + ahead) * 4u;
        placeC = next % shape.channels;
        kernelX = next / shape.channels % shape.kernel;
        kernelY = next / shape.channels / shape.kernel;
      }
    } else {
      let isDeep = (WHOLE == 1u) | (d / 4u + ahead < channelQuads);
      // unroll
      for (var i = 0u; i < 4u * BLOCKS; i++) {
        a[i] = vec4f(0.0);
        if (isInside[i] & isDeep) { a[i] = left[leftAt[i] + d / 4u + ahead]; }
      }
    }
    // unroll
    for (var q = 0u; q < DEPTH_QUADS; q++) {
      // b[k, j]: the lane's columns at depth k of four. Beyond the depth a is 0.
      // unroll
      for (var j = 0u; j < TILE_QUADS; j++) {
        if (TRANSPOSED == 1u) {
          let at = rightAt[j] + q;
          let c0 = right[at];
          let c1 = right[at + channelQuads];
          let c2 = right[at + 2u * channelQuads];
          let c3 = right[at + 3u * channelQuads];
          // unroll
          for (var k = 0u; k < 4u; k++) { b[k * TILE_QUADS + j] = vec4f(c0[k], c1[k], c2[k], c3[k]); }
        } else {
          // unroll
          for (var k = 0u; k < 4u; k++) {
            let isDeep = (WHOLE == 1u) | (d + q * 4u + k < depth);
            b[k * TILE_QUADS + j] = vec4f(0.0);
            if (isDeep) { b[k * TILE_QUADS + j] = right[rightAt[j] + (q * 4u + k) * columnQuads]; }
          }
        }
      }
      // Row by row: a row's sums are then fetched and put back once for four depths, where registers don't hold the tile.
      // unroll
      for (var r = 0u; r < TILE_ROWS; r++) {
        // unroll
        for (var k = 0u; k < 4u; k++) {
          // What the lane itself has in this place, and what the lane of row r has.
          let own_rk = a[r / (4u * ROW_QUADS) * 4u + r % 4u][k];
          var left_rk = own_rk;
          if (SHUFFLED == 1u) {
            left_rk = subgroupShuffle(own_rk, r / 4u % ROW_QUADS + q * ROW_QUADS);
          } else {
            left_rk = subgroupBroadcast(own_rk, r / 4u % ROW_QUADS + q * ROW_QUADS);
          }
          // unroll
          for (var j = 0u; j < TILE_QUADS; j++) {
            sum[r * TILE_QUADS + j] = fma(vec4f(left_rk), b[k * TILE_QUADS + j], sum[r * TILE_QUADS + j]);
          }
        }
      }
    }
    // unroll
    for (var j = 0u; j < TILE_QUADS; j++) {
      if (TRANSPOSED == 1u) {
        rightAt[j] += DEPTH_QUADS;
      } else {
        rightAt[j] += 4u * DEPTH_QUADS * columnQuads;
      }
    }
    d += 4u * DEPTH_QUADS;
    if (LOADER != ROWS && SCALARS == 0u) {
      if (d >= depth) {
        d = 0u;
        tapX++;
        if (tapX == endTapX) { tapX = firstTapX; tapY++; }
      }
    }
  }

  // The rows' places in the result, one after the other: counting is cheaper than dividing.
  var n = firstImage;
  var placeY = place / wide;
  var placeX = place % wide;
  // unroll
  for (var r = 0u; r < TILE_ROWS; r++) {
    var pixel = row + r;
    if (PLACED == 1u || LOADER == PARITY) {
      pixel = (n * shape.resultHeight + resultPlace(phaseY, placeY)) * shape.resultWidth + resultPlace(phaseX, placeX);
      if (PLACED == 1u) {
        n++;
      } else {
        placeX++;
        if (placeX == wide) { placeX = 0u; placeY++; }
        if (placeY == high) { placeY = 0u; n++; }
      }
    }
    if (row + r < rows) {
      // unroll
      for (var j = 0u; j < TILE_QUADS; j++) {
        if (quad + j * LANES < columnQuads) {
          let at = pixel * columnQuads + quad + j * LANES;
          var value = sum[r * TILE_QUADS + j];
          if (ENDING == ACTIVATION && shape.keep == 1u) { preactivation[at] = value; }
          if (ENDING == ACTIVATION) { value = activation(value, shape.parameter); }
          if (ENDING == DERIVATIVE) { value *= derivative(preactivation[at], shape.parameter); }
          product[at] = value;
        }
      }
    }
  }
}

@group(0) @binding(0) var<storage, read> input: array<vec4f>;              // [batch, inputHeight, inputWidth, inputs]
@group(0) @binding(1) var<storage, read> outputGrad: array<vec4f>;         // [batch, height, width, outputs]
@group(0) @binding(2) var<storage, read_write> weightGrad: array<vec4f>;   // [parts, taps, inputs, outputs]
@group(0) @binding(3) var<storage, read_write> biasGrad: array<vec4f>;     // [parts, outputs]
@group(0) @binding(5) var<storage, read> inputScalars: array<f32>;         // the same as input, read where SCALARS = 1

// Here a lane's block of input is four rows (a tap's four channels, which are one vec4) at four pixels. A subgroup makes its tile of
// one part; where there are several, `columnSums` adds them up. A tile of ONE_TAP goes through those pixels alone whose source is
// inside of the image.
@compute @workgroup_size(LANES)
fn subgroupWeightGrad(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_index) lane: u32) {
  let outputQuads = window.outputs / 4u;
  let rows = window.kernel * window.kernel * window.inputs;
  let pixels = window.batch * window.height * window.width;
  let row = group.y * TILE_ROWS;
  let quad = group.x * LANES * TILE_QUADS + lane;
  let own = row + lane % ROW_QUADS * 4u;
  let ahead = lane / ROW_QUADS * 4u;
  let start = group.z * window.partPixels;
  let end = min(start + window.partPixels, pixels);

  // Of each of the lane's rows; of its first only, where four are one vec4.
  var channel: array<u32, 4u * BLOCKS>;
  var tapY: array<i32, 4u * BLOCKS>;
  var tapX: array<i32, 4u * BLOCKS>;
  var outputAt: array<u32, TILE_QUADS>;
  var pixelAt: array<u32, 4>;
  var a: array<vec4f, 4u * BLOCKS>; // [block, pixel] of four rows
  var b: array<vec4f, 4u * TILE_QUADS>; // [pixel, quad]
  var biasSum: array<vec4f, TILE_QUADS>;
  var sum: array<vec4f, TILE_ROWS * TILE_QUADS>;
  // unroll
  for (var i = 0u; i < 4u * BLOCKS; i++) {
    let clamped = min(own + i / 4u * (4u * ROW_QUADS) + i % 4u, rows - 1u);
    channel[i] = clamped;
    if (POINTWISE == 0u) {
      channel[i] = clamped % window.inputs;
      tapY[i] = i32(clamped / window.inputs / window.kernel) - i32(window.padding);
      tapX[i] = i32(clamped / window.inputs % window.kernel) - i32(window.padding);
    }
  }
  // unroll
  for (var j = 0u; j < TILE_QUADS; j++) {
    outputAt[j] = min(quad + j * LANES, outputQuads - 1u);
    if (ONE_TAP == 0u) { outputAt[j] += start * outputQuads; }
  }

  // The pixel whose input the lane loads next.
  var pixel = start + ahead;
  var x = pixel % window.width;
  var y = pixel / window.width % window.height;
  var image = pixel / (window.width * window.height);
  // The pixels that the tile goes through: all of the part, or those of one tap, counted through all images.
  var first = start;
  var last = end;
  var met = Met(0u, window.width, 0u, window.height);
  let tileTapY = i32(row / window.inputs / window.kernel) - i32(window.padding);
  let tileTapX = i32(row / window.inputs % window.kernel) - i32(window.padding);
  if (ONE_TAP == 1u) {
    met = pixelsMet(tileTapY, tileTapX);
    first = metBefore(start, met);
    last = metBefore(end, met);
    let across = met.endX - met.firstX;
    x = met.firstX + first % across;
    y = met.firstY + first / across % (met.endY - met.firstY);
    image = first / (across * (met.endY - met.firstY));
  }
  for (var d = first; d < last; d += 4u * DEPTH_QUADS) {
    // unroll
    for (var k = 0u; k < 4u; k++) {
      let isThere = (WHOLE == 1u) | (pixel < pixels);
      if (ONE_TAP == 1u) {
        // Beyond the last pixel a is 0, and b of a pixel that another part has.
        let isMet = d + k < last;
        // unroll
        for (var i = 0u; i < BLOCKS; i++) {
          let sourceY = image * window.inputHeight + u32(i32(y * window.stride) + tileTapY);
          let at = (sourceY * window.inputWidth + u32(i32(x * window.stride) + tileTapX)) * window.inputs + channel[i * 4u];
          a[i * 4u + k] = select(vec4f(0.0), input[at / 4u], isMet);
        }
        pixelAt[k] = ((image * window.height + y) * window.width + x) * outputQuads;
      } else if (SCALARS == 1u) {
        // unroll
        for (var i = 0u; i < 4u * BLOCKS; i++) {
          let sourceY = i32(y * window.stride) + tapY[i];
          let sourceX = i32(x * window.stride) + tapX[i];
          let inside = isThere & (u32(sourceY) < window.inputHeight) & (u32(sourceX) < window.inputWidth);
          let at = ((image * window.inputHeight + u32(sourceY)) * window.inputWidth + u32(sourceX)) * window.inputs + channel[i];
          a[i / 4u * 4u + k][i % 4u] = select(0.0, inputScalars[select(0u, at, inside)], inside);
        }
      } else {
        // unroll
        for (var i = 0u; i < BLOCKS; i++) {
          if (POINTWISE == 1u) {
            a[i * 4u + k] = vec4f(0.0);
            if (isThere) { a[i * 4u + k] = input[(pixel * window.inputs + channel[i * 4u]) / 4u]; }
          } else {
            let sourceY = i32(y * window.stride) + tapY[i * 4u];
            let sourceX = i32(x * window.stride) + tapX[i * 4u];
            let inside = isThere & (u32(sourceY) < window.inputHeight) & (u32(sourceX) < window.inputWidth);
            let at = ((image * window.inputHeight + u32(sourceY)) * window.inputWidth + u32(sourceX)) * window.inputs + channel[i * 4u];
            a[i * 4u + k] = vec4f(0.0);
            if (inside) { a[i * 4u + k] = input[at / 4u]; }
          }
        }
      }
      pixel++;
      if (POINTWISE == 0u || SCALARS == 1u) {
        x++;
        if (x == met.endX) { x = met.firstX; y++; }
        if (y == met.endY) { y = met.firstY; image++; }
      }
    }
    if (DEPTH_QUADS > 1u) {
      // Over the pixels that the other lanes load.
      pixel = d + 4u * DEPTH_QUADS + ahead;
      x = pixel % window.width;
      y = pixel / window.width % window.height;
      image = pixel / (window.width * window.height);
    }
    // unroll
    for (var q = 0u; q < DEPTH_QUADS; q++) {
      if (ONE_TAP == 1u) {
        // unroll
        for (var k = 0u; k < 4u; k++) {
          // unroll
          for (var j = 0u; j < TILE_QUADS; j++) { b[k * TILE_QUADS + j] = outputGrad[outputAt[j] + pixelAt[k]]; }
        }
      } else {
        // unroll
        for (var k = 0u; k < 4u; k++) {
          let isThere = (WHOLE == 1u) | (d + q * 4u + k < pixels);
          // unroll
          for (var j = 0u; j < TILE_QUADS; j++) {
            b[k * TILE_QUADS + j] = vec4f(0.0);
            if (isThere) { b[k * TILE_QUADS + j] = outputGrad[outputAt[j] + (q * 4u + k) * outputQuads]; }
            biasSum[j] += b[k * TILE_QUADS + j];
          }
        }
      }
      // Row by row, as above.
      // unroll
      for (var r = 0u; r < TILE_ROWS; r++) {
        // unroll
        for (var k = 0u; k < 4u; k++) {
          let own_rk = a[r / (4u * ROW_QUADS) * 4u + k][r % 4u];
          var input_rk = own_rk;
          if (SHUFFLED == 1u) {
            input_rk = subgroupShuffle(own_rk, r / 4u % ROW_QUADS + q * ROW_QUADS);
          } else {
            input_rk = subgroupBroadcast(own_rk, r / 4u % ROW_QUADS + q * ROW_QUADS);
          }
          // unroll
          for (var j = 0u; j < TILE_QUADS; j++) {
            sum[r * TILE_QUADS + j] = fma(vec4f(input_rk), b[k * TILE_QUADS + j], sum[r * TILE_QUADS + j]);
          }
        }
      }
    }
    if (ONE_TAP == 0u) {
      // unroll
      for (var j = 0u; j < TILE_QUADS; j++) { outputAt[j] += 4u * DEPTH_QUADS * outputQuads; }
    }
  }
  if (ONE_TAP == 1u) {
    if (row == 0u && window.biased == 1u) {
      for (var d = start; d < end; d++) {
        // unroll
        for (var j = 0u; j < TILE_QUADS; j++) { biasSum[j] += outputGrad[outputAt[j] + d * outputQuads]; }
      }
    }
  }

  // unroll
  for (var j = 0u; j < TILE_QUADS; j++) {
    if (quad + j * LANES < outputQuads) {
      if (row == 0u && window.biased == 1u) { biasGrad[group.z * outputQuads + quad + j * LANES] = biasSum[j]; }
      // unroll
      for (var r = 0u; r < TILE_ROWS; r++) {
        if (row + r < rows) {
          weightGrad[(group.z * rows + row + r) * outputQuads + quad + j * LANES] = sum[r * TILE_QUADS + j];
        }
      }
    }
  }
}
