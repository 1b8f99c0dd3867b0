import type { IngressVariable, WorkerVariable } from '../../runtime/bot/config.ts';
import { attribute, type Condition, choose, expression, hcl, isExpression } from '../parts/optional.ts';
import { ALIAS } from '../parts/warm.ts';
import type { Bot, BotValues } from './index.ts';
import { FAILED_EVENTS_PREFIX, FILES_PREFIX, HISTORY_PREFIX, SECRETS_PREFIX } from './policies.ts';

type Parts = Pick<Bot, 'bucket' | 'lockTable' | 'queues' | 'parameter'>;

/** What both functions read. Secrets are never here: they are in the SSM parameter. */
function commonEnvironment(values: BotValues, isQueued: Condition, parts: Parts) {
  return {
    BOT_TYPE: values.botType,
    ENV_PARAMETER_NAME: parts.parameter.parameterName,
    MAWS_BUSY_POLICY: values.busyPolicy,
    MAWS_QUEUE_URL: choose(isQueued, attribute(parts.queues.jobs, 'url'), ''),
    LOCKS_TABLE_NAME: parts.lockTable.tableName,
    BUCKET_NAME: parts.bucket.bucketName,
    CAPTURE_FAILED_EVENTS: `${values.captureFailedEvents}`,
    FAILED_EVENTS_S3_PREFIX: FAILED_EVENTS_PREFIX,
  };
}

export function ingressEnvironment(
  values: BotValues,
  isQueued: Condition,
  parts: Parts,
): Record<IngressVariable, string> {
  // Unset, the runtime still checks signatures when it has the secret.
  const required = choose(values.allowUnsignedWebhooks, '', 'true');
  return {
    ...commonEnvironment(values, isQueued, parts),
    WORKER_FUNCTION_NAME: `${values.name}-worker:${ALIAS}`,
    WHATSAPP_VERIFY_SIGNATURE: required,
    TELEGRAM_WEBHOOK_SECRET_REQUIRED: required,
  };
}

/** One function for both needs the ingress's variables, too; they harm no worker. */
export function workerEnvironment(
  values: BotValues,
  isQueued: Condition,
  parts: Parts,
): Record<IngressVariable | WorkerVariable, string> {
  return {
    ...ingressEnvironment(values, isQueued, parts),
    LOCK_TTL_SECONDS: `${values.lockTtlSeconds}`,
    HISTORY_S3_PREFIX: HISTORY_PREFIX,
    MAX_RECEIVE_COUNT: `${values.maxReceiveCount}`,
    ASYNC_RETRY_ATTEMPTS: `${values.asyncRetryAttempts}`,
    SPECIAL_TOKEN_FILES_JSON: json(values.specialTokenFiles),
    TOKEN_ENV_MAP_JSON: json(values.tokenEnvMap),
    TOKENS_S3_PREFIX: SECRETS_PREFIX,
    SYNC_TOKENS_S3: `${values.syncTokensS3}`,
    TOKEN_WRITE_BACK: `${values.tokenWriteBack}`,
    PERSIST_FILES_S3: `${values.persistFiles}`,
    FILES_S3_PREFIX: FILES_PREFIX,
  };
}

const json = (value: unknown): string =>
  isExpression(value) ? expression(`jsonencode(${hcl(value)})`) : JSON.stringify(value);
