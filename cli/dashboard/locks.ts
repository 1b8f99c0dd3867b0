import { type AttributeValue, ScanCommand } from '@aws-sdk/client-dynamodb';
import { type AwsClient, callAws } from '../../runtime/core/aws-errors.ts';
import { type Clock, epochSeconds } from '../../runtime/core/clock.ts';
import type { LocksView, LockView } from './views.ts';

/** A table holds far more delivery items than locks; this many pages of a megabyte are looked through at most. */
const MAX_PAGES = 5;

/** The chats that are being worked on, from a bounded look through the table. Throws `AwsCallError`. */
export async function readLocks(dynamodb: AwsClient, TableName: string, clock: Clock): Promise<LocksView> {
  const locks: LockView[] = [];
  let looked = 0;
  let start: Record<string, AttributeValue> | undefined;
  for (let page = 0; page < MAX_PAGES; page++) {
    const command = new ScanCommand({
      TableName,
      // Items of other kinds have a prefix that no chat id has.
      FilterExpression: 'NOT begins_with(#id, :event) AND NOT begins_with(#id, :notice)',
      ExpressionAttributeNames: { '#id': 'user_id' },
      ExpressionAttributeValues: { ':event': { S: 'evt:' }, ':notice': { S: 'notice:' } },
      ...(start && { ExclusiveStartKey: start }),
    });
    const output = await callAws(clock, 'dynamodb:Scan', () => dynamodb.send(command));
    for (const item of output.Items ?? []) locks.push(lockView(item, epochSeconds(clock)));
    looked += output.ScannedCount ?? 0;
    start = output.LastEvaluatedKey;
    if (!start) break;
  }
  return { locks, looked, hasMore: start !== undefined };
}

function lockView(item: Readonly<Record<string, AttributeValue>>, nowSeconds: number): LockView {
  const eventId = item.event_id?.S;
  const [busyUntil, expiresAt] = [item.busy_until?.N, item.expiresAt?.N];
  return {
    chatId: item.user_id?.S ?? '',
    owner: item.owner?.S ?? '',
    ...(eventId !== undefined && { eventId }),
    ...(busyUntil !== undefined && { busyUntil: isoOf(busyUntil) }),
    ...(expiresAt !== undefined && { expiresAt: isoOf(expiresAt) }),
    isExpired: expiresAt !== undefined && Number(expiresAt) <= nowSeconds,
  };
}

const isoOf = (seconds: string): string => new Date(Number(seconds) * 1000).toISOString();
