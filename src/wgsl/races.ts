// Finds missing barriers: runs a kernel's invocations in lock step and reports accesses that nothing orders.
// For tests only, on wgsl_reflect's interpreter. Its verdict counts only where its output is right as well.

import { detectRaces } from 'wgsl_reflect/wgsl_reflect.module.js';
import type { BindingShapes, Kernel, UniformFields } from './kernel';
import { closingBracket, skipTrivia, type Token, textOf, tokenize, withoutTrivia } from './tokens';
import { writeUniform } from './uniform';

type Numbers = Float32Array | Uint32Array | Int32Array;
type Fields = Readonly<Record<string, number | readonly number[]>>;

/** What to give a kernel to see its barriers at work, and what must come out. */
export interface RaceSpecimen {
  readonly kernel: Kernel;
  readonly grid: readonly [number, number, number];
  /** Numbers of each storage binding before the dispatch, fields of each uniform. */
  readonly bindings: Readonly<Record<string, Numbers | Fields>>;
  /** What storage bindings hold afterwards, by an independent computation. */
  readonly expected: Readonly<Record<string, ArrayLike<number>>>;
  /** Largest difference to `expected`. */
  readonly tolerance: number;
}

export interface RaceVerdict {
  /** One sentence for each pair of accesses that nothing orders. */
  readonly races: readonly string[];
  /** Why the verdict must not be trusted: the output is wrong, or the interpreter failed. */
  readonly doubt?: string;
}

/** A specimen typed by its kernel: a forgotten binding is a compile error. */
export function raceSpecimen<Shapes extends BindingShapes>(
  specimen: Omit<RaceSpecimen, 'kernel' | 'bindings' | 'expected'> & {
    readonly kernel: Kernel<Shapes, string>;
    readonly bindings: {
      readonly [Name in keyof Shapes]: Shapes[Name] extends UniformFields
        ? { readonly [Field in keyof Shapes[Name]]: number | readonly number[] }
        : Numbers;
    };
    readonly expected: { readonly [Name in keyof Shapes]?: ArrayLike<number> };
  },
): RaceSpecimen {
  return specimen as unknown as RaceSpecimen;
}

/** Runs a specimen in lock step, with the kernel's code or another text in its place. */
export function findRaces(specimen: RaceSpecimen, code: string = specimen.kernel.code): RaceVerdict {
  const { kernel, grid } = specimen;
  const numbers: Record<string, Numbers> = {};
  const group: Record<number, unknown> = {};
  for (const [name, binding] of Object.entries(kernel.bindings)) {
    const given = specimen.bindings[name];
    if (given === undefined) throw new Error(`${kernel.label}: the race specimen has no ${name}`);
    if (binding.kind === 'uniform') {
      const view = new DataView(new ArrayBuffer(binding.size));
      writeUniform(view, 0, binding, given as Fields, kernel.label);
      group[binding.binding] = { uniform: new Uint8Array(view.buffer) };
    } else {
      numbers[name] = (given as Numbers).slice();
      group[binding.binding] = numbers[name];
    }
  }
  const { races, errors } = detectRaces(givenRoom(code), kernel.entryPoint, [...grid], { 0: group });
  const doubt = errors[0] ?? firstDifference(specimen, numbers);
  return { races: races.map(({ message }) => message), ...(doubt ? { doubt } : {}) };
}

/** True for a kernel whose entry point, or a function it calls, uses `var<workgroup>`. */
export function usesWorkgroupMemory(kernel: Kernel): boolean {
  const tokens = tokenize(kernel.code);
  const shared = new Set(workgroupVariables(tokens));
  return reachable(tokens, kernel.entryPoint).some((index) => shared.has(tokens[index]!.text));
}

/** The kernel's code once for each `workgroupBarrier();` it can reach, with that one left out, and its line. */
export function withoutEachBarrier(kernel: Kernel): { code: string; line: number }[] {
  const tokens = tokenize(kernel.code);
  const barriers = reachable(tokens, kernel.entryPoint).filter(
    (index) => tokens[index]!.text === 'workgroupBarrier',
  );
  return barriers.map((index) => {
    const end = closingBracket(tokens, skipTrivia(tokens, index + 1));
    const rest = [...tokens.slice(0, index), ...tokens.slice(skipTrivia(tokens, end + 1) + 1)];
    return { code: textOf(rest), line: tokens[index]!.line };
  });
}

/** The interpreter does not see a barrier that is the first statement of a block: puts one before it. */
function givenRoom(code: string): string {
  let before = '';
  return tokenize(code)
    .map((token, index) => {
      const opens = token.text === 'workgroupBarrier' && before === '{';
      if (token.kind !== 'space' && token.kind !== 'comment') before = token.text;
      return opens ? `let beforeBarrier${index} = 0u; ${token.text}` : token.text;
    })
    .join('');
}

function firstDifference(
  specimen: RaceSpecimen,
  numbers: Readonly<Record<string, Numbers>>,
): string | undefined {
  for (const [name, expected] of Object.entries(specimen.expected)) {
    const actual = numbers[name]!;
    if (actual.length !== expected.length)
      return `${specimen.kernel.label}: ${name} has ${actual.length} numbers and is expected to have ${expected.length}`;
    for (let index = 0; index < actual.length; index++) {
      // Written so that NaN is a difference too.
      if (!(Math.abs(actual[index]! - expected[index]!) <= specimen.tolerance))
        return `${specimen.kernel.label}: ${name}[${index}] is ${actual[index]} instead of ${expected[index]}`;
    }
  }
  return undefined;
}

function workgroupVariables(tokens: readonly Token[]): string[] {
  const meaningful = withoutTrivia(tokens);
  return meaningful.flatMap(({ text }, index) =>
    text === 'workgroup' && meaningful[index - 1]?.text === '<' ? [meaningful[index + 2]!.text] : [],
  );
}

/** Indices of the tokens of a function and of all functions it calls. */
function reachable(tokens: readonly Token[], entryPoint: string): number[] {
  const bodies = new Map<string, readonly [start: number, end: number]>();
  tokens.forEach((token, index) => {
    if (token.text !== 'fn') return;
    let open = index;
    while (tokens[open]!.text !== '{') open++;
    bodies.set(tokens[skipTrivia(tokens, index + 1)]!.text, [open, closingBracket(tokens, open)]);
  });
  const found: number[] = [];
  const waiting = [entryPoint];
  while (waiting.length > 0) {
    const name = waiting.pop()!;
    const body = bodies.get(name);
    bodies.delete(name);
    for (let index = body?.[0] ?? 0; index < (body?.[1] ?? 0); index++) {
      found.push(index);
      if (bodies.has(tokens[index]!.text)) waiting.push(tokens[index]!.text);
    }
  }
  return found.sort((a, b) => a - b);
}
