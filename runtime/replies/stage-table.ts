import {
  type AttributeValue,
  BatchWriteItemCommand,
  DeleteItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import type { AwsClient } from '../core/aws-errors.ts';
import { type Clock, epochSeconds } from '../core/clock.ts';
import { byArrival, DUE_SHARD, readStagedRow, type StagedRow, stagedItem } from './staged.ts';
import { allPages, conditionFailure, tableCall } from './table-call.ts';

export type PutRowResult =
  | { readonly status: 'staged' }
  /** It was there before: go on with the row as it stands. */
  | { readonly status: 'exists'; readonly row: StagedRow };

/** Messages that wait for their turn (contract replies §4.4). Throws `RepliesError` by class. */
export interface StageTable {
  /** Writes the row unless its sid is there already. */
  put(row: StagedRow): Promise<PutRowResult>;
  /** Every row of a conversation, in order of arrival; consistent, all pages. */
  list(conversationId: string): Promise<readonly StagedRow[]>;
  /** Deletes rows in batches of 25, with repetitions; resolves to how many could not be deleted. */
  remove(conversationId: string, messageSids: readonly string[]): Promise<number>;
  /** Deletes one row: the right for it is the webhook's and the sweeper's. */
  removeOne(conversationId: string, messageSid: string): Promise<void>;
  /** Rows that are due by the clock, oldest first, from the sparse index; `limit` is the most that are returned. */
  due(limit: number): Promise<readonly StagedRow[]>;
  /** Moves a row's next look; `isSwept` notes that it was triggered now. Writes `isTold` too. False when the row is gone. */
  pushDue(row: StagedRow, dueAtSeconds: number, isSwept: boolean): Promise<boolean>;
}

export interface StageOptions {
  /** Life of a row; only a safety net. */
  readonly ttlSeconds: number;
  /** The attribute that the table's TTL is set on. */
  readonly ttlAttribute: string;
}

export const DUE_INDEX = 'due-index';

/** AWS limit of one `BatchWriteItem`. */
const BATCH = 25;
/** Rounds in which what was not processed is asked for again, with doubling pauses. */
const ROUNDS = 5;

class DynamoStage implements StageTable {
  private readonly call;

  constructor(
    dynamodb: AwsClient,
    private readonly table: string,
    private readonly clock: Clock,
    private readonly options: StageOptions,
  ) {
    this.call = tableCall(dynamodb, clock, 'stage', 'STAGE_WRITE_ERROR');
  }

  async put(row: StagedRow): Promise<PutRowResult> {
    const { ttlSeconds, ttlAttribute } = this.options;
    const expires = { N: String(epochSeconds(this.clock) + ttlSeconds) };
    const command = new PutItemCommand({
      TableName: this.table,
      Item: { ...stagedItem(row), [ttlAttribute]: expires },
      ConditionExpression: 'attribute_not_exists(message_sid)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.call('PutItem', command);
      return { status: 'staged' };
    } catch (error) {
      const failure = conditionFailure(error);
      if (!failure) throw error;
      const there = failure.item ? readStagedRow(failure.item) : row;
      // Mine already: an earlier try got through and its answer was lost.
      if (row.receivedSeq !== undefined && there.receivedSeq === row.receivedSeq && there !== row)
        return { status: 'staged' };
      return { status: 'exists', row: there };
    }
  }

  async list(conversationId: string): Promise<readonly StagedRow[]> {
    const items = await allPages((startKey) =>
      this.call(
        'Query',
        new QueryCommand({
          TableName: this.table,
          KeyConditionExpression: 'conversation_id = :id',
          ExpressionAttributeValues: { ':id': { S: conversationId } },
          ConsistentRead: true,
          ExclusiveStartKey: startKey,
        }),
      ),
    );
    return items.map(readStagedRow).sort(byArrival);
  }

  async remove(conversationId: string, messageSids: readonly string[]): Promise<number> {
    let left = 0;
    for (let from = 0; from < messageSids.length; from += BATCH) {
      const requests = messageSids
        .slice(from, from + BATCH)
        .map((sid) => ({ DeleteRequest: { Key: rowKey(conversationId, sid) } }));
      left += await this.removeBatch(requests);
    }
    return left;
  }

  private async removeBatch(requests: readonly object[]): Promise<number> {
    let open = requests;
    for (let round = 0; round < ROUNDS && open.length > 0; round++) {
      if (round > 0) await this.clock.sleep(50 * 2 ** round);
      const command = new BatchWriteItemCommand({ RequestItems: { [this.table]: [...open] } });
      const { UnprocessedItems } = await this.call('BatchWriteItem', command);
      open = UnprocessedItems?.[this.table] ?? [];
    }
    return open.length;
  }

  async removeOne(conversationId: string, messageSid: string): Promise<void> {
    const input = { TableName: this.table, Key: rowKey(conversationId, messageSid) };
    await this.call('DeleteItem', new DeleteItemCommand(input));
  }

  async due(limit: number): Promise<readonly StagedRow[]> {
    const items = await allPages(
      (startKey) =>
        this.call(
          'Query',
          new QueryCommand({
            TableName: this.table,
            IndexName: DUE_INDEX,
            KeyConditionExpression: 'due_shard = :shard AND due_at <= :now',
            ExpressionAttributeValues: {
              ':shard': { N: String(DUE_SHARD) },
              ':now': { N: String(epochSeconds(this.clock)) },
            },
            Limit: limit,
            ExclusiveStartKey: startKey,
          }),
        ),
      limit,
    );
    return items.map(readStagedRow);
  }

  async pushDue(row: StagedRow, dueAtSeconds: number, isSwept: boolean): Promise<boolean> {
    const values: Record<string, AttributeValue> = {
      due_shard: { N: String(DUE_SHARD) },
      due_at: { N: String(dueAtSeconds) },
      ...(isSwept && { swept_at: { S: new Date(this.clock.nowMillis()).toISOString() } }),
      ...(row.isTold && { told: { BOOL: true } }),
    };
    const sets = Object.entries(values);
    const command = new UpdateItemCommand({
      TableName: this.table,
      Key: rowKey(row.conversationId, row.messageSid),
      UpdateExpression: `SET ${sets.map(([name]) => `${name} = :${name}`).join(', ')}`,
      ConditionExpression: 'attribute_exists(message_sid)',
      ExpressionAttributeValues: Object.fromEntries(sets.map(([name, value]) => [`:${name}`, value])),
    });
    try {
      await this.call('UpdateItem', command);
      return true;
    } catch (error) {
      if (!conditionFailure(error)) throw error;
      return false;
    }
  }
}

export const dynamoStage = (
  dynamodb: AwsClient,
  tableName: string,
  clock: Clock,
  options: StageOptions,
): StageTable => new DynamoStage(dynamodb, tableName, clock, options);

const rowKey = (conversationId: string, messageSid: string) => ({
  conversation_id: { S: conversationId },
  message_sid: { S: messageSid },
});
