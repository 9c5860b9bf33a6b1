// Leaves out of a module what one variant of one entry point does not need: the other entry points, and branches that its
// constants never take. Kernels of many variants stay one readable file, and compilers get a fraction of it.

import { evaluate, type Lookup, moduleConstants } from './constants';
import { closingBracket, isTrivia, skipTrivia, type Token, textOf, tokenize, withoutTrivia } from './tokens';

/**
 * The text without the entry points other than this one, and with every `if` whose condition module constants decide
 * replaced by the branch that they choose, in brackets of its own.
 */
export function reduce(text: string, entryPoint: string): string {
  const tokens = tokenize(text);
  const needed = withoutOtherEntryPoints(tokens, entryPoint);
  return textOf(withoutDeadBranches(needed, moduleConstants(needed)));
}

function withoutOtherEntryPoints(tokens: readonly Token[], entryPoint: string): Token[] {
  const kept: Token[] = [];
  let index = 0;
  while (index < tokens.length) {
    const end = tokens[index]!.text === '@' ? endOfEntryPoint(tokens, index, entryPoint) : undefined;
    if (end === undefined) kept.push(tokens[index++]!);
    else index = end;
  }
  return kept;
}

/** Behind the function that the attribute at `start` belongs to, where that is another entry point. */
function endOfEntryPoint(tokens: readonly Token[], start: number, entryPoint: string): number | undefined {
  let index = start;
  let isCompute = false;
  while (tokens[index]?.text === '@') {
    index = skipTrivia(tokens, index + 1);
    isCompute ||= tokens[index]?.text === 'compute';
    index = skipTrivia(tokens, index + 1);
    if (tokens[index]?.text === '(') index = skipTrivia(tokens, closingBracket(tokens, index) + 1);
  }
  if (!isCompute || tokens[index]?.text !== 'fn') return undefined;
  if (tokens[skipTrivia(tokens, index + 1)]?.text === entryPoint) return undefined;
  while (tokens[index]!.text !== '(') index++;
  index = closingBracket(tokens, index);
  while (tokens[index]!.text !== '{') index++;
  return closingBracket(tokens, index) + 1;
}

function withoutDeadBranches(tokens: readonly Token[], constants: Lookup): Token[] {
  const kept: Token[] = [];
  let index = 0;
  while (index < tokens.length) {
    const token = tokens[index]!;
    const chosen =
      token.kind === 'name' && token.text === 'if' ? choose(tokens, index, constants) : undefined;
    if (!chosen) {
      kept.push(token);
      index++;
      continue;
    }
    const isElse = kept.findLast((before) => !isTrivia(before))?.text === 'else';
    const branch = withoutDeadBranches(tokens.slice(...chosen.branch), constants);
    // An `else` needs something behind it.
    for (const kind of branch.length > 0 ? branch : isElse ? tokenize('{}') : []) kept.push(kind);
    index = chosen.end;
  }
  return kept;
}

/** Of an `if` that constants decide: the tokens of its branch, and where all of it ends. */
function choose(
  tokens: readonly Token[],
  at: number,
  constants: Lookup,
): { branch: [start: number, end: number]; end: number } | undefined {
  const first = skipTrivia(tokens, at + 1);
  let open = first;
  // A condition needs no brackets in WGSL; those without are left as they are.
  if (tokens[first]?.text !== '(') return undefined;
  const close = closingBracket(tokens, first);
  open = skipTrivia(tokens, close + 1);
  if (tokens[open]?.text !== '{') return undefined;
  const holds = decide(withoutTrivia(tokens.slice(first + 1, close)), constants);
  if (holds === undefined) return undefined;
  const end = closingBracket(tokens, open) + 1;
  const next = skipTrivia(tokens, end);
  if (tokens[next]?.text !== 'else') return { branch: holds ? [open, end] : [end, end], end };
  const otherwise = skipTrivia(tokens, next + 1);
  const otherwiseEnd = endOfStatement(tokens, otherwise);
  return { branch: holds ? [open, end] : [otherwise, otherwiseEnd], end: otherwiseEnd };
}

/** Behind the block, or the whole chain of `if … else …`, that begins here. */
function endOfStatement(tokens: readonly Token[], start: number): number {
  let open = start;
  while (tokens[open]!.text !== '{')
    open = tokens[open]!.text === '(' ? closingBracket(tokens, open) + 1 : open + 1;
  const end = closingBracket(tokens, open) + 1;
  const next = skipTrivia(tokens, end);
  return tokens[next]?.text === 'else' ? endOfStatement(tokens, skipTrivia(tokens, next + 1)) : end;
}

/** A condition's value where constants decide it: comparisons of constants, joined by && and ||. */
function decide(tokens: readonly Token[], constants: Lookup): boolean | undefined {
  const any = splitAt(tokens, '||').map((part) => {
    const all = splitAt(part, '&&').map((comparison) => compare(comparison, constants));
    return all.includes(false) ? false : all.includes(undefined) ? undefined : true;
  });
  return any.includes(true) ? true : any.includes(undefined) ? undefined : false;
}

const COMPARISONS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
};

function compare(tokens: readonly Token[], constants: Lookup): boolean | undefined {
  const at = tokens.findIndex(({ text }) => text in COMPARISONS);
  // `>=` is two tokens, see tokens.ts: not decided here.
  if (at < 0 || tokens[at + 1]?.text === '=') return undefined;
  const [left, right] = [tokens.slice(0, at), tokens.slice(at + 1)].map((side) => evaluate(side, constants));
  return left && right && COMPARISONS[tokens[at]!.text]!(left.value, right.value);
}

/** Splits at an operator that stands in no brackets. */
function splitAt(tokens: readonly Token[], operator: string): Token[][] {
  const parts: Token[][] = [[]];
  for (let index = 0; index < tokens.length; index++) {
    const { text } = tokens[index]!;
    const end = text === '(' || text === '[' ? closingBracket(tokens, index) : index;
    if (text === operator) parts.push([]);
    else parts.at(-1)!.push(...tokens.slice(index, end + 1));
    index = end;
  }
  return parts;
}
