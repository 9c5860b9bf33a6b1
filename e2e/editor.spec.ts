// The experiment editor: fields from the schema, begun with at once or when asked, shared, saved and opened again.

import { readFile } from 'node:fs/promises';
import type { Page } from 'playwright/test';
import { expect, openReady, seriousViolations, stepOnce, test, waitForPhase, waitForReading } from './page';

const open = async (page: Page, ...names: string[]) => {
  for (const name of names) await page.locator(`#section-${name} > summary`).click();
};
const sectionOf = (page: Page, name: string) => page.locator(`#section-${name}`);
const config = async (page: Page): Promise<Record<string, unknown>> => {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'Save as JSON' }).click(),
  ]);
  return JSON.parse(await readFile(await download.path(), 'utf8'));
};

test('another loss, a learning rate and a regularizer: explained, trained with, and in the address', async ({
  page,
}) => {
  // Every change prepares a trainer of its own.
  test.slow();
  await openReady(page);
  await open(page, 'objective', 'optimizers');
  const objective = sectionOf(page, 'objective');
  await expect(objective.locator('.explained').first()).toContainText('G: sp(−f)');
  await objective.getByLabel('Loss', { exact: true }).selectOption('hinge');
  await waitForPhase(page, 'ready');
  await expect(objective.locator('.explained').first()).toContainText('max(0, 1 − r)');

  await objective.getByLabel('Regularizers: what to add').selectOption('r1');
  await objective.getByRole('button', { name: 'Add to regularizers' }).click();
  await expect(page.locator(':focus')).toContainText('r1');
  await expect(objective.locator('.item')).toContainText('γ/2 · E[‖∇D(x)‖²]');
  await objective.getByLabel('Gamma', { exact: true }).fill('0.5');
  await objective.getByLabel('Gamma', { exact: true }).press('Enter');

  const rate = sectionOf(page, 'optimizers').getByLabel('Learning rate', { exact: true }).first();
  await rate.fill('5e-4');
  await rate.press('Enter');
  await waitForPhase(page, 'ready');
  await expect(page).toHaveURL(/loss=hinge/);
  await expect(page).toHaveURL(/optimizer\.generator\.learningRate=0\.0005/);
  await page.getByRole('button', { name: 'Play' }).click();
  await waitForReading(page, 'step', (step) => step > 5);

  // Whoever is given the address has the same.
  const address = page.url();
  await page.goto('about:blank');
  await page.goto(address);
  await waitForPhase(page, 'ready');
  expect(await config(page)).toMatchObject({
    loss: 'hinge',
    regularizers: [{ type: 'r1', gamma: 0.5, interval: 1 }],
    optimizer: { generator: { learningRate: 5e-4 }, discriminator: { learningRate: 3e-3 } },
  });
  await open(page, 'objective');
  await objective.getByRole('button', { name: 'Loss was changed; back to nonSaturating' }).click();
  await expect(objective.getByLabel('Loss', { exact: true })).toHaveValue('nonSaturating');
  await expect(page).not.toHaveURL(/loss=/);
});

test('what is wrong is said at its field, keeps Play from beginning, and loses nothing', async ({ page }) => {
  await openReady(page);
  await stepOnce(page, '.');
  await open(page, 'run', 'generator');
  const steps = sectionOf(page, 'run').getByLabel('Steps', { exact: true });
  await steps.fill('many');
  await steps.press('Enter');
  const sentence = 'steps: "many" given; a whole number from 1 to 1000000000 would do.';
  await expect(steps).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('#mistake-steps')).toHaveText(sentence);
  await expect(page.locator('#edits-text')).toHaveText(sentence);
  expect(await seriousViolations(page, '.editor')).toEqual([]);
  // The run that is there goes on; a new one would not begin.
  await expect(page.locator('#number-step')).toHaveText('1');
  await expect(page.getByRole('button', { name: 'Step both' })).toHaveAttribute('aria-disabled', 'false');
  await page.getByRole('button', { name: 'Reset' }).click();
  await expect(page.locator('#state')).toHaveText(/has to be mended/);
  await expect(page.getByRole('button', { name: 'Play' })).toHaveAttribute('aria-disabled', 'true');
  await expect(steps).toHaveValue('many');

  // A network that does not fit is said of the network, and its own mistakes of their layers.
  await steps.fill('500');
  await steps.press('Enter');
  await waitForPhase(page, 'ready');
  await page.getByRole('button', { name: 'Remove 5, dense 2' }).click();
  await expect(page.locator('#mistake-generator')).toContainText('generator: its output has shape [32]');
  await page.getByRole('button', { name: 'Take changes back' }).click();
  await expect(page.locator('#mistake-generator')).toBeHidden();
  await expect(page).toHaveURL(/#steps=500$/);
  await expect(page.getByRole('button', { name: 'Play' })).toHaveAttribute('aria-disabled', 'false');
});

test('after the first step, changes wait until they are begun with', async ({ page }) => {
  await openReady(page);
  await stepOnce(page, '.');
  await open(page, 'generator', 'data');
  await page.locator('[id="item-generator[0]"]').click();
  await page.locator('[id="field-generator[0].units"]').fill('16');
  await page.locator('[id="field-generator[0].units"]').press('Enter');
  await expect(page.locator('#edits-text')).toContainText('Training begins again');
  await expect(page.locator('#number-step')).toHaveText('1');
  await expect(page).not.toHaveURL(/units/);
  await page.getByRole('button', { name: 'Begin anew' }).click();
  await waitForPhase(page, 'ready');
  await expect(page).toHaveURL(/generator%5B0%5D\.units=16/);
  await expect(page.locator('#number-step')).toHaveText('0');
  await expect(page.locator('#edits')).toBeHidden();

  // Layers move with what is folded out of them, and the focus with them.
  await page.getByRole('button', { name: 'Move down 1, dense 16' }).click();
  await expect(page.locator(':focus')).toHaveAttribute('aria-label', 'Move down 2, dense 16');
  await expect(page.locator('[id="field-generator[1].units"]')).toHaveValue('16');
  // A choice begins with what it cannot do without; of the last one, what fits stays.
  await sectionOf(page, 'data').getByLabel('Noise', { exact: true }).selectOption('truncatedNormal');
  await expect(sectionOf(page, 'data').getByLabel('Bound', { exact: true })).toHaveValue('2');
  await expect(sectionOf(page, 'data').getByLabel('Size', { exact: true })).toHaveValue('2');
});

test('links within the page leave the experiment alone', async ({ page }) => {
  await openReady(page, '#preset=moons');
  for (const [name, id] of [
    ['Skip to the picture', 'stage'],
    ['Change the experiment', 'experiment-title'],
  ] as const) {
    await page.getByRole('link', { name }).focus();
    await page.keyboard.press('Enter');
    await expect(page.locator(`#${id}`)).toBeFocused();
  }
  await expect(page).toHaveURL(/#preset=moons$/);
  await expect(page.locator('body')).toHaveAttribute('data-phase', 'ready');
});

test('a configuration goes out as JSON, comes in again, and is a line for the shell', async ({
  page,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await openReady(page, '#preset=moons&seed=4');
  const saved = await config(page);
  expect(saved).toMatchObject({ data: { source: 'moons' }, seed: 4, regularizers: [] });
  const file = (content: unknown) => ({
    name: 'mine.json',
    mimeType: 'application/json',
    buffer: Buffer.from(typeof content === 'string' ? content : JSON.stringify(content)),
  });
  const picker = page.getByLabel('Configuration to train');
  await picker.setInputFiles(file({ ...saved, seed: 5, loss: 'wasserstein', weightClip: 0.01 }));
  await expect(page.locator('#editor-note')).toHaveText('mine.json is the experiment now.');
  await waitForPhase(page, 'ready');
  await expect(page).toHaveURL(/preset=moons/);
  expect(await config(page)).toEqual({ ...saved, seed: 5, loss: 'wasserstein', weightClip: 0.01 });

  await page.getByRole('button', { name: 'Copy as command' }).click();
  const line = await page.evaluate(() => navigator.clipboard.readText());
  expect(line).toBe('webgan train moons --set loss=wasserstein --set weightClip=0.01 --seed 5');

  await picker.setInputFiles(file({ ...saved, loss: 'hing' }));
  await expect(page.locator('#editor-note')).toContainText('mine.json: loss: "hing" given');
  await picker.setInputFiles(file('{'));
  await expect(page.locator('#editor-note')).toContainText('mine.json: ');
  expect(await config(page)).toMatchObject({ loss: 'wasserstein' });
});

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme });

    test('all sections fit every width and are accessible', async ({ page }) => {
      await openReady(page, '#average={"halfLife":1000}&regularizers=[{"type":"r1"}]');
      await open(page, 'data', 'generator', 'discriminator', 'objective', 'optimizers', 'run');
      for (const item of ['generator[0]', 'discriminator[1]', 'regularizers[0]'])
        await page.locator(`[id="item-${item}"]`).click();
      for (const all of await page.locator('#section-objective .comparison > summary').all())
        await all.click();
      for (const width of [360, 1280]) {
        await page.setViewportSize({ width, height: 800 });
        const overflow = () =>
          page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        await expect.poll(overflow, { message: `horizontal overflow at ${width}` }).toBe(0);
        expect(await seriousViolations(page, '.editor')).toEqual([]);
      }
    });
  });
}
