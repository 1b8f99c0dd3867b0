import { randomUUID } from 'node:crypto';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { ChangeMessageVisibilityCommand, SQSClient } from '@aws-sdk/client-sqs';
import { ENVIRONMENT_ENDPOINT, WORKER_CLIENT } from '../core/aws-client.ts';
import { callAws } from '../core/aws-errors.ts';
import { type BatchResponse, processBatch, type QueueRecord } from '../core/batch.ts';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import { asList, asRecord } from '../core/json.ts';
import { recordAppend } from './append.ts';
import { askerOf } from './ask-turn.ts';
import { readWorkerConfig, type WorkerConfig } from './config.ts';
import { dynamoConversations } from './conversations.ts';
import { sqsHumanQueue } from './handoff.ts';
import { dynamoLeases } from './lease.ts';
import type { InvocationContext, RepliesHandlerOptions } from './options.ts';
import type { Conversation } from './record.ts';
import { secretsManager } from './secrets.ts';
import { setUp } from './setup.ts';
import { dynamoStage } from './stage-table.ts';
import { readTrigger, sqsTriggerQueue, type Trigger, type TriggerRecord } from './trigger.ts';
import { dynamoTriggerLock } from './trigger-lock.ts';
import { twilioAccount } from './twilio-account.ts';
import { comeBack, pauseOf, type WorkerPorts, workTrigger } from './worker.ts';

/** An SQS record as the event source mapping delivers it. */
interface WorkerRecord extends QueueRecord, TriggerRecord {
  readonly receiptHandle?: string;
}

/**
 * The worker's Lambda handler: triggers of the channel queue, answered with the items that must come back. Building
 * it contacts no AWS service; a faulty environment is a `ConfigError` here, so that the function does not start.
 */
export function buildWorkerHandler(options: RepliesHandlerOptions = {}) {
  const ports = workerPorts(options);
  return async (event: unknown, context: InvocationContext): Promise<BatchResponse> => {
    const deadlineMillis = ports.clock.nowMillis() + context.getRemainingTimeInMillis();
    return processBatch(
      recordsOf(event, ports),
      (record) => workRecord(record, { awsRequestId: context.awsRequestId, deadlineMillis }, ports),
      // What fails has its line by then; this one tells which message of the queue it was.
      ({ messageId: queue_message_id }, error) =>
        ports.log.error('trigger_failed', { queue_message_id, error: describeError(error) }),
    );
  };
}

/** Without an id a record cannot be told as failed, and would fail all others: it only gets its line. */
function recordsOf(event: unknown, { log }: WorkerPorts): readonly WorkerRecord[] {
  return asList(asRecord(event).Records).filter((record): record is WorkerRecord => {
    const isOne = typeof asRecord(record).messageId === 'string';
    if (!isOne) log.error('trigger_unreadable', UNREADABLE);
    return isOne;
  });
}

const UNREADABLE = { rule: 'permanent:PARSING_ERROR', error_code: 'PARSING_ERROR' };

async function workRecord(
  record: WorkerRecord,
  { awsRequestId, deadlineMillis }: { readonly awsRequestId: string; readonly deadlineMillis: number },
  ports: WorkerPorts,
): Promise<void> {
  const receives = Number(record.attributes?.ApproximateReceiveCount ?? 1);
  const delivery = { receives, receiptHandle: record.receiptHandle };
  let trigger: Trigger;
  try {
    trigger = readTrigger(record);
  } catch (error) {
    const { messageId: queue_message_id } = record;
    ports.log.error('trigger_unreadable', { ...UNREADABLE, queue_message_id, error: describeError(error) });
    await comeBack(delivery, pauseOf(error, delivery, ports), ports);
    throw error;
  }
  const owner = `${awsRequestId}:${randomUUID()}`;
  await workTrigger({ ...delivery, trigger, owner, deadlineMillis }, ports);
}

/** What the worker works with, from the environment. Throws the `ConfigError` of a faulty one. */
function workerPorts(options: RepliesHandlerOptions): WorkerPorts {
  const environment = options.environment ?? process.env;
  const given = options.clients ?? {};
  const { config, clock, log, metrics } = setUp(readWorkerConfig, environment, options);
  const secretsClient =
    given.secretsManager ?? new SecretsManagerClient({ ...WORKER_CLIENT, region: config.secretsRegion });
  const secrets = secretsManager(secretsClient, clock);
  const net = { fetch: given.fetch ?? fetch, clock, timeoutSeconds: TWILIO_TIMEOUT_SECONDS };
  const account = (conversation: Conversation, fresh?: boolean) =>
    twilioAccount(conversation, secrets, config.twilioBaseUrl, fresh);
  return {
    config,
    clock,
    log,
    metrics,
    net,
    random: Math.random,
    account,
    ask: askerOf(options, environment, { config, clock, metrics, secrets, net, account }),
    ...tablePorts(given.dynamodb ?? new DynamoDBClient(WORKER_CLIENT), config, clock),
    ...queuePorts(given.sqs ?? new SQSClient({ ...WORKER_CLIENT, ...ENVIRONMENT_ENDPOINT }), config, clock),
  };
}

/** Longest wait for one answer of Twilio (contract replies §5.4). */
const TWILIO_TIMEOUT_SECONDS = 10;

function tablePorts(dynamodb: DynamoClient, config: WorkerConfig, clock: Clock) {
  const { tables, ttlAttribute, stageTtlSeconds: ttlSeconds, archiveAtBytes } = config;
  const conversations = dynamoConversations(dynamodb, tables.conversations, clock);
  return {
    leases: dynamoLeases(dynamodb, tables.conversations, clock),
    append: recordAppend({ dynamodb, tables, conversations, clock, archiveAtBytes }),
    stage: dynamoStage(dynamodb, tables.stage, clock, { ttlSeconds, ttlAttribute }),
    triggerLock: dynamoTriggerLock(dynamodb, tables.triggerLock, clock, ttlAttribute),
  };
}

type DynamoClient = NonNullable<NonNullable<RepliesHandlerOptions['clients']>['dynamodb']>;

function queuePorts(sqs: DynamoClient, config: WorkerConfig, clock: Clock) {
  const { whatsappQueueUrl: QueueUrl, handoffQueueUrl } = config;
  return {
    triggers: sqsTriggerQueue(sqs, QueueUrl, clock),
    humans: sqsHumanQueue(sqs, handoffQueueUrl, clock),
    setVisibility: async (ReceiptHandle: string, VisibilityTimeout: number) => {
      const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout });
      await callAws(clock, 'sqs:ChangeMessageVisibility', () => sqs.send(command));
    },
  };
}
