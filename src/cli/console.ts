// Where the command writes, and how it fails: passed in, so that tests can run it in their own process.

/** A failure that is not the user's mistake, told in one sentence: exit code 1. */
export class Failure extends Error {
  override readonly name = 'Failure';
}

export interface Console {
  /** A whole line to standard output. */
  out(line: string): void;
  /** A whole line to standard error. */
  err(line: string): void;
  /** Replaces the terminal's present line, where there is one that can be replaced; '' clears it. */
  readonly status: ((line: string) => void) | undefined;
  /** Whether standard output shows colours. */
  readonly colour?: boolean;
  /** Columns of that line. */
  readonly width?: number;
  /** Calls back when the user (Ctrl-C) or the system asks to end; returns how to stop listening. */
  onInterrupt(listener: () => void): () => void;
}

/** The process's own. */
export function processConsole(): Console {
  const { stdout, stderr } = process;
  // A reader that has read enough (`webgan train | head`) ends the command; it is no fault.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  return {
    out: (line) => void stdout.write(`${line}\n`),
    err: (line) => void stderr.write(`${line}\n`),
    status: stderr.isTTY
      ? (line) => void stderr.write(`\r\x1b[2K${line.slice(0, widthOf(stderr))}`)
      : undefined,
    colour: stdout.isTTY === true && stdout.hasColors() && !process.env.NO_COLOR,
    get width() {
      return widthOf(stderr);
    },
    onInterrupt(listener) {
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.on(signal, listener);
      return () => {
        for (const signal of signals) process.off(signal, listener);
      };
    },
  };
}

/** One column stays free: a terminal breaks the line when its last one is written. */
const widthOf = (stream: NodeJS.WriteStream): number => Math.max(20, (stream.columns || 80) - 1);
