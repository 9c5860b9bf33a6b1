// Installs a Chromium without root: from an npm package on Linux, through Playwright elsewhere.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { type Chromium, findChromium, PACKAGED_CHROMIUM, packagedFolder } from '../../gpu/chromium';
import type { System } from '../../gpu/system';
import { UserError } from '../../math/errors';
import { readTar } from './tar';

/**
 * The Chromium of this machine, installed first if there is none.
 * @throws UserError with the command to run by hand if that fails.
 */
export async function ensureChromium(system: System, reason: string): Promise<Chromium> {
  return findChromium(system) ?? installChromium(system, reason);
}

/** Installs one, saying so in a line. */
export async function installChromium(system: System, reason: string): Promise<Chromium> {
  // The npm package holds a build for x64 only.
  if (system.platform === 'linux' && system.architecture === 'x64') unpackPackage(system, reason);
  else askPlaywright(reason);
  const chromium = findChromium(system);
  if (chromium === undefined) throw new UserError(`Chromium was installed but is not found. ${BY_HAND}`);
  return chromium;
}

const BY_HAND = 'Install Google Chrome or Chromium by hand, or set WEBGAN_CHROMIUM to the path of one.';

function askPlaywright(reason: string): void {
  console.log(`Installing a headless Chromium with \`npx playwright install chromium\`: ${reason}.`);
  const cli = join(dirname(createRequire(import.meta.url).resolve('playwright/package.json')), 'cli.js');
  const { status } = spawnSync(process.execPath, [cli, 'install', 'chromium'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) throw new UserError(`\`npx playwright install chromium\` failed. ${BY_HAND}`);
}

/**
 * Downloads the package through npm (its registry, proxy and certificates), checks it against the hash known here and
 * unpacks it. The folder gets its name only when it is complete.
 */
function unpackPackage(system: System, reason: string): void {
  const { name, version, megabytes } = PACKAGED_CHROMIUM;
  const folder = packagedFolder(system);
  console.log(
    `Downloading a headless Chromium (npm package ${name} ${version}, ${megabytes} MB) to ${folder}: ${reason}.`,
  );
  const partial = `${folder}.${process.pid}`;
  try {
    mkdirSync(partial, { recursive: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new UserError(
      `${partial} could not be made (${reason}): set XDG_CACHE_HOME to a folder that can be written.`,
    );
  }
  try {
    unpack(downloadPackage(), partial, folder);
    rmSync(folder, { recursive: true, force: true });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}

/** Writes to `target` what is to lie in `folder`. */
function unpack(files: Map<string, Uint8Array>, target: string, folder: string): void {
  write(target, 'chromium', brotli(files, 'chromium'), true);
  // Chromium's graphics libraries, with Vulkan's loader and the driver SwiftShader.
  for (const file of tar(files, 'swiftshader')) write(target, file.path, file.data, file.executable);
  // NSS and expat, which a bare Linux lacks, in `lib/`.
  for (const file of tar(files, 'al2023')) write(target, file.path, file.data, file.executable);
  for (const file of tar(files, 'fonts')) write(target, join('fonts', file.path), file.data, false);
  // The package's own names folders of another place.
  write(target, 'fonts/fonts.conf', Buffer.from(fontsConfiguration(`${folder}/fonts`)), false);
}

/** The package's files by their name in its `bin/`. */
function downloadPackage(): Map<string, Uint8Array> {
  const { name, version, integrity } = PACKAGED_CHROMIUM;
  const spec = `${name}@${version}`;
  const folder = mkdtempSync(join(tmpdir(), 'webgan-'));
  try {
    const npm = process.env.npm_execpath?.endsWith('npm-cli.js')
      ? [process.execPath, process.env.npm_execpath]
      : ['npm'];
    const args = [...npm.slice(1), 'pack', spec, '--loglevel=error'];
    const result = spawnSync(npm[0]!, args, { cwd: folder, encoding: 'utf8' });
    const archive = readdirSync(folder).find((file) => file.endsWith('.tgz'));
    if (result.status !== 0 || archive === undefined) {
      const reason = result.error?.message ?? result.stderr.trim().split('\n')[0] ?? '';
      throw new UserError(
        `\`npm pack ${spec}\` failed${reason && ` (${reason})`}: check the connection to the npm registry and run the command again. ${BY_HAND}`,
      );
    }
    const bytes = readFileSync(join(folder, archive));
    if (`sha512-${createHash('sha512').update(bytes).digest('base64')}` !== integrity) {
      throw new UserError(
        `${spec} from the npm registry is not the package that webgan knows (its hash differs). ${BY_HAND}`,
      );
    }
    const files = [...readTar(gunzipSync(bytes))];
    return new Map(files.map(({ path, data }) => [path.replace('package/bin/', ''), data]));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function brotli(files: Map<string, Uint8Array>, name: string): Uint8Array {
  return brotliDecompressSync(files.get(`${name}.br`)!);
}

function tar(files: Map<string, Uint8Array>, name: string) {
  return readTar(brotli(files, `${name}.tar`));
}

function write(folder: string, path: string, data: Uint8Array, executable: boolean): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, data, { mode: executable ? 0o755 : 0o644 });
}

/** The system's fonts, and the package's where there are none. */
function fontsConfiguration(folder: string): string {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <dir>${folder}</dir>
  <cachedir>${folder}/cache</cachedir>
</fontconfig>
`;
}
