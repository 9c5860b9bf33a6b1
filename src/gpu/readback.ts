// Reading numbers back without holding the queue up: copies into a few mappable buffers that are used in turn.

import type { Region } from './memory';

/** A piece of a buffer, in bytes; offset and size are multiples of 4. */
export type Piece = Region;

export class Readback {
  readonly #device: GPUDevice;
  readonly #label: string;
  readonly #free: GPUBuffer[] = [];
  #destroyed = false;

  constructor(device: GPUDevice, label: string) {
    this.#device = device;
    this.#label = label;
  }

  /**
   * Encodes copies of the pieces, one behind the other, and returns what to call after the encoder was submitted: it
   * resolves with their bytes when the GPU has got there. Nothing in between waits for it.
   */
  encode(encoder: GPUCommandEncoder, pieces: readonly Piece[]): () => Promise<ArrayBuffer> {
    const size = pieces.reduce((sum, piece) => sum + piece.size, 0);
    const staging = this.#take(size);
    let at = 0;
    for (const piece of pieces) {
      encoder.copyBufferToBuffer(piece.buffer, piece.offset, staging, at, piece.size);
      at += piece.size;
    }
    return async () => {
      await staging.mapAsync(GPUMapMode.READ, 0, size);
      const bytes = staging.getMappedRange(0, size).slice(0);
      staging.unmap();
      if (this.#destroyed) staging.destroy();
      else this.#free.push(staging);
      return bytes;
    };
  }

  destroy(): void {
    this.#destroyed = true;
    for (const buffer of this.#free.splice(0)) buffer.destroy();
  }

  #take(size: number): GPUBuffer {
    const fits = this.#free.findIndex((buffer) => buffer.size >= size);
    if (fits >= 0) return this.#free.splice(fits, 1)[0]!;
    return this.#device.createBuffer({
      label: `${this.#label} readback`,
      size: Math.max(256, Math.ceil(size / 256) * 256),
      usage: GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST,
    });
  }
}
