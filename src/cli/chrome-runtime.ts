// A run in headless Chromium, through the page's own worker.

import { Failure } from './console';
import type { OpenRuntime } from './runtime';

export const openChromeRuntime: OpenRuntime = () => Promise.reject(new Failure('not yet'));
