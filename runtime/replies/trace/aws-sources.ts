import { GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import type { AwsClient } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { plainItem } from '../../core/dynamodb-values.ts';
import { asList, asNumber, asRecord, asText, readJson } from '../../core/json.ts';
import { keyedHash } from '../../core/log.ts';
import { peekQueue, type QueueLetter } from '../../core/queue-letters.ts';
import { cloudWatchLogSource } from '../../core/trace/log-source.ts';
import type { RepliesConfig } from '../config.ts';
import { dynamoConversations } from '../conversations.ts';
import { readEntry, readTexts } from '../entry.ts';
import { conversationFinder } from '../find-conversation.ts';
import { triggerOf } from '../redrive.ts';
import { DUE_INDEX, dynamoStage } from '../stage-table.ts';
import { DUE_SHARD, readStagedRow } from '../staged.ts';
import { allPages, tableCall } from '../table-call.ts';
import type { HumanEvidence, LetterEvidence, TraceSources } from './sources.ts';

/** A deployed reply engine, as a trace reads it. */
export interface TracedReplies {
  readonly config: RepliesConfig;
  readonly deadLetterUrl: string;
  readonly logGroups: readonly string[];
}

export interface TraceClients {
  readonly dynamodb: AwsClient;
  readonly sqs: AwsClient;
  readonly logs: AwsClient;
  readonly clock: Clock;
}

/** Staged rows in which a sid is looked for. */
const MAX_ROWS = 5000;

/** Reads the engine's own resources, and changes nothing. The channel queue is not looked at: a look would count. */
export function awsTraceSources(replies: TracedReplies, clients: TraceClients): TraceSources {
  const { config, deadLetterUrl, logGroups } = replies;
  const { dynamodb, sqs, logs, clock } = clients;
  const log = cloudWatchLogSource(logs, logGroups, clock);
  const peek = (url: string, what: string) => peekQueue(sqs, url, clock, what);
  return {
    referenceOf: (conversationId) => keyedHash(config.logHashKey, conversationId),
    lines: log.lines,
    naming: log.naming,
    ...tableSources(config, dynamodb, clock),
    async deadLetters() {
      const { value, note } = await peek(deadLetterUrl, 'dead letters');
      return { value: value.flatMap(letterEvidence), ...(note !== undefined && { note }) };
    },
    async humans() {
      const { value, note } = await peek(config.handoffQueueUrl, 'messages for a person');
      return { value: value.flatMap(humanEvidence), ...(note !== undefined && { note }) };
    },
  };
}

type TableSources = Pick<
  TraceSources,
  'conversations' | 'conversation' | 'archive' | 'staged' | 'allStaged' | 'locks'
>;

function tableSources(config: RepliesConfig, dynamodb: AwsClient, clock: Clock): TableSources {
  const { tables, ttlAttribute, stageTtlSeconds: ttlSeconds } = config;
  const call = tableCall(dynamodb, clock, 'db', 'DB_QUERY_ERROR');
  const conversations = dynamoConversations(dynamodb, tables.conversations, clock);
  const stage = dynamoStage(dynamodb, tables.stage, clock, { ttlSeconds, ttlAttribute });
  const query = (input: { readonly TableName: string }, limit?: number) =>
    allPages((ExclusiveStartKey) => call('Query', new QueryCommand({ ...input, ExclusiveStartKey })), limit);
  return {
    conversations: (id) => conversationFinder(dynamodb, tables.conversations, clock).find(id),
    conversation: (key) => conversations.get(key),
    async archive(conversationId) {
      const blocks = await query(blocksOf(tables.archive, conversationId));
      return blocks
        .flatMap((block) => asList(plainItem(block).entries))
        .map((entry) => ({ ...readEntry(entry), isArchived: true }));
    },
    staged: (conversationId) => stage.list(conversationId),
    async allStaged() {
      const items = await query(stagedRows(tables.stage), MAX_ROWS);
      const note = `more than ${MAX_ROWS} messages are staged; not all were looked at`;
      return { value: items.map(readStagedRow), ...(items.length === MAX_ROWS && { note }) };
    },
    async locks(conversationId) {
      const Key = { conversation_id: { S: conversationId } };
      const input = { TableName: tables.triggerLock, Key, ConsistentRead: true };
      const { Item } = await call('GetItem', new GetItemCommand(input));
      return { triggerLockSeconds: asNumber(Item && plainItem(Item)[ttlAttribute]) };
    },
  };
}

const blocksOf = (TableName: string, conversationId: string) => ({
  TableName,
  KeyConditionExpression: 'conversation_id = :id',
  ExpressionAttributeValues: { ':id': { S: conversationId } },
});

const stagedRows = (TableName: string) => ({
  TableName,
  IndexName: DUE_INDEX,
  KeyConditionExpression: 'due_shard = :shard',
  ExpressionAttributeValues: { ':shard': { N: String(DUE_SHARD) } },
});

function letterEvidence(letter: QueueLetter): readonly LetterEvidence[] {
  const trigger = triggerOf(letter);
  if (!trigger) return [];
  const { conversationId, primaryChannel } = trigger;
  return [{ conversationId, primaryChannel, messageId: letter.MessageId ?? '' }];
}

function humanEvidence({ Body = '' }: QueueLetter): readonly HumanEvidence[] {
  const body = asRecord(readJson(Body));
  const [conversationId, primaryChannel] = [asText(body.conversation_id), asText(body.primary_channel)];
  if (conversationId === undefined || primaryChannel === undefined) return [];
  const reason = asText(body.handoff_reason) ?? 'no reason';
  return [{ conversationId, primaryChannel, messageSids: readTexts(body.message_sids), reason }];
}
