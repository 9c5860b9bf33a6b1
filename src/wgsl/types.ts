// The TypeScript declarations of a shader's kernels: what makes a forgotten binding a compile error.

import type { Description } from './describe';
import type { Binding, Kernel } from './kernel';

/** The text of `<file>.d.ts`, which lies beside the shader. `file` is relative to `shaders/`. */
export function typesOf({ kernels }: Description, file: string): string {
  const up = '../'.repeat(file.split('/').length);
  const declarations = Object.values(kernels).map(declarationOf);
  return [
    `// Generated from ${file} by \`npm run types\`.\n`,
    `import type { Kernel } from '${up}src/wgsl/kernel';\n`,
    ...declarations,
  ].join('\n');
}

function declarationOf(kernel: Kernel): string {
  const bindings = Object.entries(kernel.bindings).map(
    ([name, binding]) => `  ${name}: ${shapeOf(binding)};\n`,
  );
  const constants = Object.keys(kernel.constants).map((name) => `'${name}'`);
  const shapes = bindings.length > 0 ? `{\n${bindings.join('')}}` : 'Record<never, never>';
  return `export declare const ${kernel.entryPoint}: Kernel<${shapes}, ${constants.join(' | ') || 'never'}>;\n`;
}

function shapeOf(binding: Binding): string {
  if (binding.kind === 'storage') return `'${binding.access}'`;
  const fields = Object.entries(binding.fields).map(([name, { type }]) => `${name}: '${type}'`);
  return `{ ${fields.join('; ')} }`;
}
