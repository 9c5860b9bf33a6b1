// One compute pass in one submit: how everything reaches the queue, apart from what has to time or draw.

/**
 * Encodes and submits one pass, and waits for nothing. `then` may encode copies behind the pass, in the same submit; what
 * it returns is returned.
 */
export function submitPass<Result = void>(
  device: GPUDevice,
  label: string,
  encode: (pass: GPUComputePassEncoder) => void,
  then?: (encoder: GPUCommandEncoder) => Result,
): Result {
  const encoder = device.createCommandEncoder({ label });
  const pass = encoder.beginComputePass({ label });
  encode(pass);
  pass.end();
  const result = then?.(encoder);
  device.queue.submit([encoder.finish()]);
  return result as Result;
}
