// From WGSL text to one frozen Kernel per entry point. Needs wgsl_reflect, so it runs when building, not in the page.

import { type FunctionInfo, type StructInfo, WgslReflect } from 'wgsl_reflect/wgsl_reflect.module.js';
import { constDeclarations } from './constants';
import { ShaderError, TextError } from './errors';
import { freeze } from './freeze';
import { type Included, type ReadInclude, resolveIncludes } from './include';
import type { Binding, Kernel, Scalar, UniformBinding } from './kernel';
import { workgroupSizeOf } from './specialize';
import { closingBracket, findText, skipTrivia, type Token, textOf, tokenize, withoutTrivia } from './tokens';
import { codeOf } from './variantCode';

export interface Description {
  /** By entry point, in the order of the file. */
  readonly kernels: Readonly<Record<string, Kernel>>;
  /** Fragments that were put in: editing one of them changes the kernels too. */
  readonly includes: readonly string[];
}

/**
 * Describes every compute entry point of a shader.
 *
 * @param code the file's text
 * @param file its path relative to `shaders/`, for labels and errors
 * @throws ShaderError naming file and line, in the fragment where that is where the mistake is
 */
export function describe(code: string, file: string, readInclude: ReadInclude): Description {
  const included = resolveIncludes(code, file, readInclude);
  try {
    return freeze({ kernels: describeText(included.code, file), includes: included.includes });
  } catch (error) {
    throw located(error, file, included);
  }
}

function describeText(source: string, file: string): Record<string, Kernel> {
  const tokens = tokenize(source);
  checkLanguage(tokens);
  const constants: Record<string, number> = {};
  for (const { name, literal } of constDeclarations(tokens)) if (literal) constants[name] = literal.value;
  const variables = moduleVariables(tokens);
  const reflected = reflect(tokens);
  if (reflected.entry.compute.length === 0)
    throw new ShaderError('there is no @compute entry point', file, 1);
  const kernels: Record<string, Kernel> = {};
  for (const entry of reflected.entry.compute) {
    kernels[entry.name] = {
      label: `${file}:${entry.name}`,
      file,
      code: codeOf(source, entry.name),
      source,
      entryPoint: entry.name,
      features: tokens.some(({ kind, text }) => kind === 'name' && text === 'enable') ? ['subgroups'] : [],
      workgroupSize: workgroupSizeOf(tokens, entry.name).size,
      bindings: bindingsOf(entry, variables, tokens),
      constants,
    };
  }
  return kernels;
}

interface Variable {
  readonly name: string;
  readonly space: string;
  readonly access: string;
  readonly type: string;
  readonly binding: number;
  readonly line: number;
}

/** Refuses what wgsl_reflect misreads, and what no kernel here may use, before it can mislead anyone. */
function checkLanguage(tokens: readonly Token[]): void {
  const meaningful = withoutTrivia(tokens);
  meaningful.forEach((token, index) => {
    const next = meaningful[index + 1]?.text;
    if (token.text === 'override')
      throw new TextError('“override” is not used here: write a const and use specialize', token.line);
    if (token.text === 'enable' && !(next === 'subgroups' && meaningful[index + 2]?.text === ';'))
      throw new TextError(
        `“enable ${next}…”: of the optional features only “enable subgroups;” is used here`,
        token.line,
      );
    const at = meaningful[index - 1]?.text === '@';
    if (at && (token.text === 'vertex' || token.text === 'fragment'))
      throw new TextError(
        `a @${token.text} entry point: shaders that draw are imported with “?raw”`,
        token.line,
      );
    if (at && token.text === 'group' && !/^0[iu]?$/.test(meaningful[index + 2]?.text ?? ''))
      throw new TextError('all bindings are in @group(0)', token.line);
  });
}

/** Every `@group(0) @binding(n) var<…> name: type;`. */
function moduleVariables(tokens: readonly Token[]): Map<string, Variable> {
  const variables = new Map<string, Variable>();
  let binding: number | undefined;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index]!;
    if (token.text === 'binding' && tokens[skipTrivia(tokens, index + 1)]?.text === '(') {
      const literal = tokens[skipTrivia(tokens, skipTrivia(tokens, index + 1) + 1)]!;
      if (literal.kind !== 'number') throw new TextError('binding numbers are plain numbers', literal.line);
      binding = Number.parseInt(literal.text, 10);
    } else if (token.text === 'var' && binding !== undefined) {
      let end = index;
      while (tokens[end]!.text !== ';') end++;
      const [, space = 'handle', access = 'read', name = '', type = ''] =
        /^var(?:<(\w+)(?:,(\w+))?,?>)?\s*(\w+)\s*:\s*(.*)$/s.exec(compact(tokens.slice(index, end))) ?? [];
      variables.set(name, { name, space, access, type, binding, line: token.line });
      binding = undefined;
      index = end;
    } else if (token.text === '{') {
      index = closingBracket(tokens, index);
    }
  }
  return variables;
}

/** Declaration text without comments, single spaces where names would otherwise touch, and `, ` in type lists. */
function compact(tokens: readonly Token[]): string {
  let text = '';
  for (const { text: part } of withoutTrivia(tokens)) {
    const inType = text.includes(':');
    text += /\w$/.test(text) && /^\w/.test(part) ? ` ${part}` : part === ',' && inType ? ', ' : part;
  }
  return text;
}

function bindingsOf(
  entry: FunctionInfo,
  variables: ReadonlyMap<string, Variable>,
  tokens: readonly Token[],
): Record<string, Binding> {
  const used = entry.resources.map((resource) => {
    const variable = variables.get(resource.name);
    if (!variable) {
      const line = tokens.find((token) => token.text === resource.name)?.line ?? entry.startLine;
      throw new TextError(`${resource.name} has no @group(0) @binding(n)`, line);
    }
    return { ...variable, struct: resource.type };
  });
  used.sort((a, b) => a.binding - b.binding);
  const bindings: Record<string, Binding> = {};
  for (const { name, binding, space, access, type, line, struct } of used) {
    const twin = Object.entries(bindings).find(([, other]) => other.binding === binding)?.[0];
    if (twin)
      throw new TextError(
        `${entry.name} has two variables at @binding(${binding}): ${twin} and ${name}`,
        line,
      );
    if (space === 'storage') {
      if (access === 'write') throw new TextError(`${name}: storage is read or read_write`, line);
      bindings[name] = {
        kind: 'storage',
        binding,
        access: access === 'read_write' ? 'readWrite' : 'read',
        type,
      };
    } else if (space === 'uniform') {
      if (!struct.isStruct) throw new TextError(`the uniform ${name} is ${type}: uniforms are structs`, line);
      bindings[name] = uniformBinding(name, binding, struct as StructInfo, line);
    } else {
      throw new TextError(`${name} is ${type}: kernels bind storage and uniform buffers`, line);
    }
  }
  return bindings;
}

const SCALARS: Record<string, { scalar: Scalar; size: number; align: number }> = {
  u32: { scalar: 'u32', size: 4, align: 4 },
  i32: { scalar: 'i32', size: 4, align: 4 },
  f32: { scalar: 'f32', size: 4, align: 4 },
  vec2u: { scalar: 'vec2u', size: 8, align: 8 },
  vec2f: { scalar: 'vec2f', size: 8, align: 8 },
  vec4u: { scalar: 'vec4u', size: 16, align: 16 },
  vec4f: { scalar: 'vec4f', size: 16, align: 16 },
};

/** WGSL's layout rules for the few types uniforms are made of; `wgsl_reflect` only names the members. */
function uniformBinding(name: string, binding: number, struct: StructInfo, line: number): UniformBinding {
  const fields: Record<string, { offset: number; type: Scalar }> = {};
  let offset = 0;
  for (const member of struct.members) {
    const type = member.type.getTypeName();
    const known = SCALARS[type];
    if (!known) {
      const allowed = Object.keys(SCALARS).join(', ');
      throw new TextError(
        `${struct.name}.${member.name} of ${name} is ${type}: uniform fields are ${allowed}`,
        line,
      );
    }
    if (member.attributes && member.attributes.length > 0)
      throw new TextError(
        `${struct.name}.${member.name}: attributes on uniform fields are not supported`,
        line,
      );
    offset = roundUp(offset, known.align);
    fields[member.name] = { offset, type: known.scalar };
    offset += known.size;
  }
  return { kind: 'uniform', binding, size: roundUp(offset, 16), fields };
}

const roundUp = (value: number, multiple: number): number => Math.ceil(value / multiple) * multiple;

/** Parses with every workgroup size written as plain numbers: wgsl_reflect misreads `N * 8u` and `8u` there. */
function reflect(tokens: readonly Token[]): WgslReflect {
  const patched = [...tokens];
  for (const [index, { text }] of tokens.entries()) {
    if (text !== 'compute' || tokens[index - 1]?.text !== '@') continue;
    const fn = findText(tokens, 'fn', index);
    const entryPoint = tokens[skipTrivia(tokens, fn + 1)]?.text ?? '';
    const { size, start, end } = workgroupSizeOf(tokens, entryPoint);
    for (let at = start; at < end; at++)
      patched[at] = { ...patched[at]!, text: at === start ? size.join(', ') : '' };
  }
  try {
    return new WgslReflect(textOf(patched));
  } catch (error) {
    // It throws plain objects and Errors alike, with the line at the message's end.
    const message = String((error as { message?: unknown }).message ?? error);
    const [, what = message, where] = /^(.*?)\.*\s*Line:\s*(\d+)/s.exec(message) ?? [];
    throw new TextError(`cannot be parsed: ${what}`, Number(where ?? 1));
  }
}

function located(error: unknown, file: string, { origins }: Included): unknown {
  if (!(error instanceof TextError)) return error;
  const origin = origins[error.line - 1] ?? { file, line: error.line };
  return new ShaderError(error.message, origin.file, origin.line);
}
