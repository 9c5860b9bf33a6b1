// Which declaration each name of a function body means: what unrolling and array splitting need to be safe.

import { evaluate, type Lookup, typedValue, type Value } from './constants';
import { closingBracket, findText, skipTrivia, skipTriviaBack, type Token, withoutTrivia } from './tokens';

/** A name declared inside a function: a parameter, or a `var`, `let` or `const`. */
export interface Declaration {
  readonly name: string;
  readonly keyword: 'parameter' | 'var' | 'let' | 'const';
  /** Index of the declared name. */
  readonly at: number;
  /** Index of the `;` that ends the declaration; for a parameter, of its name. */
  readonly end: number;
}

export interface Scopes {
  /** The local declaration that the name at a token index means; undefined for globals and built-ins. */
  declarationAt(index: number): Declaration | undefined;
  readonly declarations: readonly Declaration[];
  /** Evaluates the constant expression in tokens [start, end), where these variables have these values. */
  evaluate(start: number, end: number, known?: ReadonlyMap<Declaration, Value>): Value | undefined;
}

/** Resolves the local names of a whole module by WGSL's scope rules. */
export function resolveScopes(tokens: readonly Token[], constants: Lookup): Scopes {
  const meaning = new Map<Token, Declaration>();
  const declarations: Declaration[] = [];
  const evaluateRange: Scopes['evaluate'] = (start, end, known) =>
    evaluate(tokens.slice(start, end), (token) => {
      const local = meaning.get(token);
      if (!local) return constants(token);
      return known?.get(local) ?? constantValue(local, tokens, (from, to) => evaluateRange(from, to, known));
    });

  const scopes: Map<string, Declaration>[] = [];
  // Where scopes that a `for` or a function's parameters opened end: with the body's closing bracket.
  const extraEnds = new Map<number, number>();
  // A declaration is in force only behind its own statement: `let i = i + 1u;` reads the outer `i`.
  const pending = new Map<number, Declaration>();
  const declare = (declaration: Declaration) => {
    scopes.at(-1)?.set(declaration.name, declaration);
    declarations.push(declaration);
  };

  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token.text === '{') {
      scopes.push(new Map());
    } else if (token.text === '}') {
      scopes.pop();
      if (extraEnds.has(index)) scopes.pop();
    } else if (token.text === ';') {
      const ended = pending.get(index);
      if (ended) declare(ended);
    } else if (token.kind !== 'name') {
    } else if (token.text === 'fn') {
      const open = findText(tokens, '(', index);
      const close = closingBracket(tokens, open);
      scopes.push(new Map());
      for (const parameter of parameterNames(tokens, open + 1, close)) declare(parameter);
      const body = findText(tokens, '{', close);
      extraEnds.set(closingBracket(tokens, body), index);
      index = body - 1;
    } else if (token.text === 'for') {
      const open = skipTrivia(tokens, index + 1);
      const body = skipTrivia(tokens, closingBracket(tokens, open) + 1);
      scopes.push(new Map());
      extraEnds.set(closingBracket(tokens, body), index);
    } else if (
      scopes.length > 0 &&
      (token.text === 'var' || token.text === 'let' || token.text === 'const')
    ) {
      const declaration = localDeclaration(tokens, index, token.text);
      pending.set(declaration.end, declaration);
      // The name itself is no use of an outer one.
      for (let at = index + 1; at <= declaration.at; at++) meaning.delete(tokens[at]!);
      index = declaration.at;
    } else if (!isMember(tokens, index)) {
      const declaration = scopes.findLast((scope) => scope.has(token.text))?.get(token.text);
      if (declaration) meaning.set(token, declaration);
    }
  }
  return { declarations, declarationAt: (index) => meaning.get(tokens[index]!), evaluate: evaluateRange };
}

function localDeclaration(
  tokens: readonly Token[],
  keywordAt: number,
  keyword: 'var' | 'let' | 'const',
): Declaration {
  let at = skipTrivia(tokens, keywordAt + 1);
  if (tokens[at]?.text === '<') {
    while (tokens[at]!.text !== '>') at++;
    at = skipTrivia(tokens, at + 1);
  }
  let end = at;
  while (end < tokens.length && tokens[end]!.text !== ';') end++;
  return { name: tokens[at]!.text, keyword, at, end };
}

/** Value of a function-scope `const`, where it can be told. */
function constantValue(
  { keyword, at, end }: Declaration,
  tokens: readonly Token[],
  evaluateRange: (start: number, end: number) => Value | undefined,
): Value | undefined {
  if (keyword !== 'const') return undefined;
  const equals = findText(tokens, '=', at);
  if (equals > end) return undefined;
  const type = withoutTrivia(tokens.slice(at + 1, equals))
    .map((token) => token.text)
    .join('')
    .slice(1);
  const value = evaluateRange(equals + 1, end);
  return value && typedValue(value, type || undefined);
}

function parameterNames(tokens: readonly Token[], start: number, end: number): Declaration[] {
  const found: Declaration[] = [];
  for (let index = start; index < end; index++) {
    const token = tokens[index]!;
    if (token.text === '@') {
      // `@builtin(global_invocation_id)`: the name and its bracket are no parameter.
      index = skipTrivia(tokens, index + 1);
      const open = skipTrivia(tokens, index + 1);
      if (tokens[open]?.text === '(') index = closingBracket(tokens, open);
    } else if (token.kind === 'name' && tokens[skipTrivia(tokens, index + 1)]?.text === ':') {
      found.push({ name: token.text, keyword: 'parameter', at: index, end: index });
    }
  }
  return found;
}

function isMember(tokens: readonly Token[], index: number): boolean {
  return tokens[skipTriviaBack(tokens, index - 1)]?.text === '.';
}
