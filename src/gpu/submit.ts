// One compute pass in one submit: how everything reaches the queue, apart from what has several passes or draws.

/**
 * Encodes and submits one pass, given by its label or its descriptor, and waits for nothing. `then` may encode copies
 * behind the pass, in the same submit; what it returns is returned.
 */
export function submitPass<Result = void>(
  device: GPUDevice,
  described: string | GPUComputePassDescriptor,
  encode: (pass: GPUComputePassEncoder) => void,
  then?: (encoder: GPUCommandEncoder) => Result,
): Result {
  const descriptor = typeof described === 'string' ? { label: described } : described;
  const { label = '' } = descriptor;
  const encoder = device.createCommandEncoder({ label });
  const pass = encoder.beginComputePass(descriptor);
  encode(pass);
  pass.end();
  const result = then?.(encoder);
  device.queue.submit([encoder.finish()]);
  return result as Result;
}
