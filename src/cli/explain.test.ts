// What the command says of fields and choices.

import { expect, test } from 'vitest';
import { explainField } from './explain';

test('the whole configuration: a line a field', () => {
  const lines = explainField('');
  expect(lines).toContainEqual(
    expect.stringMatching(/^loss +What D and G minimise .* Default: "nonSaturating"\.$/),
  );
  expect(lines).toContainEqual(
    expect.stringMatching(/^weightClip +Every parameter of D .* Default: none\.$/),
  );
});

test('a choice: every one with its sentence, formula and theory', () => {
  const lines = explainField('loss');
  const at = lines.indexOf('hinge');
  expect(lines[at + 2]).toBe('  D: max(0, 1 − r) + max(0, 1 + f)      G: −f');
  expect(lines[at + 3]).toMatch(/^ {2}Theory: With G held/);
});

test.each(['optimizer.generator.adam.beta1', 'optimizer.discriminator.adamw.beta1'])(
  '%s: what it is',
  (path) => {
    expect(explainField(path)).toEqual(['β₁: how much of the gradients’ average stays. Default: 0.9.']);
  },
);

test.each(['generator.conv2d', 'generator[3].conv2d'])('%s: one layer and its options', (path) => {
  const lines = explainField(path);
  expect(lines[1]).toMatch(/^y = W ∗ x \+ b/);
  expect(lines).toContainEqual(expect.stringMatching(/^kernel +Pixels along each side of the window\.$/));
});

test.each([
  ['los', 'there is no "los" here; did you mean loss? there are data, noise,'],
  ['loss.hing', 'loss: there is no "hing" here; did you mean hinge? there are hinge,'],
  ['generator.dense.kernel', 'generator.dense: there is no "kernel" here; there are units, bias,'],
  ['steps.x', 'steps: there is no "x" here; there is nothing below it.'],
])('%s is answered with what there is', (path, answer) => {
  expect(() => explainField(path)).toThrow(answer);
});
