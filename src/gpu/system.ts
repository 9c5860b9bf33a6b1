// What the searches for drivers and browsers may know of a machine; a test makes one up.

export interface System {
  /** As `process.platform`: 'linux', 'darwin', 'win32' … */
  readonly platform: string;
  /** As `process.arch`: 'x64', 'arm64' … */
  readonly architecture: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  exists(path: string): boolean;
  /** Names in a folder, sorted; none if it cannot be read. */
  list(folder: string): readonly string[];
  /** A text file; undefined if it cannot be read. */
  read(path: string): string | undefined;
}

/** Where webgan keeps what it downloaded: `$XDG_CACHE_HOME/webgan`, by default `~/.cache/webgan`. */
export function cacheFolder(system: System): string {
  return `${system.env.XDG_CACHE_HOME || `${system.home}/.cache`}/webgan`;
}
