// Everybody who can compete in this runtime: webgan, and each library in `competitors/` that starts here.

import type { Contestant, Wait } from './contestant';
import { webgan } from './webgan';

interface Competitor {
  contestants(wait: Wait): Promise<readonly Contestant[]>;
}

// A library that does not load here must not keep the others from competing, so each is imported on its own.
const competitors = import.meta.glob<Competitor>('./competitors/*.ts');

export interface Field {
  readonly contestants: readonly Contestant[];
  /** Libraries that could not start, with the reason. */
  readonly missing: readonly string[];
}

/** `navigator.gpu` must be there: that is where the libraries look. */
export async function gatherContestants(wait: Wait): Promise<Field> {
  const contestants: Contestant[] = [webgan(wait)];
  const missing: string[] = [];
  for (const [file, load] of Object.entries(competitors)) {
    try {
      contestants.push(...(await (await load()).contestants(wait)));
    } catch (error) {
      missing.push(`${file.replace(/.*\/|\.ts$/g, '')}: ${error instanceof Error ? error.message : error}`);
    }
  }
  return { contestants, missing };
}
