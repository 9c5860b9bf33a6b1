// The Vite plugin on a small project of its own: imports, builds, and editing shaders while the server runs.

import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, createLogger, createServer, type HotPayload, type ViteDevServer } from 'vite';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import * as shared from '../../shaders/plainProduct.wgsl';
import { onKernelChange, onKernelError, publishKernelError, publishKernels } from './hot';
import type { Kernel } from './kernel';
import { wgsl } from './plugin';

const FRAGMENT = 'fn one() -> u32 { return 1u; }';
const KERNEL = `// include lib/one.wgsl
const SIZE = 4u;
@group(0) @binding(0) var<storage, read_write> output: array<u32>;
@compute @workgroup_size(SIZE) fn writeOne() { output[0] = one(); }
@compute @workgroup_size(SIZE) fn writeTwo() { output[0] = 2u * one(); }`;

let root: string;
beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'wgsl-plugin-')));
});
afterAll(() => rmSync(root, { recursive: true }));
beforeEach(() => {
  mkdirSync(join(root, 'shaders/lib'), { recursive: true });
  writeFileSync(join(root, 'shaders/lib/one.wgsl'), FRAGMENT);
  writeFileSync(join(root, 'shaders/one.wgsl'), KERNEL);
  writeFileSync(join(root, 'shaders/plain.wgsl'), '@compute @workgroup_size(1) fn plain() {}');
  writeFileSync(
    join(root, 'main.js'),
    "import { writeOne } from './shaders/one.wgsl'; console.log(writeOne);",
  );
});

describe('an imported shader', () => {
  test('is one frozen kernel per entry point, in these tests too', () => {
    const kernels: Kernel[] = Object.values(shared) as unknown as Kernel[];
    expect(kernels.length).toBeGreaterThan(0);
    for (const kernel of kernels) {
      expect(
        Object.isFrozen(kernel) && Object.isFrozen(kernel.bindings) && Object.isFrozen(kernel.constants),
      ).toBe(true);
      expect(kernel.file).toBe('plainProduct.wgsl');
      expect(kernel.code).toContain(`fn ${kernel.entryPoint}(`);
    }
  });

  /** Builds `main.js` and returns the text without spaces. */
  async function built(main: string): Promise<string> {
    writeFileSync(join(root, 'main.js'), main);
    const output = await build({
      root,
      configFile: false,
      logLevel: 'silent',
      plugins: [wgsl()],
      build: { write: false, minify: false, rolldownOptions: { input: join(root, 'main.js') } },
    });
    const chunks = (Array.isArray(output) ? output : [output]).flatMap((made) =>
      'output' in made ? made.output : [],
    );
    return chunks.map((chunk) => (chunk.type === 'chunk' ? chunk.code.replace(/\s+/g, '') : '')).join('');
  }

  test('costs the built page its text once, and neither parser nor hot updates', async () => {
    const code = await built(
      "import * as all from './shaders/one.wgsl'; globalThis.kernels = Object.values(all);",
    );
    expect(code.match(/fnwriteOne/g)).toHaveLength(1);
    expect(code).toContain('workgroupSize:/*@__PURE__*/Object.freeze([4,1,1])');
    expect(code).not.toContain('publishKernels');
    expect(code).not.toContain('WgslReflect');
  });

  test('costs nothing where it is not used', async () => {
    const code = await built("import { writeOne } from './shaders/one.wgsl'; globalThis.one = writeOne;");
    expect(code).toContain('one.wgsl:writeOne');
    expect(code).not.toContain('one.wgsl:writeTwo');
  });

  test('fails the build with file and line when it is wrong', async () => {
    writeFileSync(join(root, 'shaders/one.wgsl'), KERNEL.replace('@group(0)', '@group(1)'));
    const building = build({
      root,
      configFile: false,
      logLevel: 'silent',
      plugins: [wgsl()],
      build: { write: false, rolldownOptions: { input: join(root, 'main.js') } },
    });
    await expect(building).rejects.toThrow('one.wgsl:3: all bindings are in @group(0)');
  });
});

describe('editing while the server runs', () => {
  let server: ViteDevServer;
  let sent: HotPayload[];
  const errors: string[] = [];

  beforeEach(async () => {
    errors.length = 0;
    const customLogger = createLogger('silent');
    customLogger.error = (message) => {
      errors.push(message);
    };
    server = await createServer({
      root,
      configFile: false,
      customLogger,
      appType: 'custom',
      plugins: [wgsl()],
      // Changes are announced below, not waited for.
      server: { middlewareMode: true, ws: false, watch: null },
      optimizeDeps: { noDiscovery: true },
    });
    sent = [];
    server.environments.client.hot.send = (payload: HotPayload | string) => {
      if (typeof payload !== 'string') sent.push(payload);
    };
    await server.environments.client.transformRequest('/main.js');
    await server.environments.client.transformRequest('/shaders/one.wgsl');
    await server.environments.client.transformRequest('/shaders/plain.wgsl');
  });
  afterEach(() => server.close());

  /** Edits a file, as an editor does that is watched, and waits for what the page is told. */
  async function edit(path: string, text: string): Promise<HotPayload> {
    sent.length = 0;
    writeFileSync(join(root, path), text);
    server.watcher.emit('change', join(root, path));
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(0), { timeout: 10_000, interval: 20 });
    return sent[0]!;
  }
  const updatedPaths = (payload: HotPayload) =>
    payload.type === 'update' ? payload.updates.map(({ acceptedPath }) => acceptedPath) : [];

  test('replaces the kernels of an edited shader and of its shaders for an edited fragment', async () => {
    const edited = KERNEL.replace('SIZE = 4u', 'SIZE = 8u');
    expect(updatedPaths(await edit('shaders/one.wgsl', edited))).toEqual(['/shaders/one.wgsl']);
    const module = await server.environments.client.transformRequest('/shaders/one.wgsl');
    expect(module!.code).toContain('workgroupSize: /* @__PURE__ */ Object.freeze([8, 1, 1])');
    expect(module!.code).toContain('publishKernels("one.wgsl"');

    expect(updatedPaths(await edit('shaders/lib/one.wgsl', FRAGMENT.replace('1u', '0x1u')))).toEqual([
      '/shaders/one.wgsl',
    ]);
    const again = await server.environments.client.transformRequest('/shaders/one.wgsl');
    expect(again!.code).toContain('return 0x1u');
  });

  test('keeps its types up to date', async () => {
    await edit('shaders/one.wgsl', KERNEL.replaceAll('SIZE', 'WIDTH'));
    expect(readFileSync(join(root, 'shaders/one.wgsl.d.ts'), 'utf8')).toContain("'WIDTH'");
  });

  test('reports a mistake instead of an update, and goes on when it is mended', async () => {
    const message = 'one.wgsl:4: “{” is never closed';
    expect(await edit('shaders/one.wgsl', KERNEL.replace('one(); }', 'one();'))).toEqual({
      type: 'custom',
      event: 'webgan:shader-error',
      data: { file: 'one.wgsl', message },
    });
    expect(errors).toEqual([message]);
    expect(await edit('shaders/lib/one.wgsl', `${FRAGMENT} }`)).toMatchObject({ type: 'custom' });
    await edit('shaders/one.wgsl', KERNEL);
    expect(updatedPaths(await edit('shaders/lib/one.wgsl', FRAGMENT))).toEqual(['/shaders/one.wgsl']);
  });
});

describe('subscribers', () => {
  const kernels = { plain: { label: 'a.wgsl:plain' } as Kernel };

  test('get the kernels with their file until they unsubscribe', () => {
    const seen: unknown[] = [];
    const stop = onKernelChange((changed, file) => seen.push([file, changed]));
    publishKernels('a.wgsl', kernels);
    publishKernels('b.wgsl', kernels);
    stop();
    publishKernels('a.wgsl', kernels);
    expect(seen).toEqual([
      ['a.wgsl', kernels],
      ['b.wgsl', kernels],
    ]);
  });

  test('get errors until they unsubscribe', () => {
    const seen: string[] = [];
    const stop = onKernelError((message, file) => seen.push(`${file} ${message}`));
    publishKernelError('a.wgsl', 'a.wgsl:1: wrong');
    stop();
    publishKernelError('a.wgsl', 'a.wgsl:1: wrong');
    expect(seen).toEqual(['a.wgsl a.wgsl:1: wrong']);
  });
});
