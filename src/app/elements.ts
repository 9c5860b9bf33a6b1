// Typed access to the elements that index.html holds.

/** The element with this id; it is a mistake in the page if there is none of that kind. */
export function element<E extends Element = HTMLElement>(id: string, kind?: new () => E): E {
  const found = document.getElementById(id);
  if (!found || (kind && !(found instanceof kind)))
    throw new Error(`index.html has no ${kind?.name ?? 'element'} "${id}".`);
  return found as unknown as E;
}
