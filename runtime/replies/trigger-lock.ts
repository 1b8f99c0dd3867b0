import { randomUUID } from 'node:crypto';
import { DeleteItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import type { AwsClient } from '../core/aws-errors.ts';
import { type Clock, epochSeconds } from '../core/clock.ts';
import { conditionFailure, tableCall } from './table-call.ts';

/** One trigger a batching window. Only an optimisation: nothing depends on it being right (contract replies §4.5). */
export interface TriggerLock {
  /** Takes the lock if there is none, or one whose time is over by the clock. Undefined when it is taken. */
  acquire(conversationId: string, seconds: number): Promise<LockToken | undefined>;
  /** Puts the lock whatever stands there. */
  put(conversationId: string, seconds: number): Promise<LockToken>;
  /** Frees the lock if it is this one. */
  release(lock: LockToken): Promise<void>;
  /** Frees the lock, whosever it is. */
  clear(conversationId: string): Promise<void>;
}

export interface LockToken {
  readonly conversationId: string;
  readonly token: string;
}

class DynamoTriggerLock implements TriggerLock {
  private readonly call;

  constructor(
    dynamodb: AwsClient,
    private readonly table: string,
    private readonly clock: Clock,
    private readonly ttlAttribute: string,
  ) {
    this.call = tableCall(dynamodb, clock, 'trigger', 'TRIGGER_LOCK_WRITE_ERROR');
  }

  async acquire(conversationId: string, seconds: number): Promise<LockToken | undefined> {
    const token = randomUUID();
    const command = new PutItemCommand({
      ...this.putInput(conversationId, token, seconds),
      ConditionExpression: 'attribute_not_exists(conversation_id) OR #expires <= :now',
      ExpressionAttributeNames: { '#expires': this.ttlAttribute },
      ExpressionAttributeValues: { ':now': { N: String(epochSeconds(this.clock)) } },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    });
    try {
      await this.call('PutItem', command);
    } catch (error) {
      const failure = conditionFailure(error);
      if (!failure) throw error;
      // Mine already: an earlier try got through and its answer was lost.
      if (failure.item?.token?.S !== token) return undefined;
    }
    return { conversationId, token };
  }

  async put(conversationId: string, seconds: number): Promise<LockToken> {
    const token = randomUUID();
    await this.call('PutItem', new PutItemCommand(this.putInput(conversationId, token, seconds)));
    return { conversationId, token };
  }

  private putInput(conversationId: string, token: string, seconds: number) {
    const expires = { N: String(epochSeconds(this.clock) + seconds) };
    const Item = { ...lockKey(conversationId), token: { S: token }, [this.ttlAttribute]: expires };
    return { TableName: this.table, Item };
  }

  async release({ conversationId, token }: LockToken): Promise<void> {
    const command = new DeleteItemCommand({
      TableName: this.table,
      Key: lockKey(conversationId),
      ConditionExpression: '#token = :token',
      ExpressionAttributeNames: { '#token': 'token' },
      ExpressionAttributeValues: { ':token': { S: token } },
    });
    try {
      await this.call('DeleteItem', command);
    } catch (error) {
      if (!conditionFailure(error)) throw error;
    }
  }

  async clear(conversationId: string): Promise<void> {
    const input = { TableName: this.table, Key: lockKey(conversationId) };
    await this.call('DeleteItem', new DeleteItemCommand(input));
  }
}

/** `ttlAttribute`: the attribute that the table's TTL is set on. */
export const dynamoTriggerLock = (
  dynamodb: AwsClient,
  tableName: string,
  clock: Clock,
  ttlAttribute: string,
): TriggerLock => new DynamoTriggerLock(dynamodb, tableName, clock, ttlAttribute);

const lockKey = (conversationId: string) => ({ conversation_id: { S: conversationId } });
