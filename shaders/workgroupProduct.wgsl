// The matrix products of lib/product.wgsl by workgroups that share their loads through workgroup memory: for GPUs with many
// cores, where arithmetic waits for memory. Any shape.
//
// A workgroup of GROUP × GROUP makes a tile of TILE × TILE results, EACH × EACH an invocation. It walks along the depth, all taps
// and channels one behind the other, GROUP at a time: every invocation loads EACH numbers of left and of right, all wait for
// each other, and every number loaded serves TILE results.
//
// The helpers of lib/product.wgsl are written out here: the race detector cannot follow functions that return values.

// include lib/product.wgsl
// include lib/weightGrad.wgsl

const GROUP = 16u;
const EACH = 4u;
const TILE = GROUP * EACH;

@group(0) @binding(10) var<storage, read> left: array<f32>;                  // [batch, sourceHeight, sourceWidth, channels]
@group(0) @binding(11) var<storage, read> right: array<f32>;                 // [taps, channels, columns], or TRANSPOSED
@group(0) @binding(12) var<storage, read> bias: array<f32>;                  // [columns]
@group(0) @binding(13) var<storage, read_write> product: array<f32>;         // [batch, resultHeight, resultWidth, columns]
@group(0) @binding(15) var<storage, read_write> preactivation: array<f32>;   // as product

var<workgroup> leftTile: array<f32, GROUP * TILE>;  // [depth, row]
var<workgroup> rightTile: array<f32, GROUP * TILE>; // [depth, column]

@compute @workgroup_size(GROUP, GROUP)
fn workgroupProduct(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let isParity = LOADER == PARITY;
  let phaseY = group.z / shape.stride;
  let phaseX = group.z % shape.stride;
  let firstY = select(0u, (phaseY + shape.stride - shape.padding % shape.stride) % shape.stride, isParity);
  let firstX = select(0u, (phaseX + shape.stride - shape.padding % shape.stride) % shape.stride, isParity);
  let step = select(1u, shape.stride, isParity);
  let high = (shape.resultHeight + step - 1u - firstY) / step;
  let wide = (shape.resultWidth + step - 1u - firstX) / step;
  let tapsY = select(shape.kernel, (shape.kernel + step - 1u - phaseY) / step, isParity);
  let tapsX = select(shape.kernel, (shape.kernel + step - 1u - phaseX) / step, isParity);
  // Where the window of the first place begins, and how far the next one is.
  let startY = select(-i32(shape.padding), i32((firstY + shape.padding) / step), isParity);
  let startX = select(-i32(shape.padding), i32((firstX + shape.padding) / step), isParity);
  let apart = i32(select(shape.stride, 1u, isParity));
  let direction = select(1, -1, isParity);
  let rows = shape.batch * high * wide;
  let depth = tapsY * tapsX * shape.channels;
  let row = group.y * TILE;
  let column = group.x * TILE;

  // What this invocation loads of left: one depth, of EACH rows.
  let loadDepth = index % GROUP;
  let loadLane = index / GROUP;
  var image: array<u32, EACH>;
  var y: array<i32, EACH>;
  var x: array<i32, EACH>;
  var a: array<f32, EACH>;
  var b: array<f32, EACH>;
  var sum: array<f32, EACH * EACH>;
  // unroll
  for (var i = 0u; i < EACH; i++) {
    let clamped = min(row + loadLane + i * GROUP, rows - 1u);
    image[i] = clamped / (high * wide) * shape.sourceHeight;
    y[i] = startY + i32(clamped % (high * wide) / wide) * apart;
    x[i] = startX + i32(clamped % wide) * apart;
  }
  // unroll
  for (var j = 0u; j < EACH; j++) {
    b[j] = 0.0;
    if (shape.biased == 1u) { b[j] = bias[min(column + local.x * EACH + j, shape.columns - 1u)]; }
    // unroll
    for (var i = 0u; i < EACH; i++) { sum[i * EACH + j] = b[j]; }
  }

  for (var d = 0u; d < depth; d += GROUP) {
    let deep = d + loadDepth;
    let tap = deep / shape.channels;
    let channel = deep % shape.channels;
    let tapY = tap / tapsX;
    let tapX = tap % tapsX;
    // unroll
    for (var i = 0u; i < EACH; i++) {
      let sourceY = y[i] + direction * i32(tapY);
      let sourceX = x[i] + direction * i32(tapX);
      let inside = deep < depth && sourceY >= 0 && sourceY < i32(shape.sourceHeight)
        && sourceX >= 0 && sourceX < i32(shape.sourceWidth);
      let at = ((image[i] + u32(sourceY)) * shape.sourceWidth + u32(sourceX)) * shape.channels + channel;
      leftTile[loadDepth * TILE + loadLane + i * GROUP] = select(0.0, left[select(0u, at, inside)], inside);
    }
    if (TRANSPOSED == 1u) {
      let place = (phaseY * u32(isParity) + tapY * step) * shape.kernel + phaseX * u32(isParity) + tapX * step;
      // unroll
      for (var j = 0u; j < EACH; j++) {
        let clamped = min(column + loadLane + j * GROUP, shape.columns - 1u);
        let at = (place * shape.columns + clamped) * shape.channels + channel;
        rightTile[loadDepth * TILE + loadLane + j * GROUP] = select(0.0, right[select(0u, at, deep < depth)], deep < depth);
      }
    } else {
      // Neighbours load neighbouring columns.
      // unroll
      for (var j = 0u; j < EACH; j++) {
        let loaded = d + index / TILE + j * (GROUP / EACH);
        let clamped = min(column + index % TILE, shape.columns - 1u);
        let at = loaded * shape.columns + clamped;
        rightTile[(loaded - d) * TILE + index % TILE] = select(0.0, right[select(0u, at, loaded < depth)], loaded < depth);
      }
    }
    workgroupBarrier();
    for (var k = 0u; k < GROUP; k++) {
      // unroll
      for (var i = 0u; i < EACH; i++) { a[i] = leftTile[k * TILE + local.y * EACH + i]; }
      // unroll
      for (var j = 0u; j < EACH; j++) { b[j] = rightTile[k * TILE + local.x * EACH + j]; }
      // unroll
      for (var i = 0u; i < EACH; i++) {
        // unroll
        for (var j = 0u; j < EACH; j++) { sum[i * EACH + j] = fma(a[i], b[j], sum[i * EACH + j]); }
      }
    }
    workgroupBarrier();
  }

  // unroll
  for (var i = 0u; i < EACH; i++) {
    let own = row + local.y * EACH + i;
    let n = own / (high * wide);
    let resultY = firstY + own % (high * wide) / wide * step;
    let resultX = firstX + own % wide * step;
    let pixel = (n * shape.resultHeight + resultY) * shape.resultWidth + resultX;
    // unroll
    for (var j = 0u; j < EACH; j++) {
      let ownColumn = column + local.x * EACH + j;
      if (own < rows && ownColumn < shape.columns) {
        let at = pixel * shape.columns + ownColumn;
        var value = sum[i * EACH + j];
        if (ENDING == ACTIVATION && shape.keep == 1u) { preactivation[at] = value; }
        if (ENDING == ACTIVATION) { value = activation(vec4f(value), shape.parameter).x; }
        if (ENDING == DERIVATIVE) { value *= derivative(vec4f(preactivation[at]), shape.parameter).x; }
        product[at] = value;
      }
    }
  }
}

@group(0) @binding(0) var<storage, read> input: array<f32>;              // [batch, inputHeight, inputWidth, inputs]
@group(0) @binding(1) var<storage, read> outputGrad: array<f32>;         // [batch, height, width, outputs]
@group(0) @binding(2) var<storage, read_write> weightGrad: array<f32>;   // [parts, taps, inputs, outputs]
@group(0) @binding(3) var<storage, read_write> biasGrad: array<f32>;     // [parts, outputs]

// A workgroup makes its tile of one part; where there are several, `columnSums` adds them up.
@compute @workgroup_size(GROUP, GROUP)
fn workgroupWeightGrad(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
) {
  let rows = window.kernel * window.kernel * window.inputs;
  let pixels = window.batch * window.height * window.width;
  let end = min((group.z + 1u) * window.partPixels, pixels);
  let row = group.y * TILE;
  let column = group.x * TILE;

  // What this invocation loads: one row of input and one column of outputGrad, at EACH pixels.
  let loadLane = index % TILE;
  let loadDepth = index / TILE;
  let loadRow = min(row + loadLane, rows - 1u);
  let loadColumn = min(column + loadLane, window.outputs - 1u);
  let channel = loadRow % window.inputs;
  let tapY = i32(loadRow / window.inputs / window.kernel) - i32(window.padding);
  let tapX = i32(loadRow / window.inputs % window.kernel) - i32(window.padding);
  var a: array<f32, EACH>;
  var b: array<f32, EACH>;
  var biasSum: array<f32, EACH>;
  var sum: array<f32, EACH * EACH>;

  for (var d = group.z * window.partPixels; d < end; d += GROUP) {
    // unroll
    for (var i = 0u; i < EACH; i++) {
      let ahead = loadDepth + i * (GROUP / EACH);
      let pixel = d + ahead;
      let sourceY = i32(pixel / window.width % window.height * window.stride) + tapY;
      let sourceX = i32(pixel % window.width * window.stride) + tapX;
      let n = pixel / (window.width * window.height);
      let inside = pixel < end && sourceY >= 0 && sourceY < i32(window.inputHeight)
        && sourceX >= 0 && sourceX < i32(window.inputWidth);
      let at = ((n * window.inputHeight + u32(sourceY)) * window.inputWidth + u32(sourceX)) * window.inputs + channel;
      leftTile[ahead * TILE + loadLane] = select(0.0, input[select(0u, at, inside)], inside);
      let gradAt = pixel * window.outputs + loadColumn;
      rightTile[ahead * TILE + loadLane] = select(0.0, outputGrad[select(0u, gradAt, pixel < end)], pixel < end);
    }
    workgroupBarrier();
    for (var k = 0u; k < GROUP; k++) {
      // unroll
      for (var i = 0u; i < EACH; i++) { a[i] = leftTile[k * TILE + local.y * EACH + i]; }
      // unroll
      for (var j = 0u; j < EACH; j++) {
        b[j] = rightTile[k * TILE + local.x * EACH + j];
        biasSum[j] += b[j];
      }
      // unroll
      for (var i = 0u; i < EACH; i++) {
        // unroll
        for (var j = 0u; j < EACH; j++) { sum[i * EACH + j] = fma(a[i], b[j], sum[i * EACH + j]); }
      }
    }
    workgroupBarrier();
  }

  // unroll
  for (var j = 0u; j < EACH; j++) {
    let ownColumn = column + local.x * EACH + j;
    if (ownColumn < window.outputs) {
      if (row == 0u && local.y == 0u && window.biased == 1u) { biasGrad[group.z * window.outputs + ownColumn] = biasSum[j]; }
      // unroll
      for (var i = 0u; i < EACH; i++) {
        let own = row + local.y * EACH + i;
        if (own < rows) { weightGrad[(group.z * rows + own) * window.outputs + ownColumn] = sum[i * EACH + j]; }
      }
    }
  }
}
