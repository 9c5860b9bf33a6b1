// PyTorch on the CPU, in a Python of its own, once for each number of threads worth trying.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Contestant } from './contestant';
import { PROBLEMS } from './problems';
import { type Ask, remoteContestant } from './remote';

// A version manager's python3 often stands before the system's, which is the one that Debian's PyTorch is for.
const PYTHONS = ['python3', '/usr/bin/python3', 'python'];

/** The first Python here that has PyTorch. */
function findPython(): string | undefined {
  return PYTHONS.find(
    (python) => spawnSync(python, ['-c', 'import torch'], { stdio: 'ignore' }).status === 0,
  );
}

/** One thread is worth trying where threads wait for each other: on the small networks. */
const problemsOf = (threads: number) =>
  PROBLEMS.map(({ key }) => key).filter((key) => threads > 1 || key === 'ring-mlp');

export interface PyTorch {
  readonly contestants: readonly Contestant[];
  stop(): void;
}

/** Starts PyTorch with each number of threads; undefined where no Python has it. */
export async function startPyTorch(
  script: string,
  threadCounts: readonly number[],
): Promise<PyTorch | undefined> {
  const python = findPython();
  if (!python) return undefined;
  const children: ChildProcess[] = [];
  const contestants: Contestant[] = [];
  for (const threads of threadCounts) {
    const child = spawn(python, [script, String(threads)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    children.push(child);
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const answer = async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error('PyTorch ended before it answered.');
      return JSON.parse(value) as unknown;
    };
    const ask: Ask = async (request) => {
      child.stdin!.write(`${JSON.stringify(request)}\n`);
      return answer();
    };
    const { version } = (await answer()) as { version: string };
    const backend = threads === 1 ? 'CPU, 1 thread' : `CPU, ${threads} threads`;
    const key = `pytorch-${threads}`;
    contestants.push(
      remoteContestant({ key, library: 'PyTorch', version, backend, problems: problemsOf(threads) }, ask),
    );
  }
  return {
    contestants,
    stop() {
      for (const child of children) child.kill();
    },
  };
}
