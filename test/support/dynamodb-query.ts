import { copyOf } from './copy.ts';
import { condition } from './dynamodb-condition.ts';
import {
  type Item,
  invalid,
  type Path,
  Placeholders,
  read,
  Tokens,
  type Value,
} from './dynamodb-expression.ts';
import { type FakeTable, type IndexSchema, itemBytes, type KeySchema, namesOf } from './dynamodb-table.ts';
import type { Fields } from './tap.ts';

const PAGE_BYTES = 1024 * 1024;

/** `Query`: items of one hash key in the order of the range key, a page of 1 MB or `Limit` at a time. */
export function query(table: FakeTable, input: Fields): Fields {
  const index = indexOf(table, input);
  const schema: KeySchema = index ?? table.schema;
  const placeholders = new Placeholders(input);
  checkKeyCondition(input.KeyConditionExpression, schema, placeholders);
  const isWanted = condition({ ConditionExpression: input.KeyConditionExpression }, placeholders);
  const passes = condition({ ConditionExpression: input.FilterExpression }, placeholders);
  const project = projection(input.ProjectionExpression, placeholders);
  placeholders.checkAllUsed();
  const direction = input.ScanIndexForward === false ? -1 : 1;
  const order: Order = (a, b) => byKey(a, b, schema, table) * direction;
  const rows = table.rows(index).filter(isWanted).sort(order);
  const rest = rows.slice(startOf(rows, order, input.ExclusiveStartKey));
  const page = pageOf(rest, input.Limit);
  const items = page.filter(passes).map((item) => project(copyOf(item)));
  const last = page.at(-1);
  return {
    Items: items,
    Count: items.length,
    ScannedCount: page.length,
    ...(last &&
      (rest.length > page.length || page.length === input.Limit) && {
        LastEvaluatedKey: keyOf(last, [...table.keyNames, ...(index ? namesOf(index) : [])]),
      }),
  };
}

function indexOf(table: FakeTable, { IndexName, ConsistentRead }: Fields): IndexSchema | undefined {
  if (IndexName === undefined) return undefined;
  const index = table.schema.indexes?.[IndexName];
  if (!index) throw invalid(`The table does not have the specified index: ${IndexName}`);
  if (ConsistentRead && !index.isLocal)
    throw invalid('Consistent reads are not supported on global secondary indexes');
  return index;
}

const WORDS = new Set(['AND', 'BETWEEN', 'begins_with']);

/** The hash key by equality, and at most the range key beside it. */
function checkKeyCondition(expression: unknown, schema: KeySchema, placeholders: Placeholders): void {
  if (typeof expression !== 'string')
    throw invalid('Either the KeyConditions or KeyConditionExpression must be given');
  const names = [...expression.matchAll(/(?<![:\w#])[#A-Za-z_]\w*/g)]
    .map(([name]) => name)
    .filter((name) => !WORDS.has(name))
    .map((name) => (name.startsWith('#') ? placeholders.name(name) : name));
  const allowed = namesOf(schema);
  if (names.some((name) => !allowed.includes(name)) || /\b(OR|NOT|IN)\b|<>/.test(expression))
    throw invalid('Query key condition not supported');
  if (!names.includes(schema.hash))
    throw invalid(`Query condition missed key schema element: ${schema.hash}`);
}

type Order = (a: Item, b: Item) => number;

/** Where the page after this key begins; the key of a deleted item still marks its place. */
function startOf(rows: readonly Item[], order: Order, startKey: Item | undefined): number {
  if (!startKey) return 0;
  const at = rows.findIndex((item) => order(item, startKey) > 0);
  return at < 0 ? rows.length : at;
}

function pageOf(rows: readonly Item[], limit = Number.POSITIVE_INFINITY): readonly Item[] {
  let bytes = 0;
  const end = rows.findIndex((item, index) => {
    bytes += itemBytes(item);
    return index >= limit || (index > 0 && bytes > PAGE_BYTES);
  });
  return end < 0 ? rows : rows.slice(0, end);
}

function byKey(a: Item, b: Item, schema: KeySchema, table: FakeTable): number {
  const order = schema.range === undefined ? 0 : compare(a[schema.range], b[schema.range]);
  const [left, right] = [table.keyOf(a), table.keyOf(b)];
  return order || (left < right ? -1 : left > right ? 1 : 0);
}

function compare(a: Value | undefined, b: Value | undefined): number {
  if (a?.N !== undefined && b?.N !== undefined) return Number(a.N) - Number(b.N);
  const [left, right] = [String(a?.S), String(b?.S)];
  return left < right ? -1 : left > right ? 1 : 0;
}

const keyOf = (item: Item, names: readonly string[]): Item =>
  Object.fromEntries(names.map((name) => [name, item[name] as Value]));

/** Keeps the given paths of an item; top-level attributes and what is inside maps. */
function projection(expression: unknown, placeholders: Placeholders): (item: Item) => Item {
  if (typeof expression !== 'string') return (item) => item;
  const tokens = new Tokens(expression, placeholders);
  const paths: Path[] = [];
  do paths.push(tokens.path());
  while (tokens.take(','));
  return (item) => {
    const kept: Item = {};
    for (const path of paths) {
      const value = read(item, path);
      if (value !== undefined) keep(kept, path, value);
    }
    return kept;
  };
}

function keep(kept: Item, path: Path, value: Value): void {
  let holder: Fields = kept;
  for (const step of path.slice(0, -1)) {
    holder[step] ??= { M: {} };
    holder = holder[step].M;
  }
  holder[path.at(-1) as string] = value;
}
