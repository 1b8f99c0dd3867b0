import { DeleteItemCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type AwsClient, awsErrorName, callAws } from './aws-errors.ts';
import { type Clock, epochSeconds } from './clock.ts';

/** Who wants the lock, for what, and until when at the most. All times are epoch seconds. */
export interface LockRequest {
  /** The table's key: the chat id, without a prefix. */
  readonly key: string;
  /** Unique per invocation: request id and a random part. Fences release and renewal. */
  readonly owner: string;
  /** The event worked on; a crashed run of the same event may be taken over after `busyUntilSeconds`. */
  readonly eventId: string;
  /** Longer than the invocation can last, so that a living owner's lock never expires and needs no renewal. */
  readonly ttlSeconds: number;
  /** When this invocation is certainly over: its deadline and 5 s. */
  readonly busyUntilSeconds: number;
}

export type LockResult =
  | { readonly status: 'acquired' }
  /** Held by a run of this very event that may still be alive: come back later, never ignore. */
  | { readonly status: 'held-by-this-event' }
  | {
      readonly status: 'held-by-other';
      readonly eventId: string | undefined;
      readonly owner: string | undefined;
    };

/** One holder a key; expiry is compared with the clock, TTL deletion is only housekeeping (design §3). */
export interface Lock {
  acquire(request: LockRequest): Promise<LockResult>;
  /** Frees the lock if `owner` holds it; someone else's lock is left alone. */
  release(key: string, owner: string): Promise<void>;
  /**
   * Notes that somebody who met this owner's lock was told so. True the first time for a lock, false later or
   * when the owner holds it no more.
   */
  markTold(key: string, owner: string): Promise<boolean>;
}

const ACQUIRE_CONDITION =
  'attribute_not_exists(user_id) OR expiresAt < :now OR (event_id = :event AND busy_until < :now)';

/** Keys and attributes as contract bot §7.1 and §7.2 name them; other tools read them. */
export function dynamoLock(dynamodb: AwsClient, tableName: string, clock: Clock): Lock {
  const key = (userId: string) => ({ user_id: { S: userId } });

  return {
    async acquire({ key: userId, owner, eventId, ttlSeconds, busyUntilSeconds }) {
      const now = epochSeconds(clock);
      const command = new UpdateItemCommand({
        TableName: tableName,
        Key: key(userId),
        UpdateExpression: 'SET expiresAt = :expires, #owner = :owner, event_id = :event, busy_until = :busy',
        ConditionExpression: ACQUIRE_CONDITION,
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: {
          ':now': { N: String(now) },
          ':expires': { N: String(now + ttlSeconds) },
          ':owner': { S: owner },
          ':event': { S: eventId },
          ':busy': { N: String(busyUntilSeconds) },
        },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      });
      try {
        await callAws(clock, 'dynamodb:UpdateItem', () => dynamodb.send(command));
        return { status: 'acquired' };
      } catch (error) {
        if (awsErrorName(error) !== 'ConditionalCheckFailedException') throw error;
        const held = (error as { Item?: Record<string, { S?: string }> }).Item;
        // Mine already: an earlier try got through and its answer was lost.
        if (held?.owner?.S === owner) return { status: 'acquired' };
        const heldEvent = held?.event_id?.S;
        return heldEvent === eventId
          ? { status: 'held-by-this-event' }
          : { status: 'held-by-other', eventId: heldEvent, owner: held?.owner?.S };
      }
    },

    async release(userId, owner) {
      const command = new DeleteItemCommand({ TableName: tableName, Key: key(userId), ...ownedBy(owner) });
      await ifConditionHolds(() => callAws(clock, 'dynamodb:DeleteItem', () => dynamodb.send(command)));
    },

    markTold(userId, owner) {
      const command = new UpdateItemCommand({ TableName: tableName, Key: key(userId), ...toldOnce(owner) });
      return ifConditionHolds(() => callAws(clock, 'dynamodb:UpdateItem', () => dynamodb.send(command)));
    },
  };
}

/** The condition "this owner holds it", for a delete alone or inside a transaction. */
export const ownedBy = (owner: string) => ({
  ConditionExpression: '#owner = :owner',
  ExpressionAttributeNames: { '#owner': 'owner' },
  ExpressionAttributeValues: { ':owner': { S: owner } },
});

/** The mark of an earlier owner may still stand there. */
const toldOnce = (owner: string) => ({
  UpdateExpression: 'SET busy_told = :owner',
  ConditionExpression: '#owner = :owner AND (attribute_not_exists(busy_told) OR busy_told <> :owner)',
  ExpressionAttributeNames: { '#owner': 'owner' },
  ExpressionAttributeValues: { ':owner': { S: owner } },
});

/** True when the write was done, false when its condition failed; other errors are thrown. */
export async function ifConditionHolds(write: () => Promise<unknown>): Promise<boolean> {
  try {
    await write();
    return true;
  } catch (error) {
    if (awsErrorName(error) === 'ConditionalCheckFailedException') return false;
    throw error;
  }
}
