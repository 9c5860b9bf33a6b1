// Puts fragments in the place of `// include lib/x.wgsl` lines.

import { ShaderError } from './errors';

/** Gives a fragment's text by its path relative to `shaders/`; undefined where there is no such file. */
export type ReadInclude = (path: string) => string | undefined;

export interface Included {
  readonly code: string;
  /** Where each line of `code` comes from; lines count from 1. */
  readonly origins: readonly { readonly file: string; readonly line: number }[];
  /** Paths of all fragments, each once, in the order of the text. */
  readonly includes: readonly string[];
}

const INCLUDE = /^\s*\/\/\s*include\s+(\S.*?)\s*$/;

/**
 * Resolves includes recursively. Each fragment is put in once, at its first mention; later mentions are left
 * out, so fragments may include what they need. Throws a ShaderError for a missing fragment and for a circle.
 */
export function resolveIncludes(code: string, file: string, readInclude: ReadInclude): Included {
  const lines: string[] = [];
  const origins: { file: string; line: number }[] = [];
  const includes: string[] = [];
  const put = (text: string, name: string, parents: readonly string[]) => {
    text.split(/\r?\n/).forEach((content, index) => {
      const path = INCLUDE.exec(content)?.[1];
      if (path === undefined) {
        lines.push(content);
        origins.push({ file: name, line: index + 1 });
        return;
      }
      if (parents.includes(path))
        throw new ShaderError(`“${path}” includes itself through ${parents.join(', ')}`, name, index + 1);
      if (includes.includes(path)) return;
      const fragment = readInclude(path);
      if (fragment === undefined)
        throw new ShaderError(`there is no “${path}” to include in the shaders folder`, name, index + 1);
      includes.push(path);
      put(fragment.replace(/\n$/, ''), path, [...parents, path]);
    });
  };
  put(code, file, [file]);
  return { code: lines.join('\n'), origins, includes };
}
