import { type Item, itemBytes } from '../../runtime/core/dynamodb-values.ts';
import { SCHEMAS, TABLES } from '../runtime/replies/tables.ts';
import type { FakeDynamoDb } from '../support/fake-dynamodb.ts';
import type { AwsCall, Fields } from '../support/tap.ts';

/** What DynamoDB meters of one call. */
export interface Units {
  readonly writes: number;
  readonly reads: number;
}

/** What the module makes, and what the earlier design had: how many indexes are written with each write of a record. */
export interface IndexWrites {
  /** Indexes that hold whole records. */
  readonly whole: number;
  /** Indexes of keys that a change of the status moves: one deletion, one put. */
  readonly movedKeys: number;
}

export const OURS: IndexWrites = { whole: 1, movedKeys: 1 };

const writeUnits = (bytes: number): number => Math.max(1, Math.ceil(bytes / 1024));
export const readUnits = (bytes: number, isConsistent: boolean): number =>
  Math.max(1, Math.ceil(bytes / 4096)) * (isConsistent ? 1 : 0.5);

/** A record of so many bytes is written: the table's own write and its copies. */
export const recordWrite = (bytes: number, { whole, movedKeys }: IndexWrites, isStatusChanged: boolean) =>
  writeUnits(bytes) * (1 + whole) + (isStatusChanged ? 2 * movedKeys : 0);

/** Units of a recorded call; of a deletion by what was there `before`. */
export function unitsOf(
  call: AwsCall,
  output: unknown,
  before: Item | undefined,
  dynamodb: FakeDynamoDb,
): Units {
  const { service, name, input } = call;
  if (service !== 'dynamodb') return { writes: 0, reads: 0 };
  const { Items = [], Item: found } = (output ?? {}) as { Items?: Item[]; Item?: Item };
  const isConsistent = input.ConsistentRead === true;
  switch (name) {
    case 'Query':
    case 'GetItem': {
      const bytes = [...Items, ...(found ? [found] : [])].reduce((sum, item) => sum + itemBytes(item), 0);
      return { writes: 0, reads: readUnits(bytes, isConsistent) };
    }
    case 'PutItem':
    case 'UpdateItem':
    case 'DeleteItem': {
      const after = itemOf(call, dynamodb);
      const bytes = Math.max(...[before, after].map((item) => (item ? itemBytes(item) : 0)));
      return { writes: written(String(input.TableName), bytes, input), reads: 0 };
    }
    case 'BatchWriteItem': {
      const requests = Object.entries(input.RequestItems as Record<string, unknown[]>);
      // A staged row and its place in the index of due rows; all here are smaller than 1 KB.
      return { writes: requests.reduce((sum, [, rows]) => sum + 2 * rows.length, 0), reads: 0 };
    }
    default:
      throw new Error(`${name} is not counted.`);
  }
}

/** The item that a call is about, as it stands. */
export function itemOf({ input }: AwsCall, dynamodb: FakeDynamoDb): Item | undefined {
  const table = String(input.TableName);
  const schema = SCHEMAS[table];
  const key = (input.Key ?? input.Item) as Item | undefined;
  if (!schema || !key) return undefined;
  const parts = [schema.hash, schema.range].flatMap((name) => (name ? [String(key[name]?.S)] : []));
  return dynamodb.item(parts as never, table) as Item | undefined;
}

function written(table: string, bytes: number, input: Fields): number {
  if (table === TABLES.conversations) {
    const names = Object.values((input.ExpressionAttributeNames ?? {}) as Record<string, string>);
    const text = `${input.UpdateExpression} ${names.join(' ')}`;
    return recordWrite(bytes, OURS, text.includes('conversation_status'));
  }
  return table === TABLES.stage ? 2 * writeUnits(bytes) : writeUnits(bytes);
}
