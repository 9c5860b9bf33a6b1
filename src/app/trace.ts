// Where the worker's time goes, as a track of its own in the Performance panel of DevTools.

/** Marks the time from `start` (a `performance.now()`) until now; costs some microseconds. */
export function trace(name: string, start: number): void {
  performance.measure(name, {
    start,
    detail: { devtools: { dataType: 'track-entry', track: 'webgan worker' } },
  });
  // The trace has it; the page's own list of measures would grow for ever.
  performance.clearMeasures(name);
}
