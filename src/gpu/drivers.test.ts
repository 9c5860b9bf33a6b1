import { describe, expect, it } from 'vitest';
import { UserError } from '../math/errors';
import { adapterAdvice, driverCandidates } from './drivers';
import type { System } from './system';
import { machine } from './systemForTests';

const ICD = '/usr/share/vulkan/icd.d';
const LAVAPIPE = `${ICD}/lvp_icd.x86_64.json`;
const DEBIAN_CHROMIUM = [
  '/usr/bin/chromium',
  '/usr/lib/chromium/chromium',
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium/libvulkan.so.1',
];
const names = (system: System, wanted?: string) => driverCandidates(system, wanted).map(({ name }) => name);

describe('driverCandidates', () => {
  it('prefers a GPU to lavapipe to SwiftShader', () => {
    const all = [
      `${ICD}/radeon_icd.x86_64.json`,
      LAVAPIPE,
      '/dev/dri/card0',
      '/dev/dri/renderD128',
      ...DEBIAN_CHROMIUM,
    ];
    expect(names(machine(all))).toEqual(['gpu', 'lavapipe', 'swiftshader']);
    expect(names(machine(DEBIAN_CHROMIUM))).toEqual(['swiftshader']);
    expect(names(machine([]))).toEqual([]);
  });

  it('tries an old Mesa last', () => {
    const stating = (version: string) =>
      machine([LAVAPIPE, ...DEBIAN_CHROMIUM], { read: () => `{"ICD": {"api_version": "${version}"}}` });
    expect(names(stating('1.1.230'))).toEqual(['swiftshader', 'lavapipe']);
    expect(names(stating('1.4.305'))).toEqual(['lavapipe', 'swiftshader']);
    expect(names(stating('1.1.230'), 'lavapipe')).toEqual(['lavapipe']);
  });

  it('takes no GPU driver for a GPU', () => {
    expect(names(machine([`${ICD}/radeon_icd.json`, LAVAPIPE]))).toEqual(['lavapipe']);
    expect(names(machine([`${ICD}/radeon_icd.json`, '/dev/dri/card0']))).toEqual([]);
    expect(names(machine(['/dev/nvidia0', '/etc/vulkan/icd.d/nvidia_icd.json']))).toEqual(['gpu']);
  });

  it('gives all GPU drivers to Vulkan, but none that is software or of another architecture', () => {
    const files = [
      'intel_icd.x86_64.json',
      'radeon_icd.x86_64.json',
      'radeon_icd.i686.json',
      'lvp_icd.x86_64.json',
    ];
    const system = machine(files.map((file) => `${ICD}/${file}`).concat('/dev/dri/renderD128'));
    expect(driverCandidates(system)[0]?.path).toBe(
      `${ICD}/intel_icd.x86_64.json:${ICD}/radeon_icd.x86_64.json`,
    );
  });

  it('lets an argument win over VK_DRIVER_FILES, and that over WEBGAN_ADAPTER', () => {
    const env = { VK_DRIVER_FILES: '/opt/my_icd.json', WEBGAN_ADAPTER: 'lavapipe' };
    const system = machine([LAVAPIPE, ...DEBIAN_CHROMIUM], { env });
    expect(driverCandidates(system)).toMatchObject([{ name: 'custom', path: '/opt/my_icd.json' }]);
    expect(names(system, 'swiftshader')).toEqual(['swiftshader']);
    const chosen = machine([LAVAPIPE, ...DEBIAN_CHROMIUM], { env: { WEBGAN_ADAPTER: 'swiftshader' } });
    expect(names(chosen)).toEqual(['swiftshader']);
  });

  it('takes a manifest by its path', () => {
    const system = machine(['/opt/my_icd.json'], { env: { WEBGAN_ADAPTER: '/opt/my_icd.json' } });
    expect(driverCandidates(system)).toMatchObject([{ name: 'custom', path: '/opt/my_icd.json' }]);
  });

  it('says what is wrong with a choice that is not there', () => {
    expect(() => driverCandidates(machine([]), 'lavapipe')).toThrow(/lavapipe is not installed/);
    expect(() => driverCandidates(machine([]), 'swiftshader')).toThrow(UserError);
    expect(() => driverCandidates(machine([]), 'vulcan')).toThrow(/'vulcan' is neither default, lavapipe/);
    expect(() => driverCandidates(machine([]), '/gone_icd.json')).toThrow(UserError);
  });

  it('brings Chromium’s Vulkan loader for systems without one', () => {
    const [driver] = driverCandidates(machine(DEBIAN_CHROMIUM));
    expect(driver).toMatchObject({
      path: '/usr/lib/chromium/vk_swiftshader_icd.json',
      loader: '/usr/lib/chromium/libvulkan.so.1',
    });
    expect(driverCandidates(machine([LAVAPIPE]))[0]).not.toHaveProperty('loader');
  });

  it('leaves macOS and Windows to themselves', () => {
    expect(driverCandidates(machine([], { platform: 'darwin' }))).toEqual([
      { name: 'system', origin: 'Metal' },
    ]);
    const windows = machine([], { platform: 'win32', env: { VK_DRIVER_FILES: 'C:\\x.json' } });
    expect(names(windows)).toEqual(['system']);
    expect(() => driverCandidates(windows, 'lavapipe')).toThrow(/leave it out/);
  });
});

describe('adapterAdvice', () => {
  it.each([
    ['/usr/bin/apt-get', 'apt-get install'],
    ['/usr/bin/dnf', 'dnf install'],
    ['/usr/bin/pacman', 'pacman -S'],
    ['/usr/bin/zypper', 'zypper install'],
    ['/usr/bin/none', 'libvulkan.so.1'],
  ])('knows %s', (file, command) => {
    expect(adapterAdvice(machine([file]))).toContain(command);
  });

  it('knows macOS and Windows', () => {
    expect(adapterAdvice(machine([], { platform: 'darwin' }))).toContain('Metal');
    expect(adapterAdvice(machine([], { platform: 'win32' }))).toContain('Direct3D 12');
  });
});
