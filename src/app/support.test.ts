// The advice for browsers without WebGPU: the right reason, and steps for the browser that is asked.

import { describe, expect, test } from 'vitest';
import { adviseOn, browserOf, missingApi } from './support';

const agents = {
  chrome:
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
  edge: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36 Edg/156.0.0.0',
  firefox: 'Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0',
  safari:
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
  other: 'Lynx/2.9',
} as const;

describe('missingApi', () => {
  const whole = { isSecureContext: true, navigator: { gpu: {} }, OffscreenCanvas: class {} };
  test('finds nothing missing where all is there', () => expect(missingApi(whole)).toBeUndefined());
  test('an insecure page is said to be that, although navigator.gpu is missing too', () => {
    expect(missingApi({ ...whole, isSecureContext: false, navigator: {} })).toBe('insecure');
  });
  test('no navigator.gpu', () => expect(missingApi({ ...whole, navigator: {} })).toBe('noApi'));
  test('no OffscreenCanvas', () => {
    expect(missingApi({ isSecureContext: true, navigator: { gpu: {} } })).toBe('noApi');
  });
});

describe('adviseOn', () => {
  test.each(Object.entries(agents))('recognises %s', (browser, agent) => {
    expect(browserOf(agent)).toBe(browser);
  });

  test('Chrome on Linux is told of its flags, Edge on Windows is not', () => {
    expect(adviseOn('noAdapter', agents.chrome).steps.join()).toContain('chrome://flags');
    expect(adviseOn('noAdapter', agents.edge).steps.join()).not.toContain('flags');
    expect(adviseOn('noAdapter', agents.edge).steps.join()).toContain('edge://gpu');
  });

  test('Firefox on Linux is told of its preference, Safari of its version', () => {
    expect(adviseOn('noApi', agents.firefox).steps.join()).toContain('dom.webgpu.enabled');
    expect(adviseOn('noApi', agents.safari).steps.join()).toContain('Safari 26');
  });

  test('a missing adapter is a matter of drivers, a missing API is not', () => {
    expect(adviseOn('noAdapter', agents.chrome).steps.join()).toContain('driver');
    expect(adviseOn('noApi', agents.chrome).steps.join()).not.toContain('driver');
  });

  test('an insecure page is told so in every browser', () => {
    for (const agent of Object.values(agents))
      expect(adviseOn('insecure', agent).steps.join()).toContain('https');
  });

  test('what the browser said is passed on', () => {
    expect(adviseOn('noAdapter', agents.chrome, 'blocked').text).toContain('blocked');
  });
});
