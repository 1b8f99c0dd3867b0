import {
  type AttributeValue,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { type AwsClient, awsErrorName, callAws, LONG } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { type Item, plainItem, storedItem, storedValue } from '../../core/dynamodb-values.ts';
import type { ExecutionRecord, ExecutionState } from './execution-record.ts';
import {
  type ExecutionTable,
  type Expected,
  type RecordChange,
  STATE_INDEX,
  type TableQuery,
  type UpdateResult,
} from './execution-table.ts';
import { recordOf, storedFields, storedName } from './record-items.ts';

interface Page {
  readonly Items?: readonly Item[];
  readonly LastEvaluatedKey?: Item;
}

const readItem = (item: Item): ExecutionRecord => recordOf(plainItem(item));

/** The records in DynamoDB: key `execution_id`, index `state` and `updated_at`, TTL attribute `expires_at`. */
export class DynamoExecutionTable implements ExecutionTable {
  constructor(
    private readonly dynamodb: AwsClient,
    private readonly tableName: string,
    private readonly clock: Clock,
  ) {}

  insert(record: ExecutionRecord, expiresAtSeconds: number): Promise<UpdateResult> {
    const command = new PutItemCommand({
      TableName: this.tableName,
      Item: storedItem({ ...storedFields(record), expires_at: expiresAtSeconds }),
      ConditionExpression: 'attribute_not_exists(execution_id)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    return this.write('PutItem', command, () => record);
  }

  async read(executionId: string): Promise<ExecutionRecord | undefined> {
    const command = new GetItemCommand({ ...this.at(executionId), ConsistentRead: true });
    const { Item } = await this.call('GetItem', command);
    return Item && readItem(Item);
  }

  update(executionId: string, expected: Expected, change: RecordChange): Promise<UpdateResult> {
    const command = new UpdateItemCommand({ ...this.at(executionId), ...expressions(expected, change) });
    return this.write('UpdateItem', command, ({ Attributes }) => readItem(Attributes));
  }

  async *byState(
    state: ExecutionState,
    { from, until, isUnpublished }: TableQuery,
  ): AsyncIterable<ExecutionRecord> {
    let startKey: Item | undefined;
    do {
      const command = new QueryCommand({
        TableName: this.tableName,
        IndexName: STATE_INDEX,
        KeyConditionExpression: '#state = :state AND updated_at BETWEEN :from AND :until',
        ...(isUnpublished && {
          FilterExpression: 'attribute_exists(manifest_key) AND attribute_not_exists(published_at)',
        }),
        ExpressionAttributeNames: { '#state': 'state' },
        ExpressionAttributeValues: { ':state': { S: state }, ':from': { S: from }, ':until': { S: until } },
        ...(startKey && { ExclusiveStartKey: startKey }),
      });
      const page: Page = await this.call('Query', command);
      yield* (page.Items ?? []).map(readItem);
      startKey = page.LastEvaluatedKey;
    } while (startKey);
  }

  private async write(
    name: string,
    command: object,
    // biome-ignore lint/suspicious/noExplicitAny: outputs differ for each command.
    written: (output: any) => ExecutionRecord,
  ): Promise<UpdateResult> {
    try {
      return { isDone: true, record: written(await this.call(name, command)) };
    } catch (error) {
      if (awsErrorName(error) !== 'ConditionalCheckFailedException') throw error;
      const { Item } = error as { Item?: Item };
      return { isDone: false, record: Item && readItem(Item) };
    }
  }

  private at(executionId: string) {
    return { TableName: this.tableName, Key: { execution_id: { S: executionId } } };
  }

  // biome-ignore lint/suspicious/noExplicitAny: outputs differ for each command.
  private call(name: string, command: object): Promise<any> {
    return callAws(this.clock, `dynamodb:${name}`, () => this.dynamodb.send(command), LONG);
  }
}

/** Every name is a placeholder: `state` and others are reserved words. */
function expressions({ equal, absent }: Expected, { set, remove = [], expiresAtSeconds }: RecordChange) {
  const names: Record<string, string> = {};
  const values: Record<string, AttributeValue> = {};
  const named = (name: string) => {
    names[`#${name}`] = name;
    return `#${name}`;
  };
  const equals = (prefix: string, fields: object) =>
    Object.entries(fields).map(([name, value]) => {
      values[`:${prefix}_${name}`] = storedValue(value);
      return `${named(name)} = :${prefix}_${name}`;
    });
  const stored = {
    ...storedFields(set),
    ...(expiresAtSeconds !== undefined && { expires_at: expiresAtSeconds }),
  };
  const removed = remove.map((field) => named(storedName(field)));
  const conditions = [
    'attribute_exists(execution_id)',
    ...equals('is', storedFields(equal)),
    ...absent.map((field) => `attribute_not_exists(${named(storedName(field))})`),
  ];
  return {
    UpdateExpression: [
      `SET ${equals('set', stored).join(', ')}`,
      ...(removed.length > 0 ? [`REMOVE ${removed.join(', ')}`] : []),
    ].join(' '),
    ConditionExpression: conditions.join(' AND '),
    ExpressionAttributeNames: names,
    ExpressionAttributeValues: values,
    ReturnValues: 'ALL_NEW' as const,
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
  };
}
