// Batch, instance and layer normalisation are one thing over [groups, rows, columns]. With the mean μ and the variance σ² of
// the rows of each group and column,
//
//   x̂ = (x − μ) · d,   d = 1/√(σ² + ε),   output = x̂ · weight + bias
//
//                 groups   rows              columns    weight and bias
//   batchNorm     batches  batch · pixels    channels   one a column
//   instanceNorm  batch    pixels            channels   one a column, or none
//   layerNorm     batch    a sample's size   1          one a row
//
// Its derivative, with g the gradient of x̂ and means over the rows, is
//
//   inputGrad = d · (g − mean(g) − x̂ · mean(g · x̂))
//
// and since that map is its own transpose, it takes a tangent of the input to one of x̂ as well.
//
// For the penalties on gradients: with x̂' = d · (ẋ − mean(ẋ) − x̂ · mean(ẋ · x̂)) the tangent of x̂, ⟨g, x̂'⟩ changes with the input by
//
//   −d² · (x̂ · (mean(g · ẋ) − mean(g) · mean(ẋ) − 3ab) + b · (g − mean(g)) + a · (ẋ − mean(ẋ))),
//   a = mean(g · x̂),  b = mean(ẋ · x̂)
//
// Rows are dealt out to parts like cards, row = part + k · parts, so that neighbouring invocations read neighbouring numbers;
// what parts found is put together in a second dispatch, always in the same order. The file that includes this says what one
// invocation reads at a time:
//
//   alias Lane = f32;                    or vec4f, where the number of columns is a multiple of four
//   fn widen(x: Lane) -> vec4f           for the functions of activations, and back
//   fn narrow(x: vec4f) -> Lane

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;
// Rows in registers at once.
const BLOCK = 8u;

// What weight and bias belong to.
const NOTHING = 0u;
const COLUMNS = 1u;
const ROWS = 2u;
const AFFINE = 1u;
// 1 where a gradient meets a row's weight before the normalisation's derivative, not behind it.
const WEIGHT_FIRST = 0u;

struct NormalizeShape {
  groups: u32,
  rows: u32,
  columns: u32, // Lanes
  parts: u32,
  epsilon: f32,
  momentum: f32, // of running statistics
  share: f32, // 1/rows; 0 where mean and variance are not those of these rows
  mode: u32, // how it ends, as in lib/product.wgsl
  parameter: f32, // of the activation
}

@group(0) @binding(0) var<uniform> shape: NormalizeShape;
@group(0) @binding(1) var<storage, read> input: array<Lane>;              // [groups, rows, columns]
@group(0) @binding(2) var<storage, read_write> partial: array<Lane>;      // [2, groups, parts, columns]
@group(0) @binding(3) var<storage, read> parts: array<Lane>;              // the same, of the dispatch before
@group(0) @binding(4) var<storage, read_write> found: array<Lane>;        // [2, groups, columns]: μ, then d
@group(0) @binding(5) var<storage, read> statistics: array<Lane>;         // the same, of a dispatch before
@group(0) @binding(6) var<storage, read_write> runningMean: array<Lane>;  // [columns]
@group(0) @binding(7) var<storage, read_write> runningVariance: array<Lane>;
@group(0) @binding(8) var<storage, read> weight: array<Lane>;             // [columns] or [rows]
@group(0) @binding(9) var<storage, read> bias: array<Lane>;
@group(0) @binding(10) var<storage, read_write> output: array<Lane>;      // as input
@group(0) @binding(11) var<storage, read_write> activated: array<Lane>;   // as input
@group(0) @binding(12) var<storage, read> outputGrad: array<Lane>;        // as input
@group(0) @binding(13) var<storage, read_write> gradSums: array<Lane>;    // [groups, columns], Σ g
@group(0) @binding(14) var<storage, read_write> productSums: array<Lane>; // [groups, columns], Σ g · x̂
@group(0) @binding(15) var<storage, read> gradSum: array<Lane>;           // the same, of a dispatch before
@group(0) @binding(16) var<storage, read> productSum: array<Lane>;
@group(0) @binding(17) var<storage, read> preactivation: array<Lane>;     // as input, where it is an activation's output
@group(0) @binding(18) var<storage, read_write> inputGrad: array<Lane>;   // as input
@group(0) @binding(19) var<storage, read> inputTangent: array<Lane>;      // as input
@group(0) @binding(20) var<storage, read> tangentSum: array<Lane>;        // [groups, columns], Σ ẋ
@group(0) @binding(21) var<storage, read> tangentProductSum: array<Lane>; // [groups, columns], Σ ẋ · x̂
@group(0) @binding(22) var<storage, read> crossSum: array<Lane>;          // [groups, columns], Σ g · ẋ
@group(0) @binding(23) var<storage, read_write> means: array<Lane>;       // [5, groups, columns]
@group(0) @binding(24) var<storage, read> curvatureMeans: array<Lane>;    // the same, of the dispatch before

// How it ends, by `shape.mode`: behind the normalisation, or before it on the way back.
const PLAIN = 0u;
const INTO = 1u;
const ONWARD = 2u;
const BACK = 3u;

// Replaced by the activation's own (src/wgsl/graft.ts).
fn activation(x: vec4f, parameter: f32) -> vec4f { return x; }
fn derivative(x: vec4f, parameter: f32) -> vec4f { return vec4f(1.0); }

/// One invocation's share: a column of a part of a group.
struct Place {
  exists: bool,
  index: u32, // in [groups, parts, columns]
  column: u32,
  part: u32,
  corner: u32, // of the column's first row in the group, in `input`
  statistic: u32, // in [groups, columns]
}

fn placeOf(index: u32) -> Place {
  let partAndGroup = index / shape.columns;
  let column = index - partAndGroup * shape.columns;
  let group = partAndGroup / shape.parts;
  let part = partAndGroup - group * shape.parts;
  return Place(
    group < shape.groups,
    index,
    column,
    part,
    group * shape.rows * shape.columns + column,
    group * shape.columns + column,
  );
}

/// How many rows a part has from this one on.
fn rowsFrom(row: u32) -> u32 { return (shape.rows - row + shape.parts - 1u) / shape.parts; }

fn inverseDeviation(variance: Lane) -> Lane { return Lane(1.0) / sqrt(variance + Lane(shape.epsilon)); }

fn weightAt(column: u32, row: u32) -> Lane {
  var scale = Lane(1.0);
  if (AFFINE == COLUMNS) { scale = weight[column]; }
  if (AFFINE == ROWS) { scale = weight[row]; }
  return scale;
}

// The mean of a part's rows, and the sum of their squared differences to it. Eight rows at a time are in registers, so that
// their own mean is known before differences are taken; two sets of rows are joined as Chan, Golub and LeVeque (1983) do:
//
//   mean = mean₁ + δ · n₂/n,   spread = spread₁ + spread₂ + δ² · n₁n₂/n,   δ = mean₂ − mean₁
@compute @workgroup_size(WORKGROUP_SIZE)
fn partStatistics(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let place = placeOf(linearIndex(id, groups, WORKGROUP_SIZE));
  if (!place.exists) { return; }
  var mean = Lane(0.0);
  var spread = Lane(0.0);
  var count = 0.0;
  for (var first = place.part; first < shape.rows; first += BLOCK * shape.parts) {
    let inside = min(rowsFrom(first), BLOCK);
    var x: array<Lane, BLOCK>;
    var blockMean = Lane(0.0);
    // unroll
    for (var r = 0u; r < BLOCK; r++) {
      x[r] = input[place.corner + min(first + r * shape.parts, shape.rows - 1u) * shape.columns];
      blockMean += select(Lane(0.0), x[r], r < inside);
    }
    let n = f32(inside);
    blockMean = blockMean / n;
    var blockSpread = Lane(0.0);
    // unroll
    for (var r = 0u; r < BLOCK; r++) {
      let difference = select(Lane(0.0), x[r] - blockMean, r < inside);
      blockSpread += difference * difference;
    }
    let delta = blockMean - mean;
    mean += delta * (n / (count + n));
    spread += blockSpread + delta * delta * (count * n / (count + n));
    count += n;
  }
  partial[place.index] = mean;
  partial[place.index + shape.groups * shape.parts * shape.columns] = spread;
}

struct Moments { mean: Lane, variance: Lane }

/// Joins what the parts of a group and column found.
fn momentsOf(statistic: u32) -> Moments {
  let group = statistic / shape.columns;
  let column = statistic - group * shape.columns;
  var mean = Lane(0.0);
  var spread = Lane(0.0);
  var count = 0.0;
  for (var part = 0u; part < shape.parts; part++) {
    let at = (group * shape.parts + part) * shape.columns + column;
    let n = f32(rowsFrom(part));
    let delta = parts[at] - mean;
    mean += delta * (n / (count + n));
    spread += parts[at + shape.groups * shape.parts * shape.columns] + delta * delta * (count * n / (count + n));
    count += n;
  }
  return Moments(mean, spread / f32(shape.rows));
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn joinStatistics(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let statistic = linearIndex(id, groups, WORKGROUP_SIZE);
  if (statistic >= shape.groups * shape.columns) { return; }
  let moments = momentsOf(statistic);
  found[statistic] = moments.mean;
  found[statistic + shape.groups * shape.columns] = inverseDeviation(moments.variance);
}

// Batch statistics, and with those of each group in turn
//   running ← (1 − momentum) · running + momentum · batch, with the unbiased variance, Σ(x − μ)²/(rows − 1)
@compute @workgroup_size(WORKGROUP_SIZE)
fn joinBatchStatistics(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let column = linearIndex(id, groups, WORKGROUP_SIZE);
  if (column >= shape.columns) { return; }
  for (var group = 0u; group < shape.groups; group++) {
    let statistic = group * shape.columns + column;
    let moments = momentsOf(statistic);
    found[statistic] = moments.mean;
    found[statistic + shape.groups * shape.columns] = inverseDeviation(moments.variance);
    let unbiased = moments.variance * (f32(shape.rows) / f32(shape.rows - 1u));
    runningMean[column] += shape.momentum * (moments.mean - runningMean[column]);
    runningVariance[column] += shape.momentum * (unbiased - runningVariance[column]);
  }
}

// The statistics that a batch in mode `evaluate` is normalised with.
@compute @workgroup_size(WORKGROUP_SIZE)
fn takeRunningStatistics(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let column = linearIndex(id, groups, WORKGROUP_SIZE);
  if (column >= shape.columns) { return; }
  found[column] = runningMean[column];
  found[column + shape.columns] = inverseDeviation(runningVariance[column]);
}

// output = x̂ · weight + bias, into an activation where one is behind.
@compute @workgroup_size(WORKGROUP_SIZE)
fn normalize(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let place = placeOf(linearIndex(id, groups, WORKGROUP_SIZE));
  if (!place.exists) { return; }
  let mean = statistics[place.statistic];
  let deviation = statistics[place.statistic + shape.groups * shape.columns];
  var scale = Lane(1.0);
  var shift = Lane(0.0);
  if (AFFINE == COLUMNS) {
    scale = weight[place.column];
    shift = bias[place.column];
  }
  for (var row = place.part; row < shape.rows; row += shape.parts) {
    let at = place.corner + row * shape.columns;
    if (AFFINE == ROWS) {
      scale = weight[row];
      shift = bias[row];
    }
    let y = (input[at] - mean) * deviation * scale + shift;
    if (shape.mode != ONWARD) { output[at] = y; }
    if (shape.mode != PLAIN) { activated[at] = narrow(activation(widen(y), shape.parameter)); }
  }
}

// Σ g and Σ g · x̂ over a part's rows.
@compute @workgroup_size(WORKGROUP_SIZE)
fn partGradSums(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let place = placeOf(linearIndex(id, groups, WORKGROUP_SIZE));
  if (!place.exists) { return; }
  let mean = statistics[place.statistic];
  let deviation = statistics[place.statistic + shape.groups * shape.columns];
  var sum = Lane(0.0);
  var products = Lane(0.0);
  for (var row = place.part; row < shape.rows; row += shape.parts) {
    let at = place.corner + row * shape.columns;
    var g = outputGrad[at];
    if (WEIGHT_FIRST == 1u) { g *= weightAt(place.column, row); }
    sum += g;
    products += g * ((input[at] - mean) * deviation);
  }
  partial[place.index] = sum;
  partial[place.index + shape.groups * shape.parts * shape.columns] = products;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn joinGradSums(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let statistic = linearIndex(id, groups, WORKGROUP_SIZE);
  if (statistic >= shape.groups * shape.columns) { return; }
  let group = statistic / shape.columns;
  let column = statistic - group * shape.columns;
  var sum = Lane(0.0);
  var products = Lane(0.0);
  for (var part = 0u; part < shape.parts; part++) {
    let at = (group * shape.parts + part) * shape.columns + column;
    sum += parts[at];
    products += parts[at + shape.groups * shape.parts * shape.columns];
  }
  gradSums[statistic] = sum;
  productSums[statistic] = products;
}

// inputGrad = d · (g − share · (Σ g + x̂ · Σ g · x̂)), through the derivative of an activation where one is before.
@compute @workgroup_size(WORKGROUP_SIZE)
fn normalizeBack(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let place = placeOf(linearIndex(id, groups, WORKGROUP_SIZE));
  if (!place.exists) { return; }
  let mean = statistics[place.statistic];
  let deviation = statistics[place.statistic + shape.groups * shape.columns];
  let meanGrad = shape.share * gradSum[place.statistic];
  let meanProduct = shape.share * productSum[place.statistic];
  var scale = Lane(1.0);
  if (AFFINE == COLUMNS) { scale = weight[place.column]; }
  for (var row = place.part; row < shape.rows; row += shape.parts) {
    let at = place.corner + row * shape.columns;
    if (AFFINE == ROWS) { scale = weight[row]; }
    let normalized = (input[at] - mean) * deviation;
    var g = outputGrad[at];
    if (WEIGHT_FIRST == 1u) { g *= scale; }
    var result = deviation * (g - meanGrad - normalized * meanProduct);
    if (WEIGHT_FIRST == 0u) { result *= scale; }
    if (shape.mode == BACK) { result *= narrow(derivative(widen(preactivation[at]), shape.parameter)); }
    inputGrad[at] = result;
  }
}

// outputGrad · x̂: the gradient of the weight before it is added up over the groups, where weights belong to rows.
@compute @workgroup_size(WORKGROUP_SIZE)
fn weightGradTerms(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let place = placeOf(linearIndex(id, groups, WORKGROUP_SIZE));
  if (!place.exists) { return; }
  let mean = statistics[place.statistic];
  let deviation = statistics[place.statistic + shape.groups * shape.columns];
  for (var row = place.part; row < shape.rows; row += shape.parts) {
    let at = place.corner + row * shape.columns;
    output[at] = outputGrad[at] * ((input[at] - mean) * deviation);
  }
}

// outputGrad · inputTangent, whose sums are Σ g · ẋ.
@compute @workgroup_size(WORKGROUP_SIZE)
fn crossTerms(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let place = placeOf(linearIndex(id, groups, WORKGROUP_SIZE));
  if (!place.exists) { return; }
  for (var row = place.part; row < shape.rows; row += shape.parts) {
    let at = place.corner + row * shape.columns;
    output[at] = outputGrad[at] * inputTangent[at];
  }
}

// mean(g), a, mean(ẋ), b and mean(g · ẋ) − mean(g) · mean(ẋ) − 3ab of each group and column, behind each other.
@compute @workgroup_size(WORKGROUP_SIZE)
fn joinCurvatureMeans(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  let count = shape.groups * shape.columns;
  if (i >= count) { return; }
  let g = shape.share * gradSum[i];
  let a = shape.share * productSum[i];
  let x = shape.share * tangentSum[i];
  let b = shape.share * tangentProductSum[i];
  means[i] = g;
  means[i + count] = a;
  means[i + 2u * count] = x;
  means[i + 3u * count] = b;
  means[i + 4u * count] = shape.share * crossSum[i] - g * x - 3.0 * a * b;
}

// inputGrad as above, and output = outputGrad · x̂', the terms of the weight's gradient.
@compute @workgroup_size(WORKGROUP_SIZE)
fn normalizeCurvature(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let place = placeOf(linearIndex(id, groups, WORKGROUP_SIZE));
  if (!place.exists) { return; }
  let count = shape.groups * shape.columns;
  let mean = statistics[place.statistic];
  let deviation = statistics[place.statistic + count];
  let meanGrad = curvatureMeans[place.statistic];
  let a = curvatureMeans[place.statistic + count];
  let meanTangent = curvatureMeans[place.statistic + 2u * count];
  let b = curvatureMeans[place.statistic + 3u * count];
  let along = curvatureMeans[place.statistic + 4u * count];
  for (var row = place.part; row < shape.rows; row += shape.parts) {
    let at = place.corner + row * shape.columns;
    let scale = weightAt(place.column, row);
    let normalized = (input[at] - mean) * deviation;
    let tangent = inputTangent[at] - meanTangent;
    var g = outputGrad[at];
    output[at] = g * deviation * (tangent - normalized * b);
    if (WEIGHT_FIRST == 1u) { g *= scale; }
    var result = -deviation * deviation * (normalized * along + b * (g - meanGrad) + a * tangent);
    if (WEIGHT_FIRST == 0u) { result *= scale; }
    inputGrad[at] = result;
  }
}
