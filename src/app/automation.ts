// `window.webgan`: the page's worker for scripts, and for `webgan train --runtime chrome`.

import type { Evaluation } from '../training/evaluation';
import type { App } from './app';
