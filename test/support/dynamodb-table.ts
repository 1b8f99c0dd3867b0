import { isDeepStrictEqual } from 'node:util';
import { type Item, invalid, type Value } from './dynamodb-expression.ts';

/** The type of a key attribute is `S` unless it is said. */
export interface KeySchema {
  readonly hash: string;
  readonly range?: string;
  readonly types?: Readonly<Record<string, 'S' | 'N'>>;
}

export interface IndexSchema extends KeySchema {
  /** A local index: consistent reads are possible. */
  readonly isLocal?: boolean;
}

/** A table with its indexes; all of them project everything. */
export interface TableSchema extends KeySchema {
  readonly indexes?: Readonly<Record<string, IndexSchema>>;
}

/** A key in the order hash, range. */
export type KeyText = string | readonly [string, string | number];

const BAD_KEY = 'The provided key element does not match the schema';

/** One table of the fake: its items by their keys. */
export class FakeTable {
  readonly items = new Map<string, Item>();
  /** What the global indexes show, while they lag behind. */
  private seenByIndexes: ReadonlyMap<string, Item> | undefined;

  constructor(readonly schema: TableSchema) {}

  get keyNames(): readonly string[] {
    return namesOf(this.schema);
  }

  /** Global indexes show from now on what is there now, until they catch up. */
  lag(): void {
    this.seenByIndexes = new Map(this.items);
  }

  catchUp(): void {
    this.seenByIndexes = undefined;
  }

  /** The items of an index or, without one, of the table. */
  rows(index: IndexSchema | undefined): readonly Item[] {
    const source = index && !index.isLocal ? (this.seenByIndexes ?? this.items) : this.items;
    const names = namesOf(index ?? this.schema);
    return [...source.values()].filter((item) => names.every((name) => item[name] !== undefined));
  }

  /** The map's key of a whole item; refuses keys of a wrong type, of indexes too. */
  keyOf(item: Item): string {
    for (const index of Object.values(this.schema.indexes ?? {}))
      for (const name of namesOf(index)) if (item[name] !== undefined) keyPart(item, index, name);
    return this.keyNames.map((name) => keyPart(item, this.schema, name)).join('\u0000');
  }

  /** The map's key of a `Key`, which must have the key attributes alone. */
  exactKey(given: Item): string {
    if (!isDeepStrictEqual(Object.keys(given).sort(), [...this.keyNames].sort())) throw invalid(BAD_KEY);
    return this.keyOf(given);
  }

  textKey(key: KeyText): string {
    return typeof key === 'string' ? key : key.join('\u0000');
  }
}

export const namesOf = ({ hash, range }: KeySchema): readonly string[] =>
  range === undefined ? [hash] : [hash, range];

function keyPart(item: Item, schema: KeySchema, name: string): string {
  const value: Value | undefined = item[name];
  const text = value?.[schema.types?.[name] ?? 'S'];
  if (typeof text !== 'string') throw invalid(BAD_KEY);
  if (text === '') throw invalid('The AttributeValue for a key attribute cannot contain an empty string');
  return text;
}

/** Names and values as DynamoDB counts them, near enough for the limits. */
export const itemBytes = (item: Item): number =>
  Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);

function valueBytes(value: Value): number {
  const [type, content] = Object.entries(value)[0] ?? ['NULL', true];
  if (type === 'M') return 3 + itemBytes(content);
  if (type === 'L') return 3 + content.reduce((sum: number, part: Value) => sum + 1 + valueBytes(part), 0);
  if (type === 'SS' || type === 'NS')
    return content.reduce((sum: number, part: string) => sum + Buffer.byteLength(part), 0);
  if (type === 'S') return Buffer.byteLength(content);
  if (type === 'B') return content.length;
  if (type === 'N') return Math.ceil(content.length / 2) + 1;
  return 1;
}
