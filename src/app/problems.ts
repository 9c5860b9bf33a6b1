// What went wrong, why, and what can be done about it: one panel above everything else.

import { effect } from '@preact/signals-core';
import type { App } from './app';
import { element } from './elements';
import { adviseOn } from './support';
import { type Notice, problemInWords } from './words';

export function bindProblems(app: App): void {
  const panel = element('problem');
  const restart = element('restart', HTMLButtonElement);
  restart.addEventListener('click', () => {
    app.recover();
    // The button goes away with the panel; the focus goes to where one would carry on.
    element('play').focus();
  });
  effect(() => {
    const problem = app.model.problem.value;
    panel.hidden = problem === undefined;
    document.body.dataset.problem = problem?.kind ?? '';
    if (!problem) return;
    const notice: Notice =
      problem.kind === 'unsupported'
        ? adviseOn(problem.reason, navigator.userAgent, problem.message)
        : problemInWords(problem, app.isSlower ? undefined : app.model.saved.peek()?.place?.step);
    element('problem-title').textContent = notice.title;
    element('problem-text').textContent = notice.text;
    element('problem-advice').replaceChildren(
      ...notice.steps.map((step) => Object.assign(document.createElement('li'), { textContent: step })),
    );
    restart.hidden = notice.remedy === undefined;
    restart.textContent = notice.remedy ?? '';
  });
}
