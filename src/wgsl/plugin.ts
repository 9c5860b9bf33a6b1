// Vite plugin: importing a `.wgsl` file gives one frozen Kernel per entry point, replaced live when it is edited.

import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EnvironmentModuleNode, Plugin } from 'vite';
import { type Description, describe } from './describe';
import { ShaderError } from './errors';
import { describeFile, includeReader, shaderName, writeTypesOf } from './files';

/** The message that tells a running page about a shader that cannot be used. */
const ERROR_EVENT = 'webgan:shader-error';
const CODE = fileURLToPath(new URL('./variantCode.ts', import.meta.url));
const HOT = fileURLToPath(new URL('./hot.ts', import.meta.url));

/**
 * @param folder the shaders folder, relative to Vite's root
 */
export function wgsl(folder = 'shaders'): Plugin {
  let shaders = '';
  /** Shader's path → paths of the fragments in it, for all that were imported. */
  const fragments = new Map<string, readonly string[]>();

  return {
    name: 'webgan:wgsl',
    enforce: 'pre',

    configResolved(config) {
      shaders = resolve(config.root, folder);
    },

    load: {
      filter: { id: /\.wgsl$/ },
      handler(id) {
        const name = shaderName(shaders, id) ?? basename(id);
        const description = describe(readFileSync(id, 'utf8'), name, includeReader(shaders));
        const included = description.includes.map((path) => join(shaders, path));
        fragments.set(id, included);
        for (const path of included) this.addWatchFile(path);
        return { code: moduleText(description) + hotText(name), map: null, moduleType: 'js' };
      },
    },

    hotUpdate({ file, type }) {
      if (this.environment.name !== 'client' || !file.endsWith('.wgsl') || type === 'delete') return;
      const graph = this.environment.moduleGraph;
      const usable: EnvironmentModuleNode[] = [];
      const touched = [...fragments.keys()].filter(
        (path) => path === file || fragments.get(path)!.includes(file),
      );
      if (touched.length === 0) return;
      for (const path of touched) {
        const name = shaderName(shaders, path);
        const module = graph.getModuleById(path);
        if (!name || !module) continue;
        try {
          writeTypesOf(shaders, name, describeFile(shaders, name));
          usable.push(module);
        } catch (error) {
          if (!(error instanceof ShaderError)) throw error;
          // Vite would answer the page's import with an error page over everything: it keeps the old kernels instead.
          this.environment.logger.error(error.message, { timestamp: true });
          this.environment.hot.send({
            type: 'custom',
            event: ERROR_EVENT,
            data: { file: name, message: error.message },
          });
        }
      }
      return usable;
    },
  };
}

/** The module's text: the shader's once, however many kernels share it. */
function moduleText({ kernels }: Description): string {
  const sources = [...new Set(Object.values(kernels).map(({ source }) => source))];
  const exports = Object.values(kernels).map((kernel) => {
    const fields = Object.entries(kernel).flatMap(([name, value]) => {
      if (name === 'code') return [];
      return `${name}: ${name === 'source' ? `source${sources.indexOf(kernel.source)}` : frozenText(value)}`;
    });
    return `export const ${kernel.entryPoint} = /* @__PURE__ */ kernelOf({ ${fields.join(', ')} });`;
  });
  const constants = sources.map((source, i) => `const source${i} = ${JSON.stringify(source)};`);
  const imports = `import { kernelOf } from ${JSON.stringify(CODE)};`;
  return `${[imports, ...constants, ...exports].join('\n')}\n`;
}

function frozenText(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = Array.isArray(value)
    ? `[${value.map(frozenText).join(', ')}]`
    : `{ ${Object.entries(value)
        .map(([key, field]) => `${JSON.stringify(key)}: ${frozenText(field)}`)
        .join(', ')} }`;
  // Marked, so that kernels nobody imports are dropped from a build.
  return `/* @__PURE__ */ Object.freeze(${inner})`;
}

/** Takes part in hot updates; a build drops it with `import.meta.hot`. */
function hotText(name: string): string {
  const file = JSON.stringify(name);
  return `
import { publishKernelError, publishKernels } from ${JSON.stringify(HOT)};
if (import.meta.hot) {
  import.meta.hot.accept((next) => next && publishKernels(${file}, { ...next }));
  import.meta.hot.on(${JSON.stringify(ERROR_EVENT)}, (error) => {
    if (error.file === ${file}) publishKernelError(error.file, error.message);
  });
}
`;
}
