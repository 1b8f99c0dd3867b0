import { copyOf } from './copy.ts';
import { condition } from './dynamodb-condition.ts';
import { checkValue, type Item, invalid, Placeholders } from './dynamodb-expression.ts';
import { query } from './dynamodb-query.ts';
import { FakeTable, itemBytes, type KeyText, type TableSchema } from './dynamodb-table.ts';
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

/** Tables with their indexes; rejects what AWS rejects, even where emulators do not. */
export class FakeDynamoDb {
  private readonly tables = new Map<string, FakeTable>();
  /** Tokens of transactions that were done: the same request again is not. */
  private readonly doneTransactions = new Set<string>();
  /** How many requests of a `BatchWriteItem` are left unprocessed; asked at each. */
  unprocessed: ((requests: number) => number) | undefined;

  /** `tables`: name → hash key, or the schema. */
  constructor(
    tables: Readonly<Record<string, string | TableSchema>> = { locks: 'user_id' },
    readonly tap: Tap = new Tap(),
  ) {
    for (const [name, schema] of Object.entries(tables))
      this.tables.set(name, new FakeTable(typeof schema === 'string' ? { hash: schema } : schema));
  }

  send(command: { readonly input: object }) {
    return this.as(this.tap).send(command);
  }

  /** A client of the same tables that records elsewhere. */
  as(tap: Tap) {
    const operations = {
      GetItem: (input: Fields) => this.getItem(input),
      BatchGetItem: (input: Fields) => this.batchGetItem(input),
      BatchWriteItem: (input: Fields) => this.batchWriteItem(input),
      PutItem: (input: Fields) => this.write('Put', input),
      UpdateItem: (input: Fields) => this.write('Update', input),
      DeleteItem: (input: Fields) => this.write('Delete', input),
      Query: (input: Fields) => query(this.table(input.TableName), input),
      Scan: (input: Fields) => this.scan(input),
      TransactWriteItems: (input: Fields) => this.transactWrite(input),
    };
    return { send: (command: { readonly input: object }) => dispatch(tap, 'dynamodb', operations, command) };
  }

  /** An item of a table (by default the first), for assertions. */
  item(key: KeyText, table = this.firstName): Item | undefined {
    const found = this.table(table);
    return found.items.get(found.textKey(key));
  }

  /** All items of a table (by default the first) by key. */
  items(table = this.firstName): ReadonlyMap<string, Item> {
    return this.table(table).items;
  }

  /** Puts an item there, whatever stands in its place. */
  seed(item: Item, table = this.firstName): void {
    const found = this.table(table);
    found.items.set(found.keyOf(item), item);
  }

  /** Global indexes of a table show from now on what is there now, until they catch up. */
  lagIndexes(table = this.firstName): void {
    this.table(table).lag();
  }

  catchUpIndexes(table = this.firstName): void {
    this.table(table).catchUp();
  }

  private get firstName(): string {
    return [...this.tables.keys()][0] ?? '';
  }

  private table(name: string): FakeTable {
    const table = this.tables.get(name);
    if (!table) throw awsError('ResourceNotFoundException', 400, 'Requested resource not found');
    return table;
  }

  private getItem({ TableName, Key, ProjectionExpression }: Fields) {
    if (ProjectionExpression) throw new Error('The fake GetItem has no projection');
    const table = this.table(TableName);
    const item = table.items.get(table.exactKey(Key));
    return item ? { Item: copyOf(item) } : {};
  }

  private batchGetItem({ RequestItems }: Fields) {
    const requests = Object.entries(RequestItems as Record<string, Fields>);
    const count = requests.reduce((sum, [, request]) => sum + request.Keys.length, 0);
    if (count === 0 || count > 100) throw invalid('A batch has 1 to 100 keys');
    const Responses: Record<string, Item[]> = {};
    for (const [name, request] of requests) {
      const table = this.table(name);
      const keys: string[] = request.Keys.map((wanted: Item) => table.exactKey(wanted));
      if (new Set(keys).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
      Responses[name] = keys.flatMap((wanted) => copyOf(table.items.get(wanted)) ?? []);
    }
    return { Responses, UnprocessedKeys: {} };
  }

  /** Writes of one table without conditions; some may be left unprocessed. */
  private batchWriteItem({ RequestItems }: Fields) {
    const [[TableName, requests] = ['', []], ...more] = Object.entries(
      (RequestItems ?? {}) as Record<string, Fields[]>,
    );
    if (more.length > 0) throw new Error('The fake BatchWriteItem writes to one table');
    if (requests.length === 0 || requests.length > 25) throw invalid('A batch has 1 to 25 requests');
    const table = this.table(TableName);
    const keys = requests.map(({ PutRequest, DeleteRequest }) =>
      PutRequest ? table.keyOf(PutRequest.Item) : table.exactKey(DeleteRequest.Key),
    );
    if (new Set(keys).size < keys.length) throw invalid('Provided list of item keys contains duplicates');
    const left = Math.min(requests.length, this.unprocessed?.(requests.length) ?? 0);
    const done = requests.slice(0, requests.length - left);
    for (const { PutRequest, DeleteRequest } of done)
      if (PutRequest) this.write('Put', { TableName, Item: PutRequest.Item });
      else this.write('Delete', { TableName, Key: DeleteRequest.Key });
    const rest = requests.slice(done.length);
    return { UnprocessedItems: rest.length > 0 ? { [TableName]: rest } : {} };
  }

  /** In the order of the keys, `Limit` items at a time; the filter comes after the limit, as in AWS. */
  private scan(input: Fields) {
    const { TableName, Limit = 1000, ExclusiveStartKey, FilterExpression } = input;
    const table = this.table(TableName);
    const after = ExclusiveStartKey ? table.exactKey(ExclusiveStartKey) : '';
    const placeholders = new Placeholders(input);
    const holds = condition({ ConditionExpression: FilterExpression }, placeholders);
    placeholders.checkAllUsed();
    const rest = [...table.items].filter(([name]) => name > after).sort(([a], [b]) => (a < b ? -1 : 1));
    const page = rest.slice(0, Limit);
    const last = page.at(-1)?.[1] ?? {};
    return {
      Items: page.flatMap(([, item]) => (holds(item) ? [copyOf(item)] : [])),
      ScannedCount: page.length,
      ...(rest.length > page.length && {
        LastEvaluatedKey: Object.fromEntries(table.keyNames.map((name) => [name, last[name]])),
      }),
    };
  }

  private write(kind: 'Put' | 'Update' | 'Delete', input: Fields) {
    const write = this.prepare(kind, input);
    commit(write);
    return returned(input.ReturnValues, write);
  }

  /** Checks a write and computes its result without doing it. */
  private prepare(kind: string, input: Fields): Write {
    const table = this.table(input.TableName);
    const key = kind === 'Put' ? table.keyOf(input.Item ?? {}) : table.exactKey(input.Key ?? {});
    const placeholders = new Placeholders(input);
    const holds = condition(input, placeholders);
    const change = update(kind === 'Update' ? input : {}, placeholders);
    placeholders.checkAllUsed();
    const keyName = change.paths.map((path) => String(path[0])).find((name) => table.keyNames.includes(name));
    if (keyName) throw invalid(`Cannot update attribute ${keyName}. This attribute is part of the key`);
    const before = table.items.get(key);
    if (!holds(before ?? {}))
      throw awsError('ConditionalCheckFailedException', 400, 'The conditional request failed', {
        ...(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before && { Item: copyOf(before) }),
      });
    const after = result(kind, input, before, () => change.apply(before ?? { ...input.Key }));
    if (after && itemBytes(after) > MAX_ITEM_BYTES)
      throw invalid('Item size has exceeded the maximum allowed size');
    if (after) table.keyOf(after);
    return { table: table.items, key, before, after, paths: change.paths };
  }

  private transactWrite({ TransactItems, ClientRequestToken }: Fields) {
    const actions = ((TransactItems ?? []) as Fields[]).map((action) => Object.entries(action)[0]) as [
      string,
      Fields,
    ][];
    if (actions.length === 0 || actions.length > MAX_TRANSACTION_ACTIONS)
      throw invalid(`A transaction has 1 to ${MAX_TRANSACTION_ACTIONS} actions`);
    if (this.doneTransactions.has(ClientRequestToken)) return {};
    const targets = actions.map(([kind, input]) => {
      const table = this.table(input.TableName);
      return `${input.TableName} ${kind === 'Put' ? table.keyOf(input.Item) : table.exactKey(input.Key)}`;
    });
    if (new Set(targets).size < targets.length)
      throw invalid('Transaction request cannot include multiple operations on one item');
    const prepared = actions.map(([kind, input]) => this.tryPrepare(kind, input));
    if (prepared.some((outcome) => 'reason' in outcome)) throw cancelled(prepared);
    const writes = prepared.flatMap((outcome) => ('write' in outcome ? [outcome.write] : []));
    const bytes = writes.reduce((sum, write) => sum + (write.after ? itemBytes(write.after) : 0), 0);
    if (bytes > MAX_TRANSACTION_BYTES) throw invalid('The transaction is larger than 4 MB');
    for (const write of writes) commit(write);
    if (ClientRequestToken) this.doneTransactions.add(ClientRequestToken);
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
  return copyOf(input.Item);
}

function commit({ table, key, after }: Write): void {
  if (after) table.set(key, after);
  else table.delete(key);
}

function returned(wanted: string | undefined, { before, after, paths }: Write) {
  const touched = (item: Item | undefined) =>
    Object.fromEntries(Object.entries(item ?? {}).filter(([name]) => paths.some((path) => path[0] === name)));
  if (wanted === 'ALL_OLD') return before ? { Attributes: copyOf(before) } : {};
  if (wanted === 'ALL_NEW') return { Attributes: copyOf(after) };
  if (wanted === 'UPDATED_OLD') return { Attributes: copyOf(touched(before)) };
  if (wanted === 'UPDATED_NEW') return { Attributes: copyOf(touched(after)) };
  if (wanted !== undefined && wanted !== 'NONE') throw invalid(`Bad ReturnValues ${wanted}`);
  return {};
}
