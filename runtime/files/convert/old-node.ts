import type { DocumentNode, Entry, Path, Reading } from '../spec/tree.ts';

/** Reads a map of the older dialect key by key and tells of those that nothing was made of. */
export class OldMap {
  readonly #entries: ReadonlyMap<string, Entry>;
  readonly #used = new Set<string>();

  constructor(
    node: DocumentNode | undefined,
    readonly path: Path,
  ) {
    this.#entries = node?.kind === 'map' ? node.entries : new Map();
  }

  /** The first of some spellings that is there; all of them count as used. */
  node(...names: readonly string[]): { readonly node: DocumentNode; readonly path: Path } | undefined {
    for (const name of names) this.#used.add(name);
    const name = names.find((each) => this.#entries.has(each));
    const node = name === undefined ? undefined : this.#entries.get(name)?.node;
    return node && { node, path: [...this.path, name ?? ''] };
  }

  /** Scalars and lists as plain values; undefined where absent or empty. */
  value(...names: readonly string[]): unknown {
    const found = this.node(...names);
    return found && plain(found.node);
  }

  text(...names: readonly string[]): string | undefined {
    const found = this.node(...names)?.node;
    return found?.kind === 'scalar' && found.source !== '' ? found.source : undefined;
  }

  map(...names: readonly string[]): OldMap {
    const found = this.node(...names);
    return new OldMap(found?.node, found?.path ?? this.path);
  }

  list(...names: readonly string[]): readonly OldMap[] {
    const found = this.node(...names);
    if (found?.node.kind !== 'list') return [];
    return found.node.items.map((item, index) => new OldMap(item, [...found.path, index]));
  }

  reportUnused(reading: Reading): void {
    for (const key of this.#entries.keys())
      if (!this.#used.has(key))
        reading.report('CONVERT_KEY_DROPPED', [...this.path, key], { key }, 'warning');
  }
}

function plain(node: DocumentNode): unknown {
  if (node.kind === 'scalar') return node.value ?? undefined;
  if (node.kind === 'list') return node.items.map(plain);
  return undefined;
}

/** Without the keys that have no value. */
export const defined = (value: Readonly<Record<string, unknown>>): object =>
  Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined));
