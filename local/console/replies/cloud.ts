import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient, GetItemCommand, QueryCommand } from '@aws-sdk/client-dynamodb';
import { SQSClient } from '@aws-sdk/client-sqs';
import { systemClock } from '../../../runtime/core/clock.ts';
import { plainItem, storedItem } from '../../../runtime/core/dynamodb-values.ts';
import { asNumber } from '../../../runtime/core/json.ts';
import { type Conversation, type RecordKey, readConversation } from '../../../runtime/replies/record.ts';
import { redriveTriggers } from '../../../runtime/replies/redrive.ts';
import { byArrival, readStagedRow, type StagedRow } from '../../../runtime/replies/staged.ts';
import { sqsTriggerQueue } from '../../../runtime/replies/trigger.ts';
import type { CloudSettings } from '../cloud.ts';
import { CriticalLog } from './critical-log.ts';
import { depthOf } from './human-queue.ts';
import type { QueueDepths } from './model.ts';

/** An emulator that hangs is one that does not answer. */
const TIMEOUT_MILLIS = 5000;
const REDRIVES_PER_SECOND = 10;

/** Resources of a reply engine, by the outputs of its stack. */
export interface RepliesResources {
  readonly conversations: string;
  readonly stage: string;
  readonly triggerLock: string;
  readonly triggerQueue: string;
  readonly deadQueue: string;
  readonly humanQueue: string;
  readonly logGroups: readonly string[];
}

export function resourcesOf(outputs: Readonly<Record<string, unknown>>): RepliesResources {
  const output = (name: string) => String(outputs[name]);
  return {
    conversations: output('conversations_table_name'),
    stage: output('stage_table_name'),
    triggerLock: output('trigger_lock_table_name'),
    triggerQueue: output('whatsapp_queue_url'),
    deadQueue: output('whatsapp_dead_letter_queue_url'),
    humanQueue: output('human_handoff_queue_url'),
    logGroups: ['webhook', 'worker', 'sweeper'].map((name) => output(`${name}_log_group_name`)),
  };
}

/** Reads an engine's resources on an emulator. */
export class RepliesCloud {
  readonly dynamodb: DynamoDBClient;
  readonly sqs: SQSClient;
  readonly critical: CriticalLog;

  constructor(
    readonly resources: RepliesResources,
    emulator: CloudSettings,
  ) {
    const requestHandler = { requestTimeout: TIMEOUT_MILLIS, throwOnRequestTimeout: true };
    const settings = { ...emulator, requestHandler, maxAttempts: 1 };
    this.dynamodb = new DynamoDBClient(settings);
    this.sqs = new SQSClient(settings);
    this.critical = new CriticalLog(new CloudWatchLogsClient(settings), resources.logGroups);
  }

  async conversation({ primaryChannel, conversationId }: RecordKey): Promise<Conversation | undefined> {
    const { Item } = await this.dynamodb.send(
      new GetItemCommand({
        TableName: this.resources.conversations,
        Key: storedItem({ primary_channel: primaryChannel, conversation_id: conversationId }),
        ConsistentRead: true,
      }),
    );
    return Item && readConversation(Item);
  }

  /** The first page: more wait only when something is stuck. */
  async staged(conversationId: string): Promise<readonly StagedRow[]> {
    const { Items = [] } = await this.dynamodb.send(
      new QueryCommand({
        TableName: this.resources.stage,
        KeyConditionExpression: 'conversation_id = :id',
        ExpressionAttributeValues: storedItem({ ':id': conversationId }),
        ConsistentRead: true,
      }),
    );
    return Items.map(readStagedRow).sort(byArrival);
  }

  /** When the trigger lock is over, epoch seconds; undefined: there is none. */
  async lockUntil(conversationId: string): Promise<number | undefined> {
    const { Item } = await this.dynamodb.send(
      new GetItemCommand({
        TableName: this.resources.triggerLock,
        Key: storedItem({ conversation_id: conversationId }),
        ConsistentRead: true,
      }),
    );
    return Item && asNumber(plainItem(Item).expires_at);
  }

  /** Gives dead triggers back to the worker; resolves to how many went. */
  async redrive(): Promise<number> {
    const { triggerQueue, deadQueue: deadLetterUrl } = this.resources;
    const { sqs } = this;
    const items = await redriveTriggers(
      { deadLetterUrl, dryRun: false, ratePerSecond: REDRIVES_PER_SECOND },
      { sqs, clock: systemClock, triggers: sqsTriggerQueue(sqs, triggerQueue, systemClock) },
    );
    return items.filter(({ outcome }) => outcome === 'redriven').length;
  }

  async depths(): Promise<QueueDepths> {
    const { triggerQueue, deadQueue, humanQueue } = this.resources;
    const [triggers = 0, deadLetters = 0, humans = 0] = await Promise.all(
      [triggerQueue, deadQueue, humanQueue].map((url) => depthOf(this.sqs, url)),
    );
    return { triggers, deadLetters, humans };
  }
}
