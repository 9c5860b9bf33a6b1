// All presets by name: every file of this folder whose default export is a preset.

import { createRegistry } from '../math/registry';
import type { Preset } from './preset';

export const presets = createRegistry(
  'preset',
  import.meta.glob<{ default?: Preset }>(['./*.ts', '!./index.ts', '!./*.test.ts'], { eager: true }),
  (preset) => preset.name,
);

/** What is trained where nobody says what. */
export const DEFAULT_PRESET = 'ring';
