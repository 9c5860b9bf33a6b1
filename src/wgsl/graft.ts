// Gives a kernel another file's functions: how one matrix product ends in any activation without a copy for each.

import type { BindingShapes, Kernel } from './kernel';
import { makeVariant } from './specialize';
import { closingBracket, skipTrivia, type Token, textOf, tokenize } from './tokens';

const made = new WeakMap<Kernel, WeakMap<Kernel, Map<string, Kernel>>>();

/**
 * `host` with its functions `names` replaced by those of `donor`, and with whatever else of the donor's module they
 * use and the host does not have. The same two kernels give the same object, so pipelines can be shared by identity.
 * Throws an Error where one of them lacks a function.
 */
export function graft<Shapes extends BindingShapes, Constants extends string>(
  host: Kernel<Shapes, Constants>,
  donor: Kernel<never, string>,
  names: readonly string[],
): Kernel<Shapes, Constants> {
  const [hostKernel, donorKernel] = [host as unknown as Kernel, donor as unknown as Kernel];
  const ofHost = made.get(hostKernel) ?? new WeakMap<Kernel, Map<string, Kernel>>();
  const ofBoth = ofHost.get(donorKernel) ?? new Map<string, Kernel>();
  made.set(hostKernel, ofHost.set(donorKernel, ofBoth));
  const key = names.join(' ');
  let grafted = ofBoth.get(key);
  if (!grafted) {
    grafted = makeVariant(
      {
        ...hostKernel,
        label: `${host.label}+${donor.file.replace(/\.wgsl$/, '')}`,
        source: graftText(hostKernel, donorKernel, names),
        graft: { host: hostKernel, donor: donorKernel, names },
      },
      {},
    );
    ofBoth.set(key, grafted);
  }
  return grafted as unknown as Kernel<Shapes, Constants>;
}

interface Item {
  readonly name: string;
  /** Range [start, end) of its tokens. */
  readonly start: number;
  readonly end: number;
}

function graftText(host: Kernel, donor: Kernel, names: readonly string[]): string {
  const hostTokens = tokenize(host.source);
  const donorTokens = tokenize(donor.source);
  const hostItems = moduleItems(hostTokens);
  const donorItems = moduleItems(donorTokens);
  for (const name of names) {
    if (!hostItems.has(name)) throw new Error(`${host.label} has no function ${name} to replace`);
    if (!donorItems.has(name)) throw new Error(`${donor.label} has no function ${name} to give`);
  }
  const wanted = new Set<string>();
  const want = (name: string) => {
    const item = donorItems.get(name);
    if (!item || wanted.has(name) || (hostItems.has(name) && !names.includes(name))) return;
    wanted.add(name);
    for (const token of donorTokens.slice(item.start, item.end)) if (token.kind === 'name') want(token.text);
  };
  for (const name of names) want(name);
  const removed = names.map((name) => hostItems.get(name)!);
  const kept = hostTokens.filter((_, i) => !removed.some(({ start, end }) => i >= start && i < end));
  const given = [...donorItems.values()].filter(({ name }) => wanted.has(name));
  return [textOf(kept), ...given.map(({ start, end }) => textOf(donorTokens.slice(start, end)))].join('\n');
}

/** Functions, constants and structs at module scope, by name. */
function moduleItems(tokens: readonly Token[]): Map<string, Item> {
  const items = new Map<string, Item>();
  for (let index = 0; index < tokens.length; index++) {
    const { kind, text } = tokens[index]!;
    if (text === '(' || text === '{') index = closingBracket(tokens, index);
    if (kind !== 'name' || (text !== 'fn' && text !== 'const' && text !== 'struct')) continue;
    const at = skipTrivia(tokens, index + 1);
    let end = at;
    while (tokens[end]!.text !== '{' && tokens[end]!.text !== ';') end++;
    if (tokens[end]!.text === '{') end = closingBracket(tokens, end);
    items.set(tokens[at]!.text, { name: tokens[at]!.text, start: index, end: end + 1 });
    index = end;
  }
  return items;
}
