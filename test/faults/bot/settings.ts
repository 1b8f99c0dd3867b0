import type { Scenario } from './schedule.ts';

export const QUEUE_URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/hookline.fifo';
export const DEAD_LETTER_URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/hookline-dlq.fifo';
export const APP_SECRET = 'app-secret';
export const WEBHOOK_SECRET = 'webhook-secret';
export const PHONE_NUMBER_ID = '100000000000001';

/** Of ids in the log. */
export const LOG_HASH_KEY = 'log-hash-key';

/** The secrets, as they stand in the parameter. */
export const ENV_TEXT = `WHATSAPP_TOKEN=token
WHATSAPP_PHONE_NUMBER_ID=${PHONE_NUMBER_ID}
WHATSAPP_VERIFY_TOKEN=verify
WHATSAPP_APP_SECRET=${APP_SECRET}
TELEGRAM_TOKEN=123:token
TELEGRAM_WEBHOOK_SECRET_TOKEN=${WEBHOOK_SECRET}
LOG_HASH_KEY=${LOG_HASH_KEY}
`;

/** The variables that the stack sets, with a send's timeout well below the function's. */
export const botEnvironment = ({ mode, channel, policy }: Scenario): Readonly<Record<string, string>> => ({
  BOT_TYPE: channel,
  ENV_PARAMETER_NAME: '/hookline/prod/env',
  MAWS_BUSY_POLICY: mode,
  MAWS_QUEUE_URL: mode === 'drop' ? '' : QUEUE_URL,
  WORKER_FUNCTION_NAME: 'worker',
  LOCKS_TABLE_NAME: 'locks',
  LOCK_TTL_SECONDS: '180',
  BUCKET_NAME: 'bucket',
  CAPTURE_FAILED_EVENTS: 'true',
  SEND_AMBIGUITY_POLICY: policy,
  WHATSAPP_VERIFY_SIGNATURE: 'true',
  TELEGRAM_WEBHOOK_SECRET_REQUIRED: 'true',
  // Signs are not waited for, and nothing is promised of them.
  TYPING_INDICATOR: 'false',
  MAX_RECEIVE_COUNT: '5',
  ASYNC_RETRY_ATTEMPTS: '2',
  DELIVERY_TIMEOUT: '8',
  // Late duplicates must reach the ledger, not end at the age limit.
  MAX_ALLOWED_MESSAGE_DELAY: '864000',
});
