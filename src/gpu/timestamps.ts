// GPU time of compute passes, where the adapter has `timestamp-query`; elsewhere nothing happens and nothing is measured.

import type { Device } from './device';
import { Readback } from './readback';

/** Two 64-bit numbers a pass. */
const BYTES_A_PASS = 16;

export class PassTimer {
  readonly #querySet: GPUQuerySet | undefined;
  readonly #resolved: GPUBuffer | undefined;
  readonly #readback: Readback;
  readonly #capacity: number;
  #labels: string[] = [];

  /** Measures up to `capacity` passes between two calls of `resolve`. */
  constructor(device: Device, capacity: number) {
    this.#capacity = capacity;
    this.#readback = new Readback(device.gpu, 'pass timer');
    if (!device.canMeasureTime) return;
    this.#querySet = device.gpu.createQuerySet({
      label: 'pass timer',
      type: 'timestamp',
      count: 2 * capacity,
    });
    this.#resolved = device.gpu.createBuffer({
      label: 'pass timer',
      size: BYTES_A_PASS * capacity,
      usage: GPUBufferUsage.QUERY_RESOLVE | GPUBufferUsage.COPY_SRC,
    });
  }

  /** A pass's descriptor: with timestamps where they can be had and there is room. */
  pass(label: string): GPUComputePassDescriptor {
    const index = this.#labels.length;
    if (!this.#querySet || index >= this.#capacity) return { label };
    this.#labels.push(label);
    const timestampWrites = {
      querySet: this.#querySet,
      beginningOfPassWriteIndex: 2 * index,
      endOfPassWriteIndex: 2 * index + 1,
    };
    return { label, timestampWrites };
  }

  /**
   * Encodes reading the times of the passes since the last call. What it returns is called after the submit, and
   * resolves with milliseconds of GPU time, a pass each in order; empty where time cannot be measured. Browsers round
   * times: Chrome to 100 µs.
   */
  resolve(
    encoder: GPUCommandEncoder,
  ): () => Promise<{ readonly label: string; readonly milliseconds: number }[]> {
    const labels = this.#labels;
    this.#labels = [];
    if (!this.#querySet || !this.#resolved || labels.length === 0) return async () => [];
    encoder.resolveQuerySet(this.#querySet, 0, 2 * labels.length, this.#resolved, 0);
    const size = BYTES_A_PASS * labels.length;
    const read = this.#readback.encode(encoder, [{ buffer: this.#resolved, offset: 0, size }]);
    return async () => {
      const times = new BigUint64Array(await read(), 0, 2 * labels.length);
      return labels.map((label, i) => ({
        label,
        milliseconds: Number(times[2 * i + 1]! - times[2 * i]!) / 1e6,
      }));
    };
  }

  destroy(): void {
    this.#querySet?.destroy();
    this.#resolved?.destroy();
    this.#readback.destroy();
  }
}
