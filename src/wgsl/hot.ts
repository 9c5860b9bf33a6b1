// Where edited shaders arrive while the page runs: subscribers get the new kernels, or are told what is wrong.

import type { Kernel } from './kernel';

/** The kernels of one file by entry point. */
export type Kernels = Readonly<Record<string, Kernel>>;
type ChangeListener = (kernels: Kernels, file: string) => void;
type ErrorListener = (message: string, file: string) => void;

const changeListeners = new Set<ChangeListener>();
const errorListeners = new Set<ErrorListener>();

/**
 * Calls back with a shader file's kernels each time it or one of its fragments is edited (development server
 * only). `file` is relative to `shaders/`, as in `kernel.file`. Returns a function that unsubscribes.
 */
export function onKernelChange(callback: ChangeListener): () => void {
  changeListeners.add(callback);
  return () => changeListeners.delete(callback);
}

/** Calls back with what is wrong with an edited shader; the kernels in use stay as they are. Returns a function that unsubscribes. */
export function onKernelError(callback: ErrorListener): () => void {
  errorListeners.add(callback);
  return () => errorListeners.delete(callback);
}

/** Called by the modules that the Vite plugin makes of shaders. */
export function publishKernels(file: string, kernels: Kernels): void {
  for (const listener of changeListeners) listener(kernels, file);
}

/** Called by the modules that the Vite plugin makes of shaders. */
export function publishKernelError(file: string, message: string): void {
  for (const listener of errorListeners) listener(message, file);
}
