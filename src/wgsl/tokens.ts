// WGSL as a list of tokens: just enough of the language to rewrite text without touching comments or look-alikes.

import { TextError } from './errors';

export interface Token {
  readonly kind: 'space' | 'comment' | 'name' | 'number' | 'symbol';
  readonly text: string;
  /** Line in the text, from 1. */
  readonly line: number;
}

// `>` is always a token of its own, because `array<vec4<f32>>` ends in two of them; so is the `=` behind it.
const PATTERN =
  /(?<space>\s+)|(?<comment>\/\/[^\n\r]*)|(?<name>[\p{XID_Start}_][\p{XID_Continue}]*)|(?<number>0[xX][\da-fA-F]+(?:\.[\da-fA-F]*)?(?:[pP][+-]?\d+)?[iufh]?|(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[iufh]?)|(?<symbol>->|\+\+|--|&&|\|\||<<|<=|==|!=|[-+*/%&|^]=|[^\s\w])/uy;

const CLOSING: Record<string, string> = { '(': ')', '[': ']', '{': '}' };

/**
 * Splits WGSL into tokens; joined, their texts are the input again. Throws a TextError for an unclosed comment
 * and for brackets that don't match (which `wgsl_reflect` accepts).
 */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = [];
  const open: Token[] = [];
  let line = 1;
  let position = 0;
  while (position < text.length) {
    const token = text.startsWith('/*', position)
      ? { kind: 'comment' as const, text: blockComment(text, position, line), line }
      : nextToken(text, position, line);
    tokens.push(token);
    if (token.kind === 'symbol') checkBrackets(open, token);
    position += token.text.length;
    line += newlines(token.text);
  }
  const unclosed = open.at(-1);
  if (unclosed) throw new TextError(`“${unclosed.text}” is never closed`, unclosed.line);
  return tokens;
}

export const textOf = (tokens: readonly Token[]): string => tokens.map((token) => token.text).join('');

export const isTrivia = (token: Token): boolean => token.kind === 'space' || token.kind === 'comment';

/** The tokens that mean something. */
export const withoutTrivia = (tokens: readonly Token[]): Token[] =>
  tokens.filter((token) => !isTrivia(token));

/** Index of the next token at or behind `from` that is neither space nor comment; `tokens.length` at the end. */
export function skipTrivia(tokens: readonly Token[], from: number): number {
  let index = from;
  while (index < tokens.length && isTrivia(tokens[index]!)) index++;
  return index;
}

/** As `skipTrivia`, from `from` towards the beginning; −1 there. */
export function skipTriviaBack(tokens: readonly Token[], from: number): number {
  let index = from;
  while (index >= 0 && isTrivia(tokens[index]!)) index--;
  return index;
}

/** Index of the first token with this text behind `after`; `tokens.length` where there is none. */
export function findText(tokens: readonly Token[], text: string, after: number): number {
  let index = after + 1;
  while (index < tokens.length && tokens[index]!.text !== text) index++;
  return index;
}

/** Index of the bracket that closes the one at `open`. */
export function closingBracket(tokens: readonly Token[], open: number): number {
  const opening = tokens[open]!.text;
  const closing = CLOSING[opening];
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token.kind !== 'symbol') continue;
    if (token.text === opening) depth++;
    else if (token.text === closing && --depth === 0) return index;
  }
  throw new TextError(`“${opening}” is never closed`, tokens[open]!.line);
}

/** Splits at the commas (or another separator) that stand in no bracket and no template list. */
export function splitList(tokens: readonly Token[], separator = ','): Token[][] {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of tokens) {
    if (token.kind === 'symbol') {
      if ('([{<'.includes(token.text)) depth++;
      else if (')]}>'.includes(token.text)) depth--;
      else if (token.text === separator && depth === 0) {
        parts.push([]);
        continue;
      }
    }
    parts.at(-1)!.push(token);
  }
  // A trailing separator is allowed everywhere in WGSL.
  if (withoutTrivia(parts.at(-1)!).length === 0) parts.pop();
  return parts;
}

function nextToken(text: string, position: number, line: number): Token {
  PATTERN.lastIndex = position;
  const groups = PATTERN.exec(text)?.groups;
  for (const kind of ['space', 'comment', 'name', 'number', 'symbol'] as const) {
    const found = groups?.[kind];
    if (found) return { kind, text: found, line };
  }
  throw new TextError(`unexpected character “${text[position]}”`, line);
}

/** WGSL's block comments nest. */
function blockComment(text: string, start: number, line: number): string {
  let depth = 0;
  for (let position = start; position < text.length; position++) {
    if (text.startsWith('/*', position)) {
      depth++;
      position++;
    } else if (text.startsWith('*/', position)) {
      position++;
      if (--depth === 0) return text.slice(start, position + 1);
    }
  }
  throw new TextError('a comment “/*” is never closed', line);
}

function checkBrackets(open: Token[], token: Token): void {
  if (token.text in CLOSING) open.push(token);
  else if (token.text === ')' || token.text === ']' || token.text === '}') {
    const opened = open.pop();
    if (!opened || CLOSING[opened.text] !== token.text)
      throw new TextError(`“${token.text}” closes nothing that is open`, token.line);
  }
}

const newlines = (text: string): number => (text.includes('\n') ? text.split('\n').length - 1 : 0);
