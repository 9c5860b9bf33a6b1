// The metrics of every iteration, as `shaders/metrics.wgsl` writes them into the history's rows.

import { recordDiscriminator, recordGenerator } from '../../shaders/metrics.wgsl';
import type { Region } from '../gpu/memory';
import type { Piece } from '../gpu/readback';
import { type Slot, type Work, work } from '../gpu/work';

export interface MetricsRow {
  /** The iteration, from 1. */
  readonly step: number;
  readonly discriminatorLoss: number;
  readonly generatorLoss: number;
  /** V(D, G) = mean log D(x) + mean log(1 − D(G(z))) over the batches of the iteration's last discriminator update. */
  readonly value: number;
  /** Mean of D(x), and of D(G(z)). */
  readonly realScore: number;
  readonly fakeScore: number;
  /** Mean sign of D's logits of real samples, from −1 to 1: near 1 when D knows them by heart (r_t of Karras et al. 2020). */
  readonly realSign: number;
  /**
   * Of the last iteration that was read: the Euclidean norm of all gradients of a network's last update, before any clipping.
   * D's is not known where that update ended in a step on lazy penalties, whose gradients lie there then.
   */
  readonly discriminatorGradientNorm?: number;
  readonly generatorGradientNorm?: number;
}

export interface MetricsSlots {
  readonly terms: Slot;
  readonly discriminatorClock: Slot;
  readonly generatorClock: Slot;
  readonly history: Slot;
  readonly fault: Slot;
}

export const HISTORY_ROWS = recordDiscriminator.constants.HISTORY_ROWS;
const ROW_WORDS = recordDiscriminator.constants.ROW_WORDS;
export const HISTORY_WORDS = HISTORY_ROWS * ROW_WORDS;

/** Takes the means of `terms`, writes them into the iteration's row, and counts the update. */
export function recordUpdate(
  network: 'discriminator' | 'generator',
  slots: MetricsSlots,
  batch: number,
): Work {
  const kernel = network === 'discriminator' ? recordDiscriminator : recordGenerator;
  return work(kernel, { ...slots, shape: { batch } }, [1, 1, 1], 4 * batch);
}

/** The pieces of the history that hold the rows of iterations `from` + 1 … `to`; at most HISTORY_ROWS of them are left. */
export function historyPieces(history: Region, from: number, to: number): Piece[] {
  const rowBytes = 4 * ROW_WORDS;
  const count = Math.min(to - from, HISTORY_ROWS);
  const first = (to - count) % HISTORY_ROWS;
  const straight = Math.min(count, HISTORY_ROWS - first);
  const piece = (row: number, rows: number): Piece => ({
    buffer: history.buffer,
    offset: history.offset + row * rowBytes,
    size: rows * rowBytes,
  });
  return [piece(first, straight), piece(0, count - straight)].filter(({ size }) => size > 0);
}

/** Reads rows back; `bytes` may hold more behind them. */
export function parseRows(bytes: ArrayBuffer, count: number): MetricsRow[] {
  const floats = new Float32Array(bytes, 0, count * ROW_WORDS);
  const words = new Uint32Array(bytes, 0, count * ROW_WORDS);
  return Array.from({ length: count }, (_, row): MetricsRow => {
    const at = row * ROW_WORDS;
    return {
      step: words[at + 6]!,
      discriminatorLoss: floats[at]!,
      generatorLoss: floats[at + 1]!,
      value: floats[at + 2]!,
      realScore: floats[at + 3]!,
      fakeScore: floats[at + 4]!,
      realSign: floats[at + 7]!,
    };
  });
}
