// What a person gave, as errors say it, what may have been meant, and sizes.

const threeDigits = new Intl.NumberFormat('en', { maximumSignificantDigits: 3, useGrouping: false });

/** A number of bytes, in MiB or, where that is little, in KiB. */
export const sizeInWords = (bytes: number): string =>
  bytes < 2 ** 18
    ? `${threeDigits.format(bytes / 2 ** 10)} KiB`
    : `${threeDigits.format(bytes / 2 ** 20)} MiB`;

/** A value as a person would write it, cut short where it is long. */
export function describe(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}…` : value);
  if (Array.isArray(value)) {
    const text = JSON.stringify(value);
    return text.length <= 60 ? text : `a list of ${value.length}`;
  }
  if (typeof value === 'object' && value !== null) {
    const text = JSON.stringify(value);
    return text.length <= 60 ? text : 'an object';
  }
  return String(value);
}

/** The name closest to what was typed, if one is close enough to be what was meant. */
export function nearest(typed: string, names: readonly string[]): string | undefined {
  const scored = names.map((name) => ({
    name,
    distance: editDistance(typed.toLowerCase(), name.toLowerCase()),
  }));
  const best = scored.sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(best.name.length / 3))
    ? best.name
    : undefined;
}

/** Levenshtein distance: insertions, deletions and replacements between two words. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1)));
    }
    row = next;
  }
  return row[b.length]!;
}
