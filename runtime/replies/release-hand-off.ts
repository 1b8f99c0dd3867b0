import { UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import type { AwsClient } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import type { Conversation } from './record.ts';
import { Expression, updateExpression } from './record-change.ts';
import { recordKeyItem, tableCall } from './table-call.ts';

/**
 * Takes a conversation back from the person it was handed to: the flag and its reason alone change, so nothing that
 * is written meanwhile is undone. Messages of the human queue stay there. Throws `RepliesError`.
 */
export async function releaseHandOff(
  { key }: Pick<Conversation, 'key'>,
  dynamodb: AwsClient,
  tableName: string,
  clock: Clock,
): Promise<void> {
  const expression = new Expression();
  const updated_at = new Date(clock.nowMillis()).toISOString();
  const set = { hand_off_to_human: false, hand_off_to_human_reason: null, updated_at };
  const command = new UpdateItemCommand({
    TableName: tableName,
    Key: recordKeyItem(key),
    UpdateExpression: updateExpression(expression, { set }),
    ConditionExpression: `attribute_exists(${expression.path('conversation_id')})`,
    ...expression.placeholders(),
  });
  await tableCall(dynamodb, clock, 'db', 'DB_UPDATE_ERROR')('UpdateItem', command);
}
