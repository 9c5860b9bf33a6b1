// Rung 1: one result per invocation. Two loads, each of one number, feed every multiply-add.

const SIZE = 512u;

@group(0) @binding(0) var<storage, read> a: array<f32>;               // [SIZE, SIZE]
@group(0) @binding(1) var<storage, read> b: array<f32>;               // [SIZE, SIZE]
@group(0) @binding(2) var<storage, read_write> product: array<f32>;   // [SIZE, SIZE]

@compute @workgroup_size(8, 8)
fn main(@builtin(global_invocation_id) id: vec3u) {
  var sum = 0.0;
  for (var k = 0u; k < SIZE; k++) {
    sum = fma(a[id.y * SIZE + k], b[k * SIZE + id.x], sum);
  }
  product[id.y * SIZE + id.x] = sum;
}
