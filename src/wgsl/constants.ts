// Constant expressions of WGSL: reading, evaluating and rewriting `const` declarations.

import { TextError } from './errors';
import { closingBracket, isTrivia, skipTrivia, splitList, type Token, withoutTrivia } from './tokens';

/** A number with its WGSL type; `int` and `float` are the abstract ones of literals without a suffix. */
export interface Value {
  readonly value: number;
  readonly type: 'u32' | 'i32' | 'f32' | 'int' | 'float';
}

/** Looks a name up that stands in an expression; undefined for what is not constant. */
export type Lookup = (token: Token) => Value | undefined;

/** One `const NAME = …;` at module scope. */
export interface ConstDeclaration {
  readonly name: string;
  readonly line: number;
  /** Range [start, end) of the tokens between `=` and `;`. */
  readonly start: number;
  readonly end: number;
  readonly type?: string;
  /** The value where the declaration is a plain number, which `specialize` may rewrite. */
  readonly literal?: Value;
}

/** Every module-scope `const`, in the order of the text. Throws a TextError for a name declared twice. */
export function constDeclarations(tokens: readonly Token[]): ConstDeclaration[] {
  const found = new Map<string, ConstDeclaration>();
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token.text === '{' || token.text === '(') index = closingBracket(tokens, index);
    if (token.kind !== 'name' || token.text !== 'const') continue;
    const declaration = constDeclaration(tokens, index);
    if (found.has(declaration.name))
      throw new TextError(`const ${declaration.name} is declared twice`, declaration.line);
    found.set(declaration.name, declaration);
    index = declaration.end;
  }
  return [...found.values()];
}

/** Looks up module-scope constants by name, evaluating those made of others when they are asked for. */
export function moduleConstants(tokens: readonly Token[]): Lookup {
  const declarations = new Map(
    constDeclarations(tokens).map((declaration) => [declaration.name, declaration]),
  );
  const known = new Map<string, Value | undefined>();
  const lookup: Lookup = ({ text: name }) => {
    if (known.has(name)) return known.get(name);
    const declaration = declarations.get(name);
    if (!declaration) return undefined;
    // Set first, so that a constant made of itself is found to have no value instead of recursing for ever.
    known.set(name, undefined);
    const value = evaluate(tokens.slice(declaration.start, declaration.end), lookup);
    const typed = value && typedValue(value, declaration.type);
    known.set(name, typed);
    return typed;
  };
  return lookup;
}

/** Evaluates a constant expression of numbers, `+ - * / % << >>`, brackets, min, max and casts; else undefined. */
export function evaluate(tokens: readonly Token[], lookup: Lookup): Value | undefined {
  return new Evaluator(withoutTrivia(tokens), lookup).run();
}

/**
 * The text of a number as a constant of the same kind as `old`: `8u` for `4u`, `0.5` for `1.0`.
 * Throws a plain Error where the type cannot hold it.
 */
export function formatLike(value: number, old: Value, name: string): string {
  const holds = {
    u32: Number.isInteger(value) && value >= 0 && value <= 0xffff_ffff,
    i32: Number.isInteger(value) && Math.abs(value) <= 0x7fff_ffff,
    int: Number.isInteger(value) && Math.abs(value) <= 0x7fff_ffff,
    f32: Number.isFinite(Math.fround(value)),
    float: Number.isFinite(Math.fround(value)),
  }[old.type];
  if (!holds) throw new Error(`${name} is ${old.type} and cannot be ${value}`);
  if (old.type === 'u32') return `${value}u`;
  if (old.type === 'i32') return `${value}i`;
  if (old.type === 'int') return `${value}`;
  const digits = /[.e]/.test(`${value}`) ? `${value}` : `${value}.0`;
  return old.type === 'f32' ? `${digits}f` : digits;
}

/** Reads a numeric literal. */
export function parseNumber(text: string): Value | undefined {
  const hex = /^0[xX]/.test(text);
  const suffix = hex ? /[iu]$/.exec(text)?.[0] : /[iufh]$/.exec(text)?.[0];
  const digits = suffix ? text.slice(0, -1) : text;
  const value = Number(digits);
  if (!Number.isFinite(value) || suffix === 'h') return undefined;
  if (suffix === 'u') return { value, type: 'u32' };
  if (suffix === 'i') return { value, type: 'i32' };
  if (suffix === 'f') return { value, type: 'f32' };
  return { value, type: !hex && /[.eE]/.test(digits) ? 'float' : 'int' };
}

/** `value` converted to a declared type, as `const A: u32 = 4;` does; unchanged without one. */
export function typedValue(value: Value, type: string | undefined): Value | undefined {
  if (type === undefined || type === value.type) return value;
  if (type === 'f32' && (value.type === 'int' || value.type === 'float')) return { value: value.value, type };
  if ((type === 'u32' || type === 'i32') && value.type === 'int') return { value: value.value, type };
  return undefined;
}

function constDeclaration(tokens: readonly Token[], keyword: number): ConstDeclaration {
  const nameAt = skipTrivia(tokens, keyword + 1);
  const name = tokens[nameAt];
  if (name?.kind !== 'name') throw new TextError('const has no name', tokens[keyword]!.line);
  let equals = nameAt + 1;
  while (equals < tokens.length && tokens[equals]!.text !== '=' && tokens[equals]!.text !== ';') equals++;
  let end = equals;
  while (end < tokens.length && tokens[end]!.text !== ';') end++;
  if (tokens[equals]?.text !== '=' || end === tokens.length)
    throw new TextError(`const ${name.text} has no value`, name.line);
  const type = withoutTrivia(tokens.slice(nameAt + 1, equals))
    .map((token) => token.text)
    .join('')
    .slice(1);
  const start = skipTrivia(tokens, equals + 1);
  while (end > start && isTrivia(tokens[end - 1]!)) end--;
  const value = literalValue(withoutTrivia(tokens.slice(start, end)));
  const literal = value && typedValue(value, type || undefined);
  return {
    name: name.text,
    line: name.line,
    start,
    end,
    ...(type ? { type } : {}),
    ...(literal ? { literal } : {}),
  };
}

function literalValue(tokens: readonly Token[]): Value | undefined {
  const [first, second] = tokens;
  if (tokens.length === 1 && first?.kind === 'number') return parseNumber(first.text);
  if (tokens.length !== 2 || first?.text !== '-' || second?.kind !== 'number') return undefined;
  const positive = parseNumber(second.text);
  return positive && positive.type !== 'u32' ? { ...positive, value: -positive.value } : undefined;
}

/** Recursive descent over WGSL's operator levels; undefined runs through everything that isn't constant. */
class Evaluator {
  private readonly tokens: readonly Token[];
  private readonly lookup: Lookup;
  private position = 0;

  constructor(tokens: readonly Token[], lookup: Lookup) {
    this.tokens = tokens;
    this.lookup = lookup;
  }

  run(): Value | undefined {
    const value = this.shift();
    return this.position === this.tokens.length ? value : undefined;
  }

  private shift(): Value | undefined {
    let left = this.sum();
    for (;;) {
      if (this.take('<<')) left = combine('<<', left, this.sum());
      else if (this.peek() === '>' && this.tokens[this.position + 1]?.text === '>') {
        this.position += 2;
        left = combine('>>', left, this.sum());
      } else return left;
    }
  }

  private sum(): Value | undefined {
    let left = this.product();
    for (;;) {
      const operator = this.take('+') ?? this.take('-');
      if (!operator) return left;
      left = combine(operator, left, this.product());
    }
  }

  private product(): Value | undefined {
    let left = this.unary();
    for (;;) {
      const operator = this.take('*') ?? this.take('/') ?? this.take('%');
      if (!operator) return left;
      left = combine(operator, left, this.unary());
    }
  }

  private unary(): Value | undefined {
    if (!this.take('-')) return this.primary();
    const value = this.unary();
    return value && value.type !== 'u32' ? { ...value, value: -value.value } : undefined;
  }

  private primary(): Value | undefined {
    const token = this.tokens[this.position];
    if (!token) return undefined;
    if (token.text === '(') return this.bracket((inside) => evaluate(inside, this.lookup));
    this.position++;
    if (token.kind === 'number') return parseNumber(token.text);
    if (token.kind !== 'name') return undefined;
    if (this.peek() !== '(') return this.lookup(token);
    return this.bracket((inside) =>
      call(
        token.text,
        splitList(inside).map((argument) => evaluate(argument, this.lookup)),
      ),
    );
  }

  private bracket(read: (inside: readonly Token[]) => Value | undefined): Value | undefined {
    const close = closingBracket(this.tokens, this.position);
    const inside = this.tokens.slice(this.position + 1, close);
    this.position = close + 1;
    return read(inside);
  }

  private peek(): string | undefined {
    return this.tokens[this.position]?.text;
  }

  private take(text: string): string | undefined {
    if (this.peek() !== text) return undefined;
    this.position++;
    return text;
  }
}

const isFloat = (value: Value): boolean => value.type === 'f32' || value.type === 'float';

function commonType(left: Value, right: Value): Value['type'] | undefined {
  if (left.type === right.type) return left.type;
  if (left.type === 'int') return right.type;
  if (right.type === 'int') return left.type;
  if (left.type === 'float' && right.type === 'f32') return 'f32';
  if (left.type === 'f32' && right.type === 'float') return 'f32';
  return undefined;
}

function combine(operator: string, left?: Value, right?: Value): Value | undefined {
  if (!left || !right) return undefined;
  const shifts = operator === '<<' || operator === '>>';
  const type = shifts ? left.type : commonType(left, right);
  if (!type || (shifts && (isFloat(left) || isFloat(right)))) return undefined;
  const [a, b] = [left.value, right.value];
  const divisible = b !== 0;
  const raw =
    operator === '+'
      ? a + b
      : operator === '-'
        ? a - b
        : operator === '*'
          ? a * b
          : operator === '<<'
            ? a * 2 ** b
            : operator === '>>'
              ? Math.floor(a / 2 ** b)
              : !divisible
                ? Number.NaN
                : operator === '%'
                  ? a % b
                  : a / b;
  const whole = type !== 'f32' && type !== 'float';
  const value = whole ? Math.trunc(raw) : raw;
  const fits =
    Number.isFinite(value) &&
    (type !== 'u32' || (value >= 0 && value <= 0xffff_ffff)) &&
    Math.abs(value) < 2 ** 53;
  return fits ? { value, type } : undefined;
}

function call(name: string, values: readonly (Value | undefined)[]): Value | undefined {
  const [first, second] = values;
  if (!first) return undefined;
  if (values.length === 1) {
    if (name === 'f32') return { value: first.value, type: 'f32' };
    const whole = Math.trunc(first.value);
    if (name === 'u32') return whole >= 0 ? { value: whole, type: 'u32' } : undefined;
    if (name === 'i32') return { value: whole, type: 'i32' };
  }
  if (values.length !== 2 || !second || (name !== 'min' && name !== 'max')) return undefined;
  const type = commonType(first, second);
  return type && { value: Math[name](first.value, second.value), type };
}
