// Unrolls loops marked `// unroll` and splits local arrays that are then only indexed by constants.
// Done on the text because software adapters do neither: there a loop over a local array costs ten times as much.

import { moduleConstants, type Value } from './constants';
import { TextError } from './errors';
import { type Declaration, resolveScopes, type Scopes } from './scopes';
import {
  closingBracket,
  findText,
  skipTrivia,
  skipTriviaBack,
  type Token,
  textOf,
  tokenize,
  withoutTrivia,
} from './tokens';

const MARKER = /^\/\/\s*unroll\s*$/;
/** More copies than this of one loop's body is a mistake, not a tile. */
const MOST_COPIES = 1024;

/**
 * WGSL with every loop below a line `// unroll` written out, each copy in its own block, and local arrays that
 * are then only indexed by constants turned into variables `name_0`, `name_1` …. Text without such loops and arrays is
 * returned as it is. Throws a TextError where a marked loop cannot be unrolled.
 */
export function unroll(text: string): string {
  const tokens = tokenize(text);
  let latest = unrollLoops(tokens);
  // Again, for arrays of arrays.
  for (let split = splitArrays(latest); split; split = splitArrays(latest)) latest = split;
  return latest === tokens ? text : textOf(latest);
}

/** All marked loops written out, or the same list where there are none. */
function unrollLoops(tokens: Token[]): Token[] {
  if (!tokens.some((token, index) => isMarker(tokens, token, index))) return tokens;
  const scopes = resolveScopes(tokens, moduleConstants(tokens));
  const checked = new Set<Declaration>();
  /** What the variables of the loops around count at the moment. */
  const counts = new Map<Declaration, Value>();
  const output: Token[] = [];
  const write = (start: number, end: number) => {
    for (let index = start; index < end; index++) {
      const token = tokens[index]!;
      if (isMarker(tokens, token, index)) {
        index = writeLoop(index);
        continue;
      }
      // Comments would be repeated in each copy.
      if (token.kind === 'comment' && counts.size > 0) continue;
      const declaration = token.kind === 'name' ? scopes.declarationAt(index) : undefined;
      const count = declaration && counts.get(declaration);
      output.push(count ? { kind: 'number', text: literalText(count), line: token.line } : { ...token });
    }
  };
  const writeLoop = (marker: number): number => {
    const { bodyOpen, bodyClose, variable, values } = readLoop(tokens, marker, scopes, counts);
    if (!checked.has(variable)) checkBody(tokens, bodyOpen, bodyClose, variable, scopes);
    checked.add(variable);
    const indent = tokens[marker - 1]?.kind === 'space' ? tokens[marker - 1]! : undefined;
    values.forEach((value, copy) => {
      if (copy > 0 && indent) output.push({ ...indent });
      counts.set(variable, value);
      write(bodyOpen, bodyClose + 1);
    });
    counts.delete(variable);
    return bodyClose;
  };
  write(0, tokens.length);
  return output;
}

interface Loop {
  readonly bodyOpen: number;
  readonly bodyClose: number;
  readonly variable: Declaration;
  readonly values: readonly Value[];
}

function isMarker(tokens: readonly Token[], token: Token, index: number): boolean {
  if (token.kind !== 'comment' || !MARKER.test(token.text)) return false;
  const before = tokens[index - 1];
  if (before && !(before.kind === 'space' && (before.text.includes('\n') || index === 1)))
    throw new TextError('“// unroll” stands on a line of its own above its loop', token.line);
  return true;
}

/** The loop below a marker, where the loops around it count so much. */
function readLoop(
  tokens: readonly Token[],
  marker: number,
  scopes: Scopes,
  counts: ReadonlyMap<Declaration, Value>,
): Loop {
  const { line } = tokens[marker]!;
  const keyword = skipTrivia(tokens, marker + 1);
  if (tokens[keyword]?.text !== 'for') throw new TextError('below “// unroll” there is no for loop', line);
  const open = skipTrivia(tokens, keyword + 1);
  const close = closingBracket(tokens, open);
  const bodyOpen = skipTrivia(tokens, close + 1);
  const bodyClose = closingBracket(tokens, bodyOpen);
  const semicolons: number[] = [];
  for (let index = open; index < close; index++) if (tokens[index]!.text === ';') semicolons.push(index);
  const [first, second] = semicolons as [number, number];
  const variable = scopes.declarations.find(({ end, keyword: kind }) => end === first && kind === 'var');
  if (!variable) throw new TextError('a loop to unroll begins with “var i = …”', line);
  const equals = findText(tokens, '=', variable.at);

  const range = `the bounds of the loop over “${variable.name}” to unroll`;
  const start = scopes.evaluate(equals + 1, first, counts);
  const condition = readCondition(tokens, first + 1, second, variable, scopes, counts, line);
  const step = readStep(tokens, second + 1, close, variable, scopes, counts, line);
  if (!start || !condition.bound || !step.by) throw new TextError(`${range} are not constant`, line);
  const declared = withoutTrivia(tokens.slice(variable.at + 1, equals))[1]?.text;
  const type = declared ?? (start.type === 'int' ? 'i32' : start.type);
  if (type !== 'u32' && type !== 'i32') throw new TextError(`${range} are not whole numbers`, line);

  const values: Value[] = [];
  for (
    let value = start.value;
    condition.holds(value, condition.bound.value);
    value += step.sign * step.by.value
  ) {
    if (values.length === MOST_COPIES)
      throw new TextError(`${range} give more than ${MOST_COPIES} copies`, line);
    values.push({ value, type });
  }
  return { bodyOpen, bodyClose, variable, values };
}

const COMPARISONS: Record<string, (a: number, b: number) => boolean> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '!=': (a, b) => a !== b,
};

function readCondition(
  tokens: readonly Token[],
  from: number,
  to: number,
  variable: Declaration,
  scopes: Scopes,
  counts: ReadonlyMap<Declaration, Value>,
  line: number,
) {
  const name = skipTrivia(tokens, from);
  const operatorAt = skipTrivia(tokens, name + 1);
  // `>=` is two tokens, see tokens.ts.
  const wide = tokens[operatorAt]?.text === '>' && tokens[operatorAt + 1]?.text === '=';
  const holds = COMPARISONS[wide ? '>=' : (tokens[operatorAt]?.text ?? '')];
  if (tokens[name]?.text !== variable.name || !holds || operatorAt >= to)
    throw new TextError(`a loop to unroll goes on while “${variable.name} < …”`, line);
  return { holds, bound: scopes.evaluate(operatorAt + (wide ? 2 : 1), to, counts) };
}

function readStep(
  tokens: readonly Token[],
  from: number,
  to: number,
  variable: Declaration,
  scopes: Scopes,
  counts: ReadonlyMap<Declaration, Value>,
  line: number,
) {
  const name = skipTrivia(tokens, from);
  const operatorAt = skipTrivia(tokens, name + 1);
  const operator = tokens[operatorAt]?.text ?? '';
  if (
    tokens[name]?.text !== variable.name ||
    operatorAt >= to ||
    !['++', '--', '+=', '-='].includes(operator)
  )
    throw new TextError(`a loop to unroll steps by “${variable.name}++” or “${variable.name} += …”`, line);
  const sign = operator.startsWith('+') ? 1 : -1;
  const one: Value = { value: 1, type: 'int' };
  return { sign, by: operator.endsWith('=') ? scopes.evaluate(operatorAt + 1, to, counts) : one };
}

const ASSIGNMENTS = new Set(['=', '++', '--', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=']);

/** A copy of the body has nothing to break out of, and its variable is a number. */
function checkBody(
  tokens: readonly Token[],
  open: number,
  close: number,
  variable: Declaration,
  scopes: Scopes,
): void {
  const ends: { close: number; loop: boolean }[] = [];
  for (let index = open + 1; index < close; index++) {
    const token = tokens[index]!;
    while (ends.length > 0 && index > ends.at(-1)!.close) ends.pop();
    if (['for', 'while', 'loop', 'switch'].includes(token.text)) {
      let body = index + 1;
      while (tokens[body]!.text !== '{')
        body = tokens[body]!.text === '(' ? closingBracket(tokens, body) : body + 1;
      ends.push({ close: closingBracket(tokens, body), loop: token.text !== 'switch' });
    }
    const leaves =
      (token.text === 'break' && ends.length === 0) ||
      (token.text === 'continue' && !ends.some(({ loop }) => loop));
    if (leaves) throw new TextError(`a loop to unroll has no “${token.text}”`, token.line);
    if (scopes.declarationAt(index) !== variable) continue;
    const next = skipTrivia(tokens, index + 1);
    const assigned = ASSIGNMENTS.has(tokens[next]?.text ?? '') || isAddressTaken(tokens, index);
    if (assigned)
      throw new TextError(`a loop to unroll leaves its variable “${variable.name}” alone`, token.line);
  }
}

function isAddressTaken(tokens: readonly Token[], index: number): boolean {
  const operator = skipTriviaBack(tokens, index - 1);
  if (tokens[operator]?.text !== '&') return false;
  const operand = tokens[skipTriviaBack(tokens, operator - 1)];
  const binary =
    operand && (operand.kind === 'name' || operand.kind === 'number' || ')]'.includes(operand.text));
  return !binary;
}

function literalText({ value, type }: Value): string {
  const text = `${value}${type === 'u32' ? 'u' : 'i'}`;
  return value < 0 ? `(${text})` : text;
}

interface LocalArray {
  readonly declaration: Declaration;
  readonly keywordAt: number;
  readonly element: string;
  readonly length: number;
}

/** Splits every array that can be split. */
function splitArrays(tokens: readonly Token[]): Token[] | undefined {
  const scopes = resolveScopes(tokens, moduleConstants(tokens));
  const arrays = new Map<Declaration, LocalArray>();
  for (const declaration of scopes.declarations) {
    const array = readArray(tokens, declaration, scopes);
    if (array) arrays.set(declaration, array);
  }
  const uses = constantUses(tokens, arrays, scopes);
  return uses.size > 0 ? replaceArrays(tokens, uses) : undefined;
}

/** A `var name: array<T, N>;` of a function, without a first value. */
function readArray(
  tokens: readonly Token[],
  declaration: Declaration,
  scopes: Scopes,
): LocalArray | undefined {
  if (declaration.keyword !== 'var') return undefined;
  const colon = skipTrivia(tokens, declaration.at + 1);
  const name = skipTrivia(tokens, colon + 1);
  const open = skipTrivia(tokens, name + 1);
  if (tokens[colon]?.text !== ':' || tokens[name]?.text !== 'array' || tokens[open]?.text !== '<')
    return undefined;
  let depth = 0;
  let comma = -1;
  let close = open;
  for (; close < declaration.end; close++) {
    const { text } = tokens[close]!;
    if (text === '<' || text === '(') depth++;
    else if (text === ')') depth--;
    else if (text === '>' && --depth === 0) break;
    else if (text === ',' && depth === 1 && comma < 0) comma = close;
  }
  if (comma < 0 || skipTrivia(tokens, close + 1) !== declaration.end) return undefined;
  const length = scopes.evaluate(comma + 1, close)?.value;
  if (length === undefined) return undefined;
  let keywordAt = declaration.at;
  while (tokens[keywordAt]!.text !== 'var') keywordAt--;
  return { declaration, keywordAt, element: textOf(tokens.slice(open + 1, comma)).trim(), length };
}

interface Use {
  readonly from: number;
  /** Index of the `]`. */
  readonly to: number;
  readonly element: number;
}

/** Where each array is used, of those whose every use is `name[constant]`. */
function constantUses(
  tokens: readonly Token[],
  arrays: ReadonlyMap<Declaration, LocalArray>,
  scopes: Scopes,
): Map<LocalArray, Use[]> {
  const uses = new Map([...arrays.values()].map((array): [LocalArray, Use[]] => [array, []]));
  for (let index = 0; index < tokens.length; index++) {
    const declaration = scopes.declarationAt(index);
    const array = declaration && arrays.get(declaration);
    if (!array || index < declaration.end || !uses.has(array)) continue;
    const open = skipTrivia(tokens, index + 1);
    const to = tokens[open]?.text === '[' ? closingBracket(tokens, open) : undefined;
    const element = to === undefined ? undefined : scopes.evaluate(open + 1, to)?.value;
    if (to === undefined || element === undefined) {
      uses.delete(array);
      continue;
    }
    if (element < 0 || element >= array.length)
      throw new TextError(
        `${declaration.name}[${element}] is outside its ${array.length} elements`,
        tokens[index]!.line,
      );
    uses.get(array)!.push({ from: index, to, element });
  }
  return uses;
}

function replaceArrays(tokens: readonly Token[], uses: ReadonlyMap<LocalArray, readonly Use[]>): Token[] {
  const taken = new Set(tokens.filter(({ kind }) => kind === 'name').map(({ text }) => text));
  const edits: { readonly from: number; readonly to: number; readonly by: readonly Token[] }[] = [];
  for (const [{ declaration, keywordAt, element: type, length }, places] of uses) {
    let stem = `${declaration.name}_`;
    while (Array.from({ length }, (_, element) => stem + element).some((name) => taken.has(name)))
      stem += '_';
    const names = Array.from({ length }, (_, element) => stem + element);
    // Two functions may each have an array of this name: their variables do not meet.
    const { line } = tokens[keywordAt]!;
    const declarations = names.map((name) => `var ${name}: ${type};`).join(' ');
    edits.push({ from: keywordAt, to: declaration.end, by: retokenize(declarations, line) });
    for (const { from, to, element } of places)
      edits.push({ from, to, by: [{ kind: 'name', text: stem + element, line: tokens[from]!.line }] });
  }
  edits.sort((a, b) => a.from - b.from);
  // Joined at the end: a worker's stack is too small for that many arguments of `push`.
  const pieces: (readonly Token[])[] = [];
  let index = 0;
  for (const { from, to, by } of edits) {
    pieces.push(tokens.slice(index, from), by);
    index = to + 1;
  }
  pieces.push(tokens.slice(index));
  return pieces.flat();
}

const retokenize = (text: string, line: number): Token[] =>
  tokenize(text).map((token) => ({ ...token, line }));
