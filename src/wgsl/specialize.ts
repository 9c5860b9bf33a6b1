// Makes variants of a kernel: other constants, loops unrolled. Works on text, so it runs in the page without a parser.

import { constDeclarations, evaluate, formatLike, moduleConstants } from './constants';
import { TextError } from './errors';
import { freeze } from './freeze';
import type { BindingShapes, Kernel } from './kernel';
import { closingBracket, skipTrivia, splitList, type Token, textOf, tokenize } from './tokens';
import { codeOf } from './variantCode';

const made = new WeakMap<Kernel, Map<string, Kernel>>();

/**
 * A kernel with some of its constants rewritten, the workgroup size that follows from them, and its marked loops
 * unrolled accordingly. The same kernel and values give the same object, so pipelines can be shared by identity.
 * Throws an Error for a name that is not a constant of the kernel and for a value that its type cannot hold.
 */
export function specialize<Shapes extends BindingShapes, Constants extends string>(
  kernel: Kernel<Shapes, Constants>,
  constants: { readonly [Name in Constants]?: number },
): Kernel<Shapes, Constants> {
  const given = Object.entries(constants).filter(
    (entry): entry is [string, number] => entry[1] !== undefined,
  );
  for (const [name] of given) {
    if (Object.hasOwn(kernel.constants, name)) continue;
    const names = Object.keys(kernel.constants).join(', ') || 'none';
    throw new Error(`${kernel.label} has no constant ${name}; it has ${names}`);
  }
  const changed = given.filter(([name, value]) => kernel.constants[name as Constants] !== value);
  if (changed.length === 0) return kernel;
  const key = changed
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(' ');
  const variants = made.get(kernel as Kernel) ?? new Map<string, Kernel>();
  made.set(kernel as Kernel, variants);
  let variant = variants.get(key);
  if (!variant) {
    variant = makeVariant(kernel as Kernel, Object.fromEntries(changed));
    variants.set(key, variant);
  }
  return variant as unknown as Kernel<Shapes, Constants>;
}

/** A kernel made anew from its source, with the constants that it has and those that change. */
export function makeVariant(kernel: Kernel, changed: Readonly<Record<string, number>>): Kernel {
  const constants = { ...kernel.constants, ...changed };
  const { text, rewritten } = rewriteConstants(kernel.source, constants, kernel.label);
  const label = kernel.label.replace(/\(.*\)$/, '');
  try {
    return freeze({
      ...kernel,
      label: rewritten.length > 0 ? `${label}(${rewritten.join(', ')})` : label,
      code: codeOf(text, kernel.entryPoint),
      workgroupSize: workgroupSizeOf(tokenize(text), kernel.entryPoint).size,
      constants,
    });
  } catch (error) {
    if (!(error instanceof TextError)) throw error;
    throw new Error(`${label}(${rewritten.join(', ')}), line ${error.line} of its text: ${error.message}`);
  }
}

/** Writes values into `const NAME = <number>;` declarations; `rewritten` says what differs from the text's own. */
function rewriteConstants(
  source: string,
  values: Readonly<Record<string, number>>,
  label: string,
): { text: string; rewritten: string[] } {
  const tokens = tokenize(source);
  const parts: string[] = [];
  const rewritten: string[] = [];
  let index = 0;
  for (const { name, start, end, literal } of constDeclarations(tokens)) {
    const value = values[name];
    if (!literal || value === undefined || value === literal.value) continue;
    try {
      parts.push(textOf(tokens.slice(index, start)), formatLike(value, literal, `the constant ${name}`));
    } catch (error) {
      throw new Error(`${label}: ${(error as Error).message}`);
    }
    rewritten.push(`${name}=${value}`);
    index = end;
  }
  return { text: parts.join('') + textOf(tokens.slice(index)), rewritten };
}

export interface WorkgroupSize {
  readonly size: readonly [number, number, number];
  /** Range [start, end) of the tokens between the attribute's brackets. */
  readonly start: number;
  readonly end: number;
}

/** The workgroup size of an entry point, from its `@workgroup_size(…)`. Throws a TextError if it isn't constant. */
export function workgroupSizeOf(tokens: readonly Token[], entryPoint: string): WorkgroupSize {
  const fn = tokens.findIndex(
    (token, index) => token.text === 'fn' && tokens[skipTrivia(tokens, index + 1)]?.text === entryPoint,
  );
  const line = tokens[fn]?.line ?? 1;
  let attribute = fn;
  // Backwards through the attributes; another declaration ends in `;` or `}`.
  while (attribute >= 0 && tokens[attribute]!.text !== 'workgroup_size') {
    if (tokens[attribute]!.text === ';' || tokens[attribute]!.text === '}') attribute = 0;
    attribute--;
  }
  if (attribute < 0) throw new TextError(`${entryPoint} has no @workgroup_size`, line);
  const open = skipTrivia(tokens, attribute + 1);
  const end = closingBracket(tokens, open);
  const constants = moduleConstants(tokens);
  const sizes = splitList(tokens.slice(open + 1, end)).map((part) => evaluate(part, constants)?.value);
  const [x, y = 1, z = 1] = sizes;
  const whole = (size: number | undefined): size is number => Number.isInteger(size) && size! > 0;
  if (sizes.includes(undefined) || !whole(x) || !whole(y) || !whole(z))
    throw new TextError(
      `the @workgroup_size of ${entryPoint} is not made of constants`,
      tokens[attribute]!.line,
    );
  return { size: [x, y, z], start: open + 1, end };
}
