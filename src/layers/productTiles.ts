// How the results of a matrix product are shared out among invocations: the tiles of each strategy, and which suit a shape.

import type { narrowProduct } from '../../shaders/narrowProduct.wgsl';
import type { plainProduct } from '../../shaders/plainProduct.wgsl';
import type { AdapterTraits } from '../gpu/work';

/** What one workgroup makes. */
export interface TileSize {
  readonly rows: number;
  readonly columns: number;
}

export const tileGrid = (rows: number, columns: number, tile: TileSize) =>
  [Math.ceil(columns / tile.columns), Math.ceil(rows / tile.rows)] as const;

/**
 * Results of few columns (D's logit, points in the plane, grey images) would leave most lanes of a square workgroup idle: a
 * narrow tile in a column of lanes makes them three to five times faster on software adapters.
 */
const NARROW = { TILE_ROWS: 4, TILE_COLUMNS: 2, GROUP_COLUMNS: 1, GROUP_ROWS: 32 };
const NARROW_COLUMNS = 4;

export const plainTile = (columns: number) => (columns <= NARROW_COLUMNS ? NARROW : {});

export const plainTileSize = ({
  constants,
  workgroupSize,
}: Pick<typeof plainProduct, 'constants' | 'workgroupSize'>): TileSize => ({
  rows: constants.TILE_ROWS * workgroupSize[1],
  columns: constants.TILE_COLUMNS * workgroupSize[0],
});

export const narrowTileSize = ({
  constants,
  workgroupSize,
}: Pick<typeof narrowProduct, 'constants' | 'workgroupSize'>): TileSize => ({
  rows: constants.TILE_ROWS * workgroupSize[0],
  columns: constants.COLUMNS,
});

export interface WorkgroupTile {
  readonly GROUP: number;
  readonly EACH: number;
}

/** Tiles of 64 × 64, 32 × 32 and 16 × 16; larger ones than the last that would be mostly empty are left out. */
export function workgroupTiles(
  { maxWorkgroupInvocations }: AdapterTraits,
  rows: number,
  columns: number,
): WorkgroupTile[] {
  const smallest = { GROUP: 8, EACH: 2 };
  const fits = ({ GROUP, EACH }: WorkgroupTile) => Math.min(rows, columns) > (GROUP * EACH) / 2;
  return [
    ...[
      { GROUP: 16, EACH: 4 },
      { GROUP: 16, EACH: 2 },
    ].filter(fits),
    smallest,
  ].filter(({ GROUP }) => GROUP ** 2 <= maxWorkgroupInvocations);
}

export const workgroupTileSize = ({ GROUP, EACH }: WorkgroupTile): TileSize => ({
  rows: GROUP * EACH,
  columns: GROUP * EACH,
});

export const workgroupLabel = ({ GROUP, EACH }: WorkgroupTile) => `workgroup ${GROUP * EACH}×${GROUP * EACH}`;

/** Workgroups that keep a large GPU busy: a weight's gradient is cut into parts until it has so many of 32 × 32 results. */
export const ENOUGH_WORKGROUPS = 128;

export interface SubgroupTile {
  readonly LANES: number;
  readonly TILE_ROWS: number;
  readonly TILE_QUADS: number;
  readonly BLOCKS: number;
  readonly DEPTH_QUADS: number;
  readonly SHUFFLED: number;
}

/**
 * Sums that a lane may hold. A GPU has registers for 128 to 255 numbers a lane, and with more even its compiler suffers (LLVM takes minutes
 * for 512); software of four lanes keeps them in memory anyway and gains from each load that they share.
 */
const MOST_SUMS = 128;

/**
 * Where a shuffle is quicker than a broadcast. Dawn makes a broadcast from a lane that is not active 0, by a comparison and a choice for each
 * number; of a shuffle, on lavapipe one instruction, it asks nothing. On SwiftShader's 4 lanes the broadcast is quicker all the same.
 */
const LANES_OF_LAVAPIPE = 8;

/** Tiles of a subgroup in the order of their size; those that would be mostly empty are left out. */
export function subgroupTiles(
  { subgroupSize }: AdapterTraits,
  rows: number,
  columns: number,
): SubgroupTile[] {
  if (subgroupSize === undefined || subgroupSize < 4) return [];
  const block = 4 * subgroupSize;
  return [1, 2, 4]
    .flatMap((quads) => [16, 32].map((tileRows) => ({ tileRows, quads })))
    .filter(({ tileRows, quads }) => tileRows <= 2 * block && (quads === 1 || columns > (quads * block) / 2))
    .filter(({ tileRows }) => rows > tileRows / 2)
    .filter(({ tileRows, quads }) => subgroupSize === 4 || tileRows * 4 * quads <= MOST_SUMS)
    .map(({ tileRows, quads }) => ({
      LANES: subgroupSize,
      TILE_ROWS: tileRows,
      TILE_QUADS: quads,
      BLOCKS: Math.max(1, tileRows / block),
      DEPTH_QUADS: Math.max(1, block / tileRows),
      SHUFFLED: subgroupSize === LANES_OF_LAVAPIPE ? 1 : 0,
    }));
}

export const subgroupTileSize = ({ LANES, TILE_ROWS, TILE_QUADS }: SubgroupTile): TileSize => ({
  rows: TILE_ROWS,
  columns: LANES * TILE_QUADS * 4,
});

export const subgroupLabel = ({ TILE_ROWS, TILE_QUADS }: SubgroupTile) =>
  `subgroup ${TILE_ROWS}×${4 * TILE_QUADS}`;
