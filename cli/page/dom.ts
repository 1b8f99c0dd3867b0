/** The element with this id; the page's HTML has it. */
export function byId<T extends HTMLElement>(id: string, type: new () => T): T {
  const element = document.getElementById(id);
  if (!(element instanceof type)) throw new Error(`The page has no ${type.name} #${id}.`);
  return element;
}

/** A new element with properties and children; texts stay texts. */
export function make<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Readonly<Record<string, string>> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Sets a text only when it is another, so that nothing is announced or selected anew. */
export function setText(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/**
 * Makes a list show these items. An item keeps its element, and with it focus and selection, as long as its
 * key stays.
 */
export function syncList<T>(
  list: HTMLElement,
  items: readonly T[],
  options: {
    key(item: T): string;
    create(item: T): HTMLElement;
    update?(element: HTMLElement, item: T): void;
  },
): void {
  const old = new Map(
    [...list.children].map((child) => [(child as HTMLElement).dataset.key, child as HTMLElement]),
  );
  items.forEach((item, index) => {
    const key = options.key(item);
    const element = old.get(key) ?? options.create(item);
    old.delete(key);
    element.dataset.key = key;
    options.update?.(element, item);
    if (list.children[index] !== element) list.insertBefore(element, list.children[index] ?? null);
  });
  for (const element of old.values()) element.remove();
}
