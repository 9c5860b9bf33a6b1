// Finds a Chromium: as the browser of tests and `--runtime chrome`, and as the bringer of SwiftShader, a Vulkan driver.

import { cacheFolder, type System } from './system';

export interface Chromium {
  /** What to start. */
  readonly executable: string;
  /** The folder with its libraries, SwiftShader among them. */
  readonly folder: string;
  /** Who brought it, in words. */
  readonly origin: string;
  /** What its process needs in its environment beyond ours. */
  readonly env: Readonly<Record<string, string>>;
}

/** The npm package that brings a Chromium where none is found: this one unpacks without root and runs on a bare Linux. */
export const PACKAGED_CHROMIUM = {
  name: '@sparticuz/chromium',
  // The newest whose `engines` allow Node 20.
  version: '143.0.4',
  integrity:
    'sha512-/6I7uQTRhRDD2/gGPQ1Gkf+Dqk0RYDACPJDZfSzz0OWk4JmUTonNHPXbrn6UIklOHlnDLf8xAAzkOZKB/cJpLA==',
  megabytes: 64,
} as const;

/** Where the packaged Chromium is unpacked. */
export function packagedFolder(system: System): string {
  return `${cacheFolder(system)}/chromium-${PACKAGED_CHROMIUM.version}`;
}

/** The first Chromium of `findChromiums`. */
export function findChromium(system: System): Chromium | undefined {
  return findChromiums(system)[0];
}

/**
 * All Chromiums of this machine, the one to prefer first: `WEBGAN_CHROMIUM` (a path), the system's, Playwright's, and
 * the one that webgan's set-up unpacked.
 */
export function findChromiums(system: System): readonly Chromium[] {
  return candidates(system).filter(({ executable }) => system.exists(executable));
}

/**
 * Command-line switches that give a headless Chromium a WebGPU adapter and canvases that present. Without a GPU
 * SwiftShader is the only adapter that Chromium accepts, and with fewer switches presenting a canvas loses the device.
 */
export function chromiumSwitches(system: System): readonly string[] {
  const common = ['--enable-unsafe-webgpu', '--disable-gpu-process-crash-limit'];
  if (system.platform !== 'linux') return common;
  return [
    ...common,
    // Chromium's sandbox needs privileges that containers and root do not have; only our own page is loaded.
    '--no-sandbox',
    '--use-webgpu-adapter=swiftshader',
    '--enable-features=Vulkan',
    '--use-vulkan=swiftshader',
    '--use-angle=swiftshader',
  ];
}

function candidates(system: System): readonly Chromium[] {
  const chosen = system.env.WEBGAN_CHROMIUM;
  const given = chosen ? [browser(chosen, folderOf(chosen), 'WEBGAN_CHROMIUM')] : [];
  return [...given, ...installed(system), ...playwrights(system), ...packaged(system)];
}

function installed({ platform, env, home }: System): readonly Chromium[] {
  if (platform === 'linux') {
    return [
      browser('/usr/bin/chromium', '/usr/lib/chromium', 'the system’s Chromium'),
      browser('/usr/bin/chromium-browser', '/usr/lib64/chromium-browser', 'the system’s Chromium'),
      browser('/opt/google/chrome/chrome', '/opt/google/chrome', 'Google Chrome'),
      browser('/opt/microsoft/msedge/msedge', '/opt/microsoft/msedge', 'Microsoft Edge'),
    ];
  }
  if (platform === 'darwin') {
    return ['', home].flatMap((root) =>
      ['Google Chrome', 'Chromium', 'Microsoft Edge'].map((name) => {
        const folder = `${root}/Applications/${name}.app/Contents/MacOS`;
        return browser(`${folder}/${name}`, folder, name);
      }),
    );
  }
  const roots = [env.LOCALAPPDATA, env.PROGRAMFILES, env['PROGRAMFILES(X86)']].filter(
    (root) => root !== undefined,
  );
  return roots.flatMap((root) => [
    browser(
      `${root}\\Google\\Chrome\\Application\\chrome.exe`,
      `${root}\\Google\\Chrome\\Application`,
      'Google Chrome',
    ),
    browser(
      `${root}\\Microsoft\\Edge\\Application\\msedge.exe`,
      `${root}\\Microsoft\\Edge\\Application`,
      'Microsoft Edge',
    ),
  ]);
}

/** Playwright's own downloads, newest first, the whole browser before the headless shell. */
function playwrights(system: System): readonly Chromium[] {
  const { platform, env, home } = system;
  const usual = {
    linux: `${home}/.cache/ms-playwright`,
    darwin: `${home}/Library/Caches/ms-playwright`,
    win32: `${env.LOCALAPPDATA}\\ms-playwright`,
  }[platform];
  const root = env.PLAYWRIGHT_BROWSERS_PATH || usual;
  if (root === undefined) return [];
  const slash = platform === 'win32' ? '\\' : '/';
  const revisions = system
    .list(root)
    .filter((name) => /^chromium(_headless_shell)?-\d+$/.test(name))
    .sort((a, b) => Number(a.includes('shell')) - Number(b.includes('shell')) || revision(b) - revision(a));
  return revisions.flatMap((name) =>
    system.list(`${root}${slash}${name}`).flatMap((inner) => {
      const folder = [root, name, inner].join(slash);
      return PLAYWRIGHT_EXECUTABLES.map((file) =>
        browser(`${folder}${slash}${file}`, folder, 'Playwright’s Chromium'),
      );
    }),
  );
}

const PLAYWRIGHT_EXECUTABLES = [
  'chrome',
  'headless_shell',
  'chrome-headless-shell',
  'chrome.exe',
  'headless_shell.exe',
  'chrome-headless-shell.exe',
  'Chromium.app/Contents/MacOS/Chromium',
  'Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing',
];

function packaged(system: System): readonly Chromium[] {
  const folder = packagedFolder(system);
  // It brings the libraries and fonts that a bare Linux lacks.
  const env = {
    LD_LIBRARY_PATH: [`${folder}/lib`, folder, system.env.LD_LIBRARY_PATH].filter(Boolean).join(':'),
    FONTCONFIG_PATH: `${folder}/fonts`,
  };
  return [
    { executable: `${folder}/chromium`, folder, origin: `the npm package ${PACKAGED_CHROMIUM.name}`, env },
  ];
}

function browser(executable: string, folder: string, origin: string): Chromium {
  return { executable, folder, origin, env: {} };
}

function folderOf(path: string): string {
  return path.replace(/[\\/][^\\/]*$/, '');
}

function revision(name: string): number {
  return Number(name.slice(name.lastIndexOf('-') + 1));
}
