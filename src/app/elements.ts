// Typed access to the elements that index.html holds, and making others.

/** The element with this id; it is a mistake in the page if there is none of that kind. */
export function element<E extends Element = HTMLElement>(id: string, kind?: new () => E): E {
  const found = document.getElementById(id);
  if (!found || (kind && !(found instanceof kind)))
    throw new Error(`index.html has no ${kind?.name ?? 'element'} "${id}".`);
  return found as unknown as E;
}

/** A new element; an attribute that is `true` is there without a value, one that is `false` is not. */
export function make<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string | boolean>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes))
    if (value !== false) made.setAttribute(name, value === true ? '' : value);
  made.append(...children);
  return made;
}
