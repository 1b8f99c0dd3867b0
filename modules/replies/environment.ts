import type { SweeperVariable, WebhookVariable, WorkerVariable } from '../../runtime/replies/config.ts';
import { attribute, choose, expression, given, hcl, type Optional, unwrap } from '../parts/optional.ts';
import type { Place } from '../parts/place.ts';
import type { Replies, RepliesValues } from './index.ts';
import type { Names } from './names.ts';

/** What the variables are read from. */
export interface Surroundings {
  readonly values: RepliesValues;
  readonly names: Names;
  readonly parts: Pick<Replies, 'tables' | 'queues'>;
  readonly place: Place;
}

const orEmpty = (value: Optional<string>): string => choose(given(value), unwrap(value) ?? '', '');

function sharedEnvironment({ values, names, parts, place }: Surroundings) {
  const { tables, queues } = parts;
  return {
    WHATSAPP_QUEUE_URL: attribute(queues.channel, 'url'),
    HANDOFF_QUEUE_URL: attribute(queues.handoff, 'url'),
    CONVERSATIONS_ARCHIVE_TABLE: tables.archive.tableName,
    BATCH_WINDOW_SECONDS: `${values.batchWindowSeconds}`,
    TTL_BUFFER_SECONDS: `${values.ttlBufferSeconds}`,
    ARCHIVE_AT_BYTES: `${values.archiveAtBytes}`,
    MAX_RECEIVE_COUNT: `${values.maxReceiveCount}`,
    DYNAMODB_TTL_ATTRIBUTE: values.dynamodbTtlAttribute,
    ENVIRONMENT_NAME: names.environment,
    METRICS_NAMESPACE: names.metricsNamespace,
    LOG_HASH_KEY: logHashKey(values.logHashKey, place.account, tables.conversations.tableArn),
    LOG_LEVEL: values.logLevel,
  };
}

/** Without a key of the user's: the same for everyone who shares the table, secret from nobody in the account. */
function logHashKey(own: Optional<string>, account: string, tableArn: string): string {
  const made = expression(`sha256(${hcl(`${account}:${tableArn}`)})`);
  return choose(given(own), unwrap(own) ?? '', made);
}

const tableNames = ({ parts: { tables } }: Surroundings) => ({
  CONVERSATIONS_TABLE: tables.conversations.tableName,
  CONVERSATIONS_STAGE_TABLE: tables.stage.tableName,
  CONVERSATIONS_TRIGGER_LOCK_TABLE: tables.triggerLock.tableName,
});

export function webhookEnvironment(from: Surroundings): Record<WebhookVariable, string> {
  const { values, parts } = from;
  return {
    ...sharedEnvironment(from),
    CONVERSATIONS_TABLE_NAME: parts.tables.conversations.tableName,
    STAGE_TABLE_NAME: parts.tables.stage.tableName,
    LOCK_TABLE_NAME: parts.tables.triggerLock.tableName,
    SECRETS_MANAGER_REGION: orEmpty(values.secretsManagerRegion),
    PUBLIC_WEBHOOK_URL: orEmpty(values.publicWebhookUrl),
    // The API comes after the function, and the webhook's one message needs no callbacks.
    STATUS_CALLBACK_URL: '',
    INVALID_SIGNATURE_STATUS: values.invalidSignatureStatus,
    STAGE_TTL_SECONDS: `${values.stageTtlSeconds}`,
  };
}

/** `statusUrl`: where Twilio reports what became of a message. */
export function workerEnvironment(from: Surroundings, statusUrl: string): Record<WorkerVariable, string> {
  const { values } = from;
  return {
    ...sharedEnvironment(from),
    ...tableNames(from),
    SECRETS_MANAGER_REGION: orEmpty(values.secretsManagerRegion),
    SQS_HEARTBEAT_INTERVAL_MS: `${values.heartbeatIntervalMs}`,
    STATUS_CALLBACK_URL: statusUrl,
    MODEL_TIMEOUT_MS: `${values.modelTimeoutMs}`,
    MODEL_PROVIDER: orEmpty(values.modelProvider),
    MODEL_BASE_URL: orEmpty(values.modelBaseUrl),
    MAX_BATCH_CHARS: `${values.maxBatchChars}`,
    MAX_TURNS_PER_HOUR: `${values.maxTurnsPerHour}`,
    MAX_REPLY_PARTS: `${values.maxReplyParts}`,
    REPLY_FORMAT: values.replyFormat,
    HANDOFF_SEND_DRAFT: `${values.handoffSendDraft}`,
    SEND_AMBIGUITY_POLICY: values.sendAmbiguityPolicy,
  };
}

export const sweeperEnvironment = (from: Surroundings): Record<SweeperVariable, string> => ({
  ...sharedEnvironment(from),
  ...tableNames(from),
});
