import { DeleteItemCommand, GetItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type AwsClient, awsErrorName, callAws } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import type { Item } from '../../core/dynamodb-values.ts';
import { ifConditionHolds } from '../../core/lock.ts';
import type { LockItem, LockTable, TakeRequest, TakeResult } from './lock-table.ts';

const seconds = (value: number) => ({ N: String(value) });
const numberOf = (value: { N?: string } | undefined): number | undefined =>
  value?.N === undefined ? undefined : Number(value.N);

const lockOf = (item: Item = {}): LockItem => ({
  ownerId: item.owner_id?.S ?? '',
  expiresAtSeconds: numberOf(item.expiration_time as { N?: string }) ?? 0,
  acquiredAtSeconds: numberOf(item.acquired_at as { N?: string }),
});

const IS_OWN = 'owner_id = :owner AND expiration_time > :now';
const TAKE = {
  // The right side of SET reads what stood there before: the answer tells whose lock was taken over.
  UpdateExpression:
    'SET previous_owner_id = if_not_exists(owner_id, :nobody), owner_id = :owner, expiration_time = :expires, acquired_at = :now',
  ConditionExpression: `attribute_not_exists(execution_id) OR expiration_time <= :expired OR (${IS_OWN})`,
} as const;

/** Attributes as contract files §3.2 names them; `acquired_at` and `previous_owner_id` are ours. */
export class DynamoLockTable implements LockTable {
  constructor(
    private readonly dynamodb: AwsClient,
    private readonly tableName: string,
    private readonly clock: Clock,
  ) {}

  async take(request: TakeRequest): Promise<TakeResult> {
    const command = new UpdateItemCommand({
      ...this.at(request.key),
      ...TAKE,
      ExpressionAttributeValues: {
        ':nobody': { S: '' },
        ':owner': { S: request.ownerId },
        ':now': seconds(request.nowSeconds),
        ':expires': seconds(request.expiresAtSeconds),
        ':expired': seconds(request.expiredBySeconds),
      },
      ReturnValues: 'ALL_NEW',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      const { Attributes } = await this.call('UpdateItem', command);
      return { isTaken: true, previousOwnerId: Attributes?.previous_owner_id?.S || undefined };
    } catch (error) {
      if (awsErrorName(error) !== 'ConditionalCheckFailedException') throw error;
      return { isTaken: false, item: lockOf((error as { Item?: Item }).Item) };
    }
  }

  extend(key: string, ownerId: string, nowSeconds: number, expiresAtSeconds: number): Promise<boolean> {
    const command = new UpdateItemCommand({
      ...this.at(key),
      UpdateExpression: 'SET expiration_time = :expires',
      ConditionExpression: IS_OWN,
      ExpressionAttributeValues: {
        ':owner': { S: ownerId },
        ':now': seconds(nowSeconds),
        ':expires': seconds(expiresAtSeconds),
      },
    });
    return ifConditionHolds(() => this.call('UpdateItem', command));
  }

  async remove(key: string, ownerId: string): Promise<boolean> {
    const command = new DeleteItemCommand({
      ...this.at(key),
      ConditionExpression: 'owner_id = :owner',
      ExpressionAttributeValues: { ':owner': { S: ownerId } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    let tries = 0;
    try {
      await callAws(this.clock, 'dynamodb:DeleteItem', () => {
        tries += 1;
        return this.dynamodb.send(command);
      });
      return true;
    } catch (error) {
      if (awsErrorName(error) !== 'ConditionalCheckFailedException') throw error;
      // An earlier try deleted it, and its answer was lost.
      return tries > 1 && (error as { Item?: Item }).Item === undefined;
    }
  }

  async removeAny(key: string): Promise<LockItem | undefined> {
    const command = new DeleteItemCommand({ ...this.at(key), ReturnValues: 'ALL_OLD' });
    const { Attributes } = await this.call('DeleteItem', command);
    return Attributes && lockOf(Attributes);
  }

  async read(key: string): Promise<LockItem | undefined> {
    const command = new GetItemCommand({ ...this.at(key), ConsistentRead: true });
    const { Item } = await this.call('GetItem', command);
    return Item && lockOf(Item);
  }

  private at(key: string) {
    return { TableName: this.tableName, Key: { execution_id: { S: key } } };
  }

  // biome-ignore lint/suspicious/noExplicitAny: outputs differ for each command.
  private call(name: string, command: object): Promise<any> {
    return callAws(this.clock, `dynamodb:${name}`, () => this.dynamodb.send(command));
  }
}
