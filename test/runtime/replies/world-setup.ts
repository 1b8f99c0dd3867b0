import { TWILIO_TEST, type TwilioWebhook } from '../../../local/recordings/twilio.ts';
import type { Prompts } from '../../../runtime/models/prompts.ts';
import type { InvocationContext, RepliesHandlerOptions } from '../../../runtime/replies/options.ts';
import { buildSweeperHandler } from '../../../runtime/replies/sweeper-handler.ts';
import { buildWebhookHandler } from '../../../runtime/replies/webhook-handler.ts';
import { buildWorkerHandler } from '../../../runtime/replies/worker-handler.ts';
import { PROMPT } from './records.ts';
import { TABLES } from './tables.ts';

/** How the functions of the test world are deployed. */

const QUEUES = 'https://sqs.eu-north-1.amazonaws.com/123456789012';
export const CHANNEL_QUEUE = `${QUEUES}/whatsapp-queue`;
export const CHANNEL_DLQ = `${QUEUES}/whatsapp-dlq`;
export const HUMAN_QUEUE = `${QUEUES}/human-handoff-queue`;
export const STATUS_URL = `${TWILIO_TEST.url}/status`;
export const MAX_RECEIVES = 5;

export type FunctionName = 'webhook' | 'worker' | 'sweeper';
export type Handler = (event: unknown, context: InvocationContext) => Promise<unknown>;

export const CHANNEL_ARN = 'arn:aws:sqs:eu-north-1:123456789012:whatsapp-queue';

export const BUILDERS: Readonly<Record<FunctionName, (options: RepliesHandlerOptions) => Handler>> = {
  webhook: buildWebhookHandler,
  worker: buildWorkerHandler,
  sweeper: buildSweeperHandler,
};

export const PROMPTS: Prompts = {
  byReference: new Map([
    [
      PROMPT,
      {
        id: PROMPT,
        version: '1',
        provider: 'openai',
        model: 'gpt-test',
        instructions: 'You answer for {{company_name}}.',
        images: false,
      },
    ],
  ]),
};

export const VARIABLES: Readonly<Record<string, string>> = {
  AWS_REGION: 'eu-north-1',
  ENVIRONMENT_NAME: 'dev',
  CONVERSATIONS_TABLE: TABLES.conversations,
  CONVERSATIONS_STAGE_TABLE: TABLES.stage,
  CONVERSATIONS_TRIGGER_LOCK_TABLE: TABLES.triggerLock,
  CONVERSATIONS_ARCHIVE_TABLE: TABLES.archive,
  WHATSAPP_QUEUE_URL: CHANNEL_QUEUE,
  HANDOFF_QUEUE_URL: HUMAN_QUEUE,
  SQS_HEARTBEAT_INTERVAL_MS: '300000',
  MAX_RECEIVE_COUNT: String(MAX_RECEIVES),
  STATUS_CALLBACK_URL: STATUS_URL,
  LOG_LEVEL: 'DEBUG',
  LOG_HASH_KEY: 'log-key',
};

/** A request as a REST API with the stage `dev` hands it on. */
export function restEvent({ url, body, headers }: TwilioWebhook, method = 'POST'): object {
  const { pathname, searchParams, host } = new URL(url);
  const path = pathname.replace(/^\/dev/, '');
  const query = Object.fromEntries(searchParams);
  const many = Object.keys(query).map((name) => [name, searchParams.getAll(name)]);
  const isQuery = many.length > 0;
  return {
    resource: path,
    path,
    httpMethod: method,
    headers: { Host: host, ...headers },
    multiValueHeaders: null,
    queryStringParameters: isQuery ? query : null,
    multiValueQueryStringParameters: isQuery ? Object.fromEntries(many) : null,
    requestContext: { httpMethod: method, stage: 'dev', path: pathname, domainName: host },
    body,
    isBase64Encoded: false,
  };
}
