import { describe, expect, it } from 'vitest';
import { chromiumSwitches, findChromium, packagedFolder } from './chromium';
import { machine } from './systemForTests';

describe('findChromium', () => {
  const cache = '/home/ada/.cache/ms-playwright';

  it('prefers the one named in WEBGAN_CHROMIUM, then the system’s, Playwright’s, webgan’s own', () => {
    const own = `${packagedFolder(machine([]))}/chromium`;
    const playwright = `${cache}/chromium-1200/chrome-linux/chrome`;
    const files = ['/opt/mine/chrome', '/usr/bin/chromium', playwright, own];
    const found = (count: number, env = {}) => findChromium(machine(files.slice(count), { env }))?.executable;
    expect(found(0, { WEBGAN_CHROMIUM: '/opt/mine/chrome' })).toBe('/opt/mine/chrome');
    expect(found(0)).toBe('/usr/bin/chromium');
    expect(found(2)).toBe(playwright);
    expect(found(3)).toBe(own);
    expect(found(4)).toBeUndefined();
  });

  it('takes Playwright’s newest, the whole browser before the headless shell', () => {
    const files = [
      `${cache}/chromium_headless_shell-1300/chrome-linux/headless_shell`,
      `${cache}/chromium-1100/chrome-linux/chrome`,
      `${cache}/chromium-1200/chrome-linux/chrome`,
    ];
    expect(findChromium(machine(files))?.executable).toContain('chromium-1200');
    expect(findChromium(machine(files.slice(0, 1)))?.executable).toContain('headless_shell-1300');
  });

  it('gives the packaged one its libraries and fonts', () => {
    const env = { XDG_CACHE_HOME: '/cache', LD_LIBRARY_PATH: '/mine' };
    const folder = packagedFolder(machine([], { env }));
    expect(folder).toMatch(/^\/cache\/webgan\/chromium-/);
    expect(findChromium(machine([`${folder}/chromium`], { env }))?.env).toEqual({
      LD_LIBRARY_PATH: `${folder}/lib:${folder}:/mine`,
      FONTCONFIG_PATH: `${folder}/fonts`,
    });
  });

  it('looks where Chrome and Edge are on macOS and Windows', () => {
    const chrome = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
    expect(findChromium(machine([chrome], { platform: 'darwin' }))?.executable).toBe(chrome);
    const edge = 'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe';
    const env = { 'PROGRAMFILES(X86)': 'C:\\Program Files (x86)' };
    expect(findChromium(machine([edge], { platform: 'win32', env }))?.executable).toBe(edge);
  });

  it('asks for SwiftShader on Linux only', () => {
    expect(chromiumSwitches(machine([]))).toContain('--use-webgpu-adapter=swiftshader');
    expect(chromiumSwitches(machine([], { platform: 'darwin' })).join()).not.toContain('swiftshader');
  });
});
