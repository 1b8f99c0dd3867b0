import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { type AwsClient, awsErrorName, callAws } from '../core/aws-errors.ts';
import { BoundedMap } from '../core/bounded-map.ts';
import { type Clock, epochSeconds } from '../core/clock.ts';
import { MAX_REMEMBERED, NOTICE_PAUSE_MILLIS } from './notice.ts';

/** Rate marks of notices (contract bot §7.9). */
export interface NoticeMarks {
  /** Marks that a subject is told now; false when it was told within the hour. */
  mark(subject: string): Promise<boolean>;
}

const PAUSE_SECONDS = NOTICE_PAUSE_MILLIS / 1000;

/** Marks as items `notice:<subject>` of the lock table; without a table each container keeps its own. */
export function noticeMarks(
  table: { readonly dynamodb: () => AwsClient; readonly name: string } | undefined,
  clock: Clock,
): NoticeMarks {
  const toldUntil = new BoundedMap<string, number>(MAX_REMEMBERED);
  return {
    async mark(subject) {
      const now = epochSeconds(clock);
      if (now < (toldUntil.get(subject) ?? 0)) return false;
      const standing = table && (await markItem(table.dynamodb(), table.name, subject, clock));
      toldUntil.set(subject, standing ?? now + PAUSE_SECONDS);
      return standing === undefined;
    },
  };
}

/** Undefined when the mark was made; else the epoch second until which another one stands. */
async function markItem(
  dynamodb: AwsClient,
  tableName: string,
  subject: string,
  clock: Clock,
): Promise<number | undefined> {
  const now = epochSeconds(clock);
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: { user_id: { S: `notice:${subject}` } },
    UpdateExpression: 'SET expiresAt = :until',
    ConditionExpression: 'attribute_not_exists(user_id) OR expiresAt < :now',
    ExpressionAttributeValues: { ':until': { N: String(now + PAUSE_SECONDS) }, ':now': { N: String(now) } },
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
  });
  try {
    await callAws(clock, 'dynamodb:UpdateItem', () => dynamodb.send(command));
    return undefined;
  } catch (error) {
    if (awsErrorName(error) !== 'ConditionalCheckFailedException') throw error;
    return Number((error as { Item?: Record<string, { N?: string }> }).Item?.expiresAt?.N ?? now);
  }
}
