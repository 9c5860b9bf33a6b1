// Serves the built page to this machine alone, for `train --runtime chrome`.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Failure } from './console';

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/**
 * @param others what is served besides the page's files, by path.
 * @throws Failure where the page has not been built.
 */
export async function servePage(
  others: ReadonlyMap<string, Uint8Array>,
): Promise<{ url: string; close(): Promise<void> }> {
  const root = pageFolder();
  const server = createServer((request, response) => {
    // A URL's path knows no way up: `..` is resolved by parsing it.
    const { pathname } = new URL(request.url ?? '/', 'http://page');
    const other = others.get(pathname);
    if (other) {
      response.writeHead(200, { 'Content-Type': 'application/octet-stream' }).end(other);
      return;
    }
    const file = join(root, pathname.endsWith('/') ? `${pathname}index.html` : pathname);
    if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
      response.writeHead(404).end();
      return;
    }
    const type = TYPES[extname(file)] ?? 'application/octet-stream';
    response.writeHead(200, { 'Content-Type': type }).end(readFileSync(file));
  });
  await new Promise<void>((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** `dist/page` of the package that this file belongs to, built or not. */
function pageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && dirname(folder) !== folder) folder = dirname(folder);
  const page = join(folder, 'dist', 'page');
  if (existsSync(join(page, 'index.html'))) return page;
  throw new Failure(`The page is not built: run \`npm ci\` or \`npx vite build\` in ${folder}.`);
}
