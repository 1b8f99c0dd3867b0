import type { MessageValues, Position, Problem } from './types.ts';

/** A document as plain nodes that know where they stand. Aliases share the node of their anchor. */

export interface ScalarNode {
  readonly kind: 'scalar';
  readonly value: string | number | bigint | boolean | null;
  /** As it is written, so that `001` and `1.10` keep their form; of a quoted text what is within the quotes. */
  readonly source: string;
  readonly at: Position;
  /** Where the first character of the text stands: behind a quote, in the line below a `|`. */
  readonly textAt: Position;
}

export interface ListNode {
  readonly kind: 'list';
  readonly items: readonly DocumentNode[];
  readonly at: Position;
}

export interface MapNode {
  readonly kind: 'map';
  /** A Map, so that a key such as `__proto__` is one like any other. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly at: Position;
}

export interface Entry {
  readonly keyAt: Position;
  readonly node: DocumentNode;
}

export type DocumentNode = ScalarNode | ListNode | MapNode;

/** Keys and, in lists, indexes from 0. */
export type Path = readonly (string | number)[];

/** Collects problems while a document is read. */
export interface Reading {
  report(code: Problem['code'], path: Path, values?: MessageValues, severity?: Problem['severity']): void;
}

/** `['fields', 0, 'type']` as `fields[0].type`. */
export const pathText = (path: Path): string =>
  path
    .map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`))
    .join('');

/** Where the deepest node of a path that exists stands; of a list, a map or an empty value its key. */
export function placeOf(root: DocumentNode, path: Path): Position {
  let node = root;
  let at = root.at;
  for (const step of path) {
    if (node.kind === 'list' && typeof step === 'number') {
      const item = node.items[step];
      if (!item) return at;
      [node, at] = [item, item.at];
    } else if (node.kind === 'map') {
      const entry = node.entries.get(String(step));
      if (!entry) return at;
      node = entry.node;
      at = node.kind === 'scalar' && node.value !== null ? node.at : entry.keyAt;
    } else return at;
  }
  return at;
}

/** Where a key itself stands. */
export function keyPlaceOf(root: DocumentNode, path: Path): Position {
  let node: DocumentNode | undefined = root;
  let at = root.at;
  for (const step of path) {
    const entry: Entry | undefined = node?.kind === 'map' ? node.entries.get(String(step)) : undefined;
    const item: DocumentNode | undefined =
      node?.kind === 'list' && typeof step === 'number' ? node.items[step] : undefined;
    at = entry?.keyAt ?? item?.at ?? at;
    node = entry?.node ?? item;
  }
  return at;
}
