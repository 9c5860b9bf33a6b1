// Single-key shortcuts, which leave typing, other modifiers and focused buttons alone, and can be switched off.

import type { App } from './app';
import { element } from './elements';

const STORED = 'webgan.shortcuts';

export function bindKeys(app: App): void {
  const enabled = element('shortcuts', HTMLInputElement);
  enabled.checked = localStorage.getItem(STORED) !== 'off';
  enabled.addEventListener('change', () => localStorage.setItem(STORED, enabled.checked ? 'on' : 'off'));

  const actions: Record<string, () => void> = {
    ' ': () => app.toggle(),
    '.': () => app.step('both'),
    d: () => app.step('discriminator'),
    g: () => app.step('generator'),
    r: () => app.reset(),
  };
  window.addEventListener('keydown', (event) => {
    if (!enabled.checked || event.ctrlKey || event.altKey || event.metaKey) return;
    const target = event.target as Element;
    if (target.closest('input:not([type=checkbox]), select, textarea, [contenteditable]')) return;
    // Space already means something on what has the focus.
    if (event.key === ' ' && target.closest('button, input, a, summary')) return;
    const action = actions[event.key.toLowerCase()];
    // A held key would train through its repeats, which is what Play is for; stepping may repeat.
    if (!action || (event.repeat && /[ r]/i.test(event.key))) return;
    event.preventDefault();
    action();
  });
}
