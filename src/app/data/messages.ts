// What the page and the worker that reads its data say to each other.

import type { ImageSet } from '../../data/image-set';
import type { ImageShape } from '../protocol';
import type { DataFiles } from './files';

export type ReadingCommand =
  | {
      readonly type: 'read';
      readonly source: DataFiles;
      readonly wanted: ImageShape;
      /** Go on without files that cannot be used. */
      readonly skipBad: boolean;
    }
  /** Images of an earlier visit. */
  | { readonly type: 'recall'; readonly wanted: ImageShape };

export type ReadingReport =
  | { readonly type: 'progress'; readonly text: string; readonly share?: number }
  /** `images` are missing only where nothing was kept. */
  | {
      readonly type: 'done';
      readonly images?: ImageSet;
      readonly skipped: readonly string[];
      readonly notes: readonly string[];
    }
  /** `canSkip`: it could go on without what is bad. */
  | { readonly type: 'failed'; readonly message: string; readonly canSkip: boolean };
