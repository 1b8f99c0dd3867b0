import { isDeepStrictEqual } from 'node:util';
import { condition } from './dynamodb-condition.ts';
import { checkValue, type Item, invalid, Placeholders, type Value } from './dynamodb-expression.ts';
import { update } from './dynamodb-update.ts';
import { awsError, dispatch, type Fields, Tap } from './tap.ts';

const MAX_ITEM_BYTES = 400 * 1024;
const MAX_TRANSACTION_BYTES = 4 * 1024 * 1024;
const MAX_TRANSACTION_ACTIONS = 100;

interface Write {
  readonly table: Map<string, Item>;
  readonly key: string;
  readonly before: Item | undefined;
  /** Undefined = deleted. */
  readonly after: Item | undefined;
  readonly paths: readonly (readonly (string | number)[])[];
}

/** Tables with one string hash key each; rejects what AWS rejects, even where emulators do not. */
export class FakeDynamoDb {
  private readonly tables = new Map<string, { readonly key: string; readonly items: Map<string, Item> }>();

  /** `tables`: name → hash key. */
  constructor(
    tables: Readonly<Record<string, string>> = { locks: 'user_id' },
    readonly tap: Tap = new Tap(),
  ) {
    for (const [name, key] of Object.entries(tables)) this.tables.set(name, { key, items: new Map() });
  }

  send(command: { readonly input: object }) {
    return this.as(this.tap).send(command);
  }

  /** A client of the same tables that records elsewhere. */
  as(tap: Tap) {
    const operations = {
      GetItem: (input: Fields) => this.getItem(input),
      BatchGetItem: (input: Fields) => this.batchGetItem(input),
      PutItem: (input: Fields) => this.write('Put', input),
      UpdateItem: (input: Fields) => this.write('Update', input),
      DeleteItem: (input: Fields) => this.write('Delete', input),
      Scan: (input: Fields) => this.scan(input),
      TransactWriteItems: (input: Fields) => this.transactWrite(input),
    };
    return { send: (command: { readonly input: object }) => dispatch(tap, 'dynamodb', operations, command) };
  }

  /** An item of a table (by default the first), for assertions. */
  item(key: string, table = [...this.tables.keys()][0] ?? ''): Item | undefined {
    return this.table(table).items.get(key);
  }

  /** All items of a table (by default the first) by key. */
  items(table = [...this.tables.keys()][0] ?? ''): ReadonlyMap<string, Item> {
    return this.table(table).items;
  }

  /** Puts an item there, whatever stands in its place. */
  seed(item: Item, table = [...this.tables.keys()][0] ?? ''): void {
    const { key, items } = this.table(table);
    items.set(keyText(item, key), item);
  }

  private table(name: string) {
    const table = this.tables.get(name);
    if (!table) throw awsError('ResourceNotFoundException', 400, 'Requested resource not found');
    return table;
  }

  private getItem({ TableName, Key }: Fields) {
    const { key, items } = this.table(TableName);
    const item = items.get(exactKey(Key, key));
    return item ? { Item: structuredClone(item) } : {};
  }

  private batchGetItem({ RequestItems }: Fields) {
    const requests = Object.entries(RequestItems as Record<string, Fields>);
    const count = requests.reduce((sum, [, request]) => sum + request.Keys.length, 0);
    if (count === 0 || count > 100) throw invalid('A batch has 1 to 100 keys');
    const Responses: Record<string, Item[]> = {};
    for (const [name, request] of requests) {
      const { key, items } = this.table(name);
      const keys: string[] = request.Keys.map((wanted: Item) => exactKey(wanted, key));
      if (new Set(keys).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
      Responses[name] = keys.flatMap((wanted) => structuredClone(items.get(wanted)) ?? []);
    }
    return { Responses, UnprocessedKeys: {} };
  }

  /** In the order of the keys, `Limit` items at a time; the filter comes after the limit, as in AWS. */
  private scan(input: Fields) {
    const { TableName, Limit = 1000, ExclusiveStartKey, FilterExpression } = input;
    const { key, items } = this.table(TableName);
    const after = ExclusiveStartKey ? exactKey(ExclusiveStartKey, key) : '';
    const placeholders = new Placeholders(input);
    const holds = condition({ ConditionExpression: FilterExpression }, placeholders);
    placeholders.checkAllUsed();
    const rest = [...items].filter(([name]) => name > after).sort(([a], [b]) => (a < b ? -1 : 1));
    const page = rest.slice(0, Limit);
    const last = page.at(-1)?.[0];
    return {
      Items: page.flatMap(([, item]) => (holds(item) ? [structuredClone(item)] : [])),
      ScannedCount: page.length,
      ...(rest.length > page.length && { LastEvaluatedKey: { [key]: { S: last } } }),
    };
  }

  private write(kind: 'Put' | 'Update' | 'Delete', input: Fields) {
    const write = this.prepare(kind, input);
    commit(write);
    return returned(input.ReturnValues, write);
  }

  /** Checks a write and computes its result without doing it. */
  private prepare(kind: string, input: Fields): Write {
    const { key, items } = this.table(input.TableName);
    const keyValue = kind === 'Put' ? keyText(input.Item ?? {}, key) : exactKey(input.Key ?? {}, key);
    const placeholders = new Placeholders(input);
    const holds = condition(input, placeholders);
    const change = update(kind === 'Update' ? input : {}, placeholders);
    placeholders.checkAllUsed();
    if (change.paths.some((path) => path[0] === key))
      throw invalid(`Cannot update attribute ${key}. This attribute is part of the key`);
    const before = items.get(keyValue);
    if (!holds(before ?? {}))
      throw awsError('ConditionalCheckFailedException', 400, 'The conditional request failed', {
        ...(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' &&
          before && { Item: structuredClone(before) }),
      });
    const after = result(kind, input, before, () => change.apply(before ?? { ...input.Key }));
    if (after && itemBytes(after) > MAX_ITEM_BYTES)
      throw invalid('Item size has exceeded the maximum allowed size');
    return { table: items, key: keyValue, before, after, paths: change.paths };
  }

  private transactWrite({ TransactItems }: Fields) {
    const actions = ((TransactItems ?? []) as Fields[]).map((action) => Object.entries(action)[0]) as [
      string,
      Fields,
    ][];
    if (actions.length === 0 || actions.length > MAX_TRANSACTION_ACTIONS)
      throw invalid(`A transaction has 1 to ${MAX_TRANSACTION_ACTIONS} actions`);
    const targets = actions.map(([kind, input]) => {
      const { key } = this.table(input.TableName);
      return `${input.TableName} ${kind === 'Put' ? keyText(input.Item, key) : exactKey(input.Key, key)}`;
    });
    if (new Set(targets).size < targets.length)
      throw invalid('Transaction request cannot include multiple operations on one item');
    const prepared = actions.map(([kind, input]) => this.tryPrepare(kind, input));
    if (prepared.some((outcome) => 'reason' in outcome)) throw cancelled(prepared);
    const writes = prepared.flatMap((outcome) => ('write' in outcome ? [outcome.write] : []));
    const bytes = writes.reduce((sum, write) => sum + (write.after ? itemBytes(write.after) : 0), 0);
    if (bytes > MAX_TRANSACTION_BYTES) throw invalid('The transaction is larger than 4 MB');
    for (const write of writes) commit(write);
    return {};
  }

  private tryPrepare(kind: string, input: Fields): { write: Write } | { reason: Fields } {
    try {
      return { write: this.prepare(kind, input) };
    } catch (error) {
      const { name, message, Item } = error as Error & { Item?: Item };
      if (name !== 'ConditionalCheckFailedException') throw error;
      return { reason: { Code: 'ConditionalCheckFailed', Message: message, ...(Item && { Item }) } };
    }
  }
}

const cancelled = (outcomes: readonly ({ write: Write } | { reason: Fields })[]) => {
  const CancellationReasons = outcomes.map((outcome) =>
    'reason' in outcome ? outcome.reason : { Code: 'None' },
  );
  const codes = CancellationReasons.map((reason) => reason.Code).join(', ');
  return awsError('TransactionCanceledException', 400, `Transaction cancelled [${codes}]`, {
    CancellationReasons,
  });
};

function result(
  kind: string,
  input: Fields,
  before: Item | undefined,
  updated: () => Item,
): Item | undefined {
  if (kind === 'Delete') return undefined;
  if (kind === 'ConditionCheck') return before;
  if (kind === 'Update') return updated();
  for (const value of Object.values(input.Item as Item)) checkValue(value);
  return structuredClone(input.Item);
}

function commit({ table, key, after }: Write): void {
  if (after) table.set(key, after);
  else table.delete(key);
}

function returned(wanted: string | undefined, { before, after, paths }: Write) {
  const touched = (item: Item | undefined) =>
    Object.fromEntries(Object.entries(item ?? {}).filter(([name]) => paths.some((path) => path[0] === name)));
  if (wanted === 'ALL_OLD') return before ? { Attributes: structuredClone(before) } : {};
  if (wanted === 'ALL_NEW') return { Attributes: structuredClone(after) };
  if (wanted === 'UPDATED_OLD') return { Attributes: structuredClone(touched(before)) };
  if (wanted === 'UPDATED_NEW') return { Attributes: structuredClone(touched(after)) };
  if (wanted !== undefined && wanted !== 'NONE') throw invalid(`Bad ReturnValues ${wanted}`);
  return {};
}

const BAD_KEY = 'The provided key element does not match the schema';

function keyText(item: Item, key: string): string {
  const text = item[key]?.S;
  if (typeof text !== 'string') throw invalid(BAD_KEY);
  if (text === '') throw invalid('The AttributeValue for a key attribute cannot contain an empty string');
  return text;
}

function exactKey(given: Item, key: string): string {
  if (!isDeepStrictEqual(Object.keys(given), [key])) throw invalid(BAD_KEY);
  return keyText(given, key);
}

/** Names and values as DynamoDB counts them, near enough for the limits. */
const itemBytes = (item: Item): number =>
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
