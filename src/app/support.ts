// Why there is no WebGPU here, and what to do about it in this very browser.

export type MissingReason = 'noApi' | 'insecure' | 'noAdapter';

export interface Advice {
  readonly title: string;
  readonly text: string;
  /** Things to try, the likeliest first. */
  readonly steps: readonly string[];
}

/** What the browser lacks before any adapter is asked for. */
export function missingApi(scope: {
  isSecureContext: boolean;
  navigator: { gpu?: unknown };
  OffscreenCanvas?: unknown;
}): MissingReason | undefined {
  if (!scope.isSecureContext) return 'insecure';
  if (!scope.navigator.gpu || !scope.OffscreenCanvas) return 'noApi';
  return undefined;
}

type Browser = 'chrome' | 'edge' | 'firefox' | 'safari' | 'other';

/** Chromium's relatives all say "Chrome" and "Safari", so the more special names come first. */
export function browserOf(userAgent: string): Browser {
  if (/Firefox\//.test(userAgent)) return 'firefox';
  if (/Edg\//.test(userAgent)) return 'edge';
  if (/Chrom(e|ium)\//.test(userAgent)) return 'chrome';
  if (/Safari\//.test(userAgent)) return 'safari';
  return 'other';
}

/** Explains in words; `detail` is what the browser itself said, if anything. */
export function adviseOn(reason: MissingReason, userAgent: string, detail = ''): Advice {
  if (reason === 'insecure') {
    return {
      title: 'This address is not secure enough for WebGPU',
      text: 'Browsers only offer WebGPU to pages that came over https, or from this very machine.',
      steps: ['Open the page over https.', 'If it is served on this machine, open it as http://localhost.'],
    };
  }
  const browser = browserOf(userAgent);
  const linux = /Linux|X11/.test(userAgent) && !/Android/.test(userAgent);
  const text =
    reason === 'noApi'
      ? 'This page trains on the GPU through WebGPU, and this browser does not offer it.'
      : 'This browser knows WebGPU, but found no graphics adapter that it would use.';
  return {
    title: reason === 'noApi' ? 'WebGPU is not available here' : 'No graphics adapter was found',
    text: detail ? `${text} (${detail})` : text,
    steps: [...steps(browser, linux, reason), ...driver(linux, reason)],
  };
}

function steps(browser: Browser, linux: boolean, reason: MissingReason): readonly string[] {
  switch (browser) {
    case 'chrome':
    case 'edge': {
      const scheme = browser === 'edge' ? 'edge' : 'chrome';
      const name = browser === 'edge' ? 'Edge' : 'Chrome';
      return [
        ...(reason === 'noApi' ? [`Update ${name}: WebGPU is there from version 113 on.`] : []),
        `In ${scheme}://settings/system, turn on “Use graphics acceleration when available”, then restart ${name}.`,
        ...(linux
          ? [
              `In ${scheme}://flags, enable “Unsafe WebGPU Support” (#enable-unsafe-webgpu) and “Vulkan” (#enable-vulkan), then restart ${name}.`,
            ]
          : []),
        `Look at ${scheme}://gpu, under WebGPU, for what stands in the way.`,
      ];
    }
    case 'firefox':
      return [
        ...(linux
          ? [
              'In about:config, set dom.webgpu.enabled and gfx.webgpu.ignore-blocklist to true, then restart Firefox.',
            ]
          : [
              'Update Firefox: WebGPU is there from version 141 on Windows and 145 on Macs with Apple silicon.',
              'In about:config, see that dom.webgpu.enabled is true.',
            ]),
        'Or open this page in a current Chrome or Edge.',
      ];
    case 'safari':
      return [
        'Update to Safari 26 (macOS 26, iOS 26, iPadOS 26), which has WebGPU.',
        'In Safari 18, turn on WebGPU among the feature flags: on a Mac under Develop, on an iPhone in Settings, Apps, Safari, Advanced.',
        'On a Mac, a current Chrome has it too.',
      ];
    default:
      return ['Open this page in a current Chrome, Edge, Firefox or Safari.'];
  }
}

function driver(linux: boolean, reason: MissingReason): readonly string[] {
  if (reason !== 'noAdapter') return [];
  return [
    linux
      ? 'Install or update the graphics driver; WebGPU needs Vulkan (package mesa-vulkan-drivers on Debian and Ubuntu, or NVIDIA’s driver).'
      : 'Update the graphics driver and the system.',
  ];
}
