// Spectral normalisation (Miyato et al. 2018): a weight as a matrix M [columns, rows] (outputs by everything else) is divided by an
// estimate of its largest singular value, which one power iteration an update keeps:
//
//   u ← M v/‖M v‖,  v ← Mᵀu/‖Mᵀu‖,  σ = uᵀ M v,  normalized = M/σ
//
// With u and v held, the gradient G of the normalised weight gives that of the weight itself:
//
//   weightGrad = (G − ⟨G, normalized⟩ · u vᵀ)/σ
//
// On the GPU the weight lies as [rows, columns], and u and v in the same orders. Sums are of parts, always in the same order; no
// invocation waits for another.

// include lib/linear.wgsl

const WORKGROUP_SIZE = 64u;
// What PyTorch divides by at least.
const LEAST_NORM = 1e-12;

struct SpectralShape {
  rows: u32,
  columns: u32,
  rowParts: u32, // that sums over rows are found in
  parts: u32, // that sums over all numbers are found in
}

@group(0) @binding(0) var<storage, read> weight: array<f32>;                // [rows, columns]
@group(0) @binding(1) var<storage, read> left: array<f32>;                  // [columns], u
@group(0) @binding(2) var<storage, read> right: array<f32>;                 // [rows], v
@group(0) @binding(3) var<storage, read_write> nextLeft: array<f32>;        // [columns]
@group(0) @binding(4) var<storage, read_write> nextRight: array<f32>;       // [rows]
@group(0) @binding(5) var<storage, read_write> rowSums: array<f32>;         // [rows], Mᵀu
@group(0) @binding(6) var<storage, read> foundRows: array<f32>;             // the same, of a dispatch before
@group(0) @binding(7) var<storage, read_write> squares: array<f32>;         // [rowParts], of ‖Mᵀu‖²
@group(0) @binding(8) var<storage, read> foundSquares: array<f32>;          // the same, of the dispatch before
@group(0) @binding(9) var<storage, read_write> columnParts: array<f32>;     // [rowParts, columns], of M v
@group(0) @binding(10) var<storage, read> foundColumns: array<f32>;         // the same, of the dispatch before
@group(0) @binding(11) var<storage, read_write> columnSums: array<f32>;     // [columns], M v
@group(0) @binding(12) var<storage, read> image: array<f32>;                // the same, of the dispatch before
@group(0) @binding(13) var<storage, read_write> sigma: array<f32>;          // [1]
@group(0) @binding(14) var<storage, read> foundSigma: array<f32>;           // the same, of a dispatch before
@group(0) @binding(15) var<storage, read_write> normalized: array<f32>;     // [rows, columns]
@group(0) @binding(16) var<storage, read> normalizedWeight: array<f32>;     // the same, of a dispatch before
@group(0) @binding(17) var<storage, read> normalizedGrad: array<f32>;       // [rows, columns], G
@group(0) @binding(18) var<storage, read_write> products: array<f32>;       // [parts], of ⟨G, normalized⟩
@group(0) @binding(19) var<storage, read> foundProducts: array<f32>;        // the same, of the dispatch before
@group(0) @binding(20) var<storage, read_write> inner: array<f32>;          // [1], ⟨G, normalized⟩
@group(0) @binding(21) var<storage, read> foundInner: array<f32>;           // the same, of the dispatch before
@group(0) @binding(22) var<storage, read_write> weightGrad: array<f32>;     // [rows, columns]
@group(0) @binding(23) var<uniform> shape: SpectralShape;

// Mᵀu, one invocation a row.
@compute @workgroup_size(WORKGROUP_SIZE)
fn findRows(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = linearIndex(id, groups, WORKGROUP_SIZE);
  if (row >= shape.rows) { return; }
  var sum = 0.0;
  for (var column = 0u; column < shape.columns; column++) {
    sum += weight[row * shape.columns + column] * left[column];
  }
  rowSums[row] = sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn squareRows(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let part = linearIndex(id, groups, WORKGROUP_SIZE);
  if (part >= shape.rowParts) { return; }
  var sum = 0.0;
  for (var row = part; row < shape.rows; row += shape.rowParts) { sum += foundRows[row] * foundRows[row]; }
  squares[part] = sum;
}

// v, and with it σ = Σ Mᵀu · v.
@compute @workgroup_size(WORKGROUP_SIZE)
fn turnRight(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let row = linearIndex(id, groups, WORKGROUP_SIZE);
  if (row >= shape.rows) { return; }
  var sum = 0.0;
  for (var part = 0u; part < shape.rowParts; part++) { sum += foundSquares[part]; }
  let length = max(sqrt(sum), LEAST_NORM);
  nextRight[row] = foundRows[row] / length;
  if (row == 0u) { sigma[0] = sum / length; }
}

// M v, in parts: one invocation a part and column.
@compute @workgroup_size(WORKGROUP_SIZE)
fn findColumnParts(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.rowParts * shape.columns) { return; }
  let part = i / shape.columns;
  let column = i - part * shape.columns;
  var sum = 0.0;
  for (var row = part; row < shape.rows; row += shape.rowParts) {
    sum += weight[row * shape.columns + column] * right[row];
  }
  columnParts[i] = sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn joinColumns(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let column = linearIndex(id, groups, WORKGROUP_SIZE);
  if (column >= shape.columns) { return; }
  var sum = 0.0;
  for (var part = 0u; part < shape.rowParts; part++) { sum += foundColumns[part * shape.columns + column]; }
  columnSums[column] = sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn turnLeft(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let column = linearIndex(id, groups, WORKGROUP_SIZE);
  if (column >= shape.columns) { return; }
  var sum = 0.0;
  for (var other = 0u; other < shape.columns; other++) { sum += image[other] * image[other]; }
  nextLeft[column] = image[column] / max(sqrt(sum), LEAST_NORM);
}

// σ with the u that there is, where nothing is iterated.
@compute @workgroup_size(1)
fn findSigma() {
  var sum = 0.0;
  for (var column = 0u; column < shape.columns; column++) { sum += left[column] * image[column]; }
  sigma[0] = sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn divideWeight(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i < shape.rows * shape.columns) { normalized[i] = weight[i] / foundSigma[0]; }
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn findProducts(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let part = linearIndex(id, groups, WORKGROUP_SIZE);
  if (part >= shape.parts) { return; }
  var sum = 0.0;
  for (var i = part; i < shape.rows * shape.columns; i += shape.parts) {
    sum += normalizedGrad[i] * normalizedWeight[i];
  }
  products[part] = sum;
}

@compute @workgroup_size(1)
fn joinProducts() {
  var sum = 0.0;
  for (var part = 0u; part < shape.parts; part++) { sum += foundProducts[part]; }
  inner[0] = sum;
}

@compute @workgroup_size(WORKGROUP_SIZE)
fn findWeightGrad(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = linearIndex(id, groups, WORKGROUP_SIZE);
  if (i >= shape.rows * shape.columns) { return; }
  let row = i / shape.columns;
  let column = i - row * shape.columns;
  let along = foundInner[0] * left[column] * right[row];
  weightGrad[i] = (normalizedGrad[i] - along) / foundSigma[0];
}
