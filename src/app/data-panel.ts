// Data of one's own: pickers, drag and drop, the download of MNIST, and what is said about reading it.

import { effect } from '@preact/signals-core';
import type { App } from './app';
import { droppedFiles, MNIST, opened, type PlacedFile, pickedFiles } from './data/files';
import { element } from './elements';
import { imagesWanted, OTHER_IMAGES } from './words';

export function bindData(app: App): void {
  const { desk, model } = app;
  const open = async (files: readonly PlacedFile[]) => {
    const what = opened(files);
    if (what?.kind === 'images') await app.train(what.files);
    else if (what?.kind === 'points') await app.trainOnPoints(what.file);
    else if (what?.kind === 'checkpoint') await app.importCheckpoint(what.file);
  };
  bindPicker('choose-files', 'files', open);
  bindPicker('choose-folder', 'folder', open);
  bindPicker('import', 'checkpoint', open);
  element('download-mnist').addEventListener('click', () => void app.train(MNIST));
  element('reading-stop').addEventListener('click', () => desk.cancel());
  element('skip-bad').addEventListener('click', () => {
    const state = desk.state.value;
    if (state.kind === 'failed' && state.files) void app.train(state.files, true);
  });
  bindDrop(open);

  effect(() => {
    const state = desk.state.value;
    const read = state.kind === 'read' ? readInWords(state.text, state.skipped) : '';
    const text = read && model.configured.value?.otherImages ? `${read} ${OTHER_IMAGES}` : read;
    element('data-text').textContent = text;
    element('data-text').hidden = text === '';
    element('reading').hidden = state.kind !== 'reading';
    const progress = element('reading-progress', HTMLProgressElement);
    if (state.kind === 'reading') {
      element('reading-text').textContent = state.text;
      if (state.share === undefined) progress.removeAttribute('value');
      else progress.value = state.share;
    }
    element('data-problem').hidden = state.kind !== 'failed';
    element('data-problem-text').textContent = state.kind === 'failed' ? state.text : '';
    element('skip-bad').hidden = state.kind !== 'failed' || !state.files;
  });
  // Where a run waits for images, the way to them is open.
  const drawer = element('data', HTMLDetailsElement);
  let openedForThem = false;
  effect(() => {
    const phase = model.phase.value;
    if (phase === 'waiting' && !drawer.open) openedForThem = drawer.open = true;
    if (phase === 'ready' && openedForThem) openedForThem = drawer.open = false;
  });
  effect(() => {
    const wanted = model.phase.value === 'waiting' ? model.wanted.value : undefined;
    const note = element('stage-note');
    note.hidden = !wanted;
    note.textContent = wanted ? imagesWanted(wanted.image, wanted.other) : '';
  });
}

function readInWords(text: string, skipped: readonly string[]): string {
  const [first] = skipped;
  if (first === undefined) return text;
  const others = skipped.length > 1 ? ` and ${skipped.length - 1} more` : '';
  return `${text} Passed over: ${first}${others}.`;
}

/** A button that opens a file picker. */
function bindPicker(
  button: string,
  input: string,
  open: (files: readonly PlacedFile[]) => Promise<void>,
): void {
  const picker = element(input, HTMLInputElement);
  element(button).addEventListener('click', () => picker.click());
  picker.addEventListener('change', async () => {
    const files = picker.files ? pickedFiles(picker.files) : [];
    // The same file chosen again is a change again.
    picker.value = '';
    await open(files);
  });
}

/** Files and folders may be dropped anywhere. */
function bindDrop(open: (files: readonly PlacedFile[]) => Promise<void>): void {
  const holdsFiles = (event: DragEvent) => event.dataTransfer?.types.includes('Files') ?? false;
  /** Between entering and leaving the page, elements within it are entered and left. */
  let depth = 0;
  const setDepth = (next: number) => {
    depth = Math.max(0, next);
    document.body.toggleAttribute('data-dragging', depth > 0);
  };
  document.addEventListener('dragenter', (event) => {
    if (holdsFiles(event)) setDepth(depth + 1);
  });
  document.addEventListener('dragleave', (event) => {
    if (holdsFiles(event)) setDepth(depth - 1);
  });
  document.addEventListener('dragover', (event) => {
    if (holdsFiles(event)) event.preventDefault();
  });
  document.addEventListener('drop', async (event) => {
    if (!event.dataTransfer || !holdsFiles(event)) return;
    event.preventDefault();
    setDepth(0);
    await open(await droppedFiles(event.dataTransfer));
  });
}
