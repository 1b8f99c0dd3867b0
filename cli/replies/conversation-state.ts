import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import { callAws } from '../../runtime/core/aws-errors.ts';
import { plainItem } from '../../runtime/core/dynamodb-values.ts';
import { asNumber } from '../../runtime/core/json.ts';
import type { Conversation } from '../../runtime/replies/record.ts';
import { dynamoStage } from '../../runtime/replies/stage-table.ts';
import type { World } from '../world.ts';
import type { DeployedReplies } from './deployed.ts';
import type { ConversationState } from './show.ts';

/** Reads what stands beside a record: its staged rows and its trigger lock. */
export async function conversationState(
  conversation: Conversation,
  { config }: DeployedReplies,
  { aws }: Pick<World, 'aws'>,
): Promise<ConversationState> {
  const { tables, ttlAttribute, stageTtlSeconds: ttlSeconds } = config;
  const dynamodb = await aws.dynamodb();
  const { conversationId } = conversation;
  const stage = dynamoStage(dynamodb, tables.stage, aws.clock, { ttlSeconds, ttlAttribute });
  const Key = { conversation_id: { S: conversationId } };
  const command = new GetItemCommand({ TableName: tables.triggerLock, Key, ConsistentRead: true });
  const [rows, { Item }] = await Promise.all([
    stage.list(conversationId),
    callAws(aws.clock, 'dynamodb:GetItem', () => dynamodb.send(command)),
  ]);
  const lock = Item && plainItem(Item);
  return {
    conversation,
    rows,
    lockExpiresAtSeconds: asNumber(lock?.[ttlAttribute]),
    stored: { record: plainItem(conversation.item), staged: rows, trigger_lock: lock ?? null },
  };
}
