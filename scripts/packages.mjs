// Node's version, the packages of the lock file, and the builds made of them: each checked cheaply, mended where needed.

import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** What the person can mend: shown as its message alone. */
export class SetupError extends Error {}

/** Refuses a Node older than package.json's `engines` allow. */
export function checkNode() {
  const needed = readJson(join(root, 'package.json')).engines.node.replace('>=', '');
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [needMajor, needMinor] = needed.split('.').map(Number);
  if (major < needMajor || (major === needMajor && minor < needMinor)) {
    throw new SetupError(
      `webgan needs Node ${needed} or newer and this is ${process.version}: see https://nodejs.org.`,
    );
  }
}

/** Installs the packages unless those of the lock file are there. Returns whether it had to; that builds too. */
export function ensurePackages() {
  const reason = whyPackages();
  if (reason === undefined) return false;
  console.log(`Installing the packages of package-lock.json with npm ci: ${reason}.`);
  npm(['ci', '--include=dev', '--no-audit', '--no-fund'], 'npm ci');
  return true;
}

function whyPackages() {
  const installed = join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return 'there is no node_modules yet';
  const there = (path) => existsSync(join(root, path));
  const wanted = readJson(join(root, 'package-lock.json'));
  const missing = missingPackage(wanted.packages, readJson(installed).packages, there);
  return missing && `${missing.replace(/^.*node_modules\//, '')} is missing or of another version`;
}

/**
 * The first package of a lock file that is not installed as it says: by the list that npm keeps in node_modules, and on
 * disk. Optional packages may be absent: they are those of other systems too.
 */
export function missingPackage(wanted, installed, isThere) {
  const entries = Object.entries(wanted).filter(([path, { link }]) => path !== '' && !link);
  const wrong = entries.find(([path, { version, integrity, optional, devOptional }]) => {
    const found = installed[path];
    if (found === undefined) return !(optional || devOptional);
    return found.version !== version || found.integrity !== integrity || !isThere(path);
  });
  return wrong?.[0];
}

/** Builds page and command unless that happened after the last change of what they are made of. */
export function ensureBuild(justInstalled) {
  const built = join(root, 'dist/cli/webgan.js');
  const missing = !existsSync(built);
  // npm ci builds through `prepare`, except where the user's settings switch scripts off.
  if (justInstalled && !missing) return;
  if (!missing && newest(SOURCES.map((path) => join(root, path))) <= statSync(built).mtimeMs) return;
  console.log(
    `Building page and command: ${missing ? 'there is no build yet' : 'the sources are newer than the build'}.`,
  );
  npm(['run', 'prepare'], 'npm run prepare');
}

const SOURCES = [
  'src',
  'shaders',
  'index.html',
  'public',
  'vite.config.ts',
  'package.json',
  'package-lock.json',
];

/** The latest time of change under some paths, in ms. Folders count, so that deletions show; generated types and tests do not. */
export function newest(paths) {
  let latest = 0;
  for (const path of paths) {
    if (path.endsWith('.wgsl.d.ts') || path.endsWith('.test.ts')) continue;
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const inner = stat.isDirectory() ? newest(readdirSync(path).map((name) => join(path, name))) : 0;
    latest = Math.max(latest, stat.mtimeMs, inner);
  }
  return latest;
}

/** How to start npm: the one that started us, else the one on the path. For `spawnSync(command, args, { shell })`. */
export function npmCommand(args) {
  const self = process.env.npm_execpath;
  if (self?.endsWith('npm-cli.js')) return { command: process.execPath, args: [self, ...args], shell: false };
  // Windows starts npm.cmd through a shell only; the arguments are all ours.
  return { command: 'npm', args, shell: process.platform === 'win32' };
}

/** Runs npm quietly; on failure shows what it said. */
function npm(npmArgs, name) {
  const { command, args, shell } = npmCommand([...npmArgs, '--loglevel=error']);
  const options = { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28, shell };
  const { status, error, stdout, stderr } = spawnSync(command, args, options);
  if (status === 0) return;
  const output = error?.message ?? excerpt(`${stderr}\n${stdout}`);
  throw new SetupError(
    `${output}\n\n\`${name}\` failed, for the reason above. That mended, run \`${name}\` by hand.`,
  );
}

/** npm says first what is wrong, builds say it last. */
function excerpt(output) {
  const lines = output.split('\n').filter((line) => line.trim() !== '');
  return (lines.length > 30 ? [...lines.slice(0, 10), '…', ...lines.slice(-20)] : lines).join('\n');
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
