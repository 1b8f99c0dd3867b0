import { isAlias, isMap, isScalar, isSeq, type ParsedNode, Scalar, type YAMLMap, type YAMLSeq } from 'yaml';
import type { Fault, ParsedText } from './parse-yaml.ts';
import type { DocumentNode, Entry, ListNode, MapNode, ScalarNode } from './tree.ts';
import { shown } from './wording.ts';

/** How many nodes the aliases of a document may add to those that are written out. */
const MAX_ADDED_NODES = 100_000;

interface Built {
  readonly node: DocumentNode;
  /** With everything below it, aliases counted each time. */
  readonly nodes: number;
}

/**
 * Makes plain nodes of a YAML document. Aliases are shared, not copied, and what they would come to is counted, so
 * that a small text cannot become a large document. Faults go to `faults`.
 */
export function buildTree(
  text: string,
  contents: ParsedNode | null,
  { place }: Pick<ParsedText, 'place'>,
  faults: Fault[],
): DocumentNode | undefined {
  return new TreeBuilder(text, place, faults).build(contents);
}

class TreeBuilder {
  readonly #anchors = new Map<string, Built | 'open'>();
  #written = 0;
  #isTooLarge = false;

  constructor(
    readonly text: string,
    readonly place: ParsedText['place'],
    readonly faults: Fault[],
  ) {}

  build(contents: ParsedNode | null): DocumentNode | undefined {
    if (!contents) return undefined;
    const { node } = this.#node(contents, contents.range[0]);
    return this.#isTooLarge ? undefined : node;
  }

  #fault(code: Fault['code'], offset: number, values: Fault['values'] = {}): void {
    this.faults.push({ code, at: this.place(offset), values });
  }

  #node(source: ParsedNode | null, offset: number): Built {
    this.#written += 1;
    if (!source) return { node: this.#absent(offset), nodes: 1 };
    const start = source.range[0];
    if (isAlias(source)) return this.#alias(source.source, start);
    const { anchor } = source;
    if (anchor !== undefined) this.#anchors.set(anchor, 'open');
    const built = isMap(source)
      ? this.#map(source as YAMLMap.Parsed, start)
      : isSeq(source)
        ? this.#list(source as YAMLSeq.Parsed, start)
        : { node: this.#scalar(source as Scalar.Parsed, start), nodes: 1 };
    if (anchor !== undefined) this.#anchors.set(anchor, built);
    return built;
  }

  #alias(name: string, offset: number): Built {
    const target = this.#anchors.get(name);
    if (target === undefined || target === 'open') {
      this.#fault(target ? 'YAML_ALIAS_CYCLE' : 'YAML_ALIAS_UNKNOWN', offset, { name });
      return { node: this.#absent(offset), nodes: 1 };
    }
    return target;
  }

  /** Sums stop growing where they are too large already. */
  #count(parts: readonly Built[], offset: number): number {
    const nodes = parts.reduce((sum, part) => sum + part.nodes, 1);
    if (nodes <= this.#written + MAX_ADDED_NODES) return nodes;
    if (!this.#isTooLarge) this.#fault('YAML_EXPANSION', offset);
    this.#isTooLarge = true;
    return 1;
  }

  #list(source: YAMLSeq.Parsed, offset: number): Built {
    const parts = source.items.map((item) => this.#node(item as ParsedNode | null, offset));
    const node: ListNode = { kind: 'list', items: parts.map((part) => part.node), at: this.place(offset) };
    return { node, nodes: this.#count(parts, offset) };
  }

  #map(source: YAMLMap.Parsed, offset: number): Built {
    const entries = new Map<string, Entry>();
    const parts: Built[] = [];
    for (const { key, value } of source.items) {
      const keyOffset = key?.range?.[0] ?? offset;
      const built = this.#node(value as ParsedNode | null, keyOffset);
      parts.push(built);
      const name = keyName(key);
      if (name === undefined) {
        this.#fault('YAML_KEY', keyOffset);
        continue;
      }
      const first = entries.get(name);
      if (first)
        this.#fault('YAML_DUPLICATE_KEY', keyOffset, { key: shown(name), first_line: first.keyAt.line });
      else entries.set(name, { keyAt: this.place(keyOffset), node: built.node });
    }
    const node: MapNode = { kind: 'map', entries, at: this.place(offset) };
    return { node, nodes: this.#count(parts, offset) };
  }

  #scalar(source: Scalar.Parsed, offset: number): ScalarNode {
    const { value } = source;
    const isKnown = value === null || ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
    const plain = (isKnown ? value : source.source) as ScalarNode['value'];
    const written = typeof value === 'string' ? value : source.source;
    return {
      kind: 'scalar',
      value: plain,
      source: written,
      at: this.place(offset),
      textAt: this.place(textOffset(this.text, source, offset)),
    };
  }

  #absent(offset: number): ScalarNode {
    const at = this.place(offset);
    return { kind: 'scalar', value: null, source: '', at, textAt: at };
  }
}

/** Keys are texts; numbers and the like are taken as they are written. */
function keyName(key: unknown): string | undefined {
  if (!isScalar(key) || key.value === null) return undefined;
  return typeof key.value === 'string' ? key.value : String(key.source ?? key.value);
}

function textOffset(text: string, { type }: Scalar.Parsed, offset: number): number {
  if (type === Scalar.QUOTE_DOUBLE || type === Scalar.QUOTE_SINGLE) return offset + 1;
  if (type !== Scalar.BLOCK_FOLDED && type !== Scalar.BLOCK_LITERAL) return offset;
  const below = text.indexOf('\n', offset) + 1;
  return below === 0 ? offset : below + (/^[ \n]*/.exec(text.slice(below, below + 1000))?.[0].length ?? 0);
}
