import { TWILIO_TEST, type TwilioWebhook, twilioWebhook } from '../../../local/recordings/twilio.ts';
import { createTwilioStandIn } from '../../../local/stand-ins/twilio.ts';
import { type Item, plainItem, storedItem } from '../../../runtime/core/dynamodb-values.ts';
import type { HttpAnswer } from '../../../runtime/core/http-event.ts';
import { buildSweeperHandler } from '../../../runtime/replies/sweeper-handler.ts';
import { buildWebhookHandler } from '../../../runtime/replies/webhook-handler.ts';
import { lambdaContext } from '../../support/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeSecrets } from '../../support/fake-secrets.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { LogCapture } from '../../support/log-capture.ts';
import { type AwsCall, awsError, Tap } from '../../support/tap.ts';

export const CHANNEL_QUEUE = 'https://sqs.eu-north-1.amazonaws.com/123456789012/whatsapp';
export const HUMAN_QUEUE = 'https://sqs.eu-north-1.amazonaws.com/123456789012/human';
export const SECRET = 'twilio-credentials-whatsapp';
export const CONVERSATION = 'ci-t-001#pi-t-001#00000000-0000-4000-8000-000000000001#15005550001';
export const USER = TWILIO_TEST.userNumber;
/** The sid of form F. */
export const SID = `SM${'0'.repeat(31)}1`;
export const TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

const VARIABLES = {
  CONVERSATIONS_TABLE_NAME: 'conversations',
  STAGE_TABLE_NAME: 'stage',
  LOCK_TABLE_NAME: 'lock',
  CONVERSATIONS_ARCHIVE_TABLE: 'archive',
  WHATSAPP_QUEUE_URL: CHANNEL_QUEUE,
  HANDOFF_QUEUE_URL: HUMAN_QUEUE,
  METRICS_NAMESPACE: 'replies-test',
  LOG_HASH_KEY: 'hash-key-of-the-test',
  LOG_LEVEL: 'DEBUG',
};

const TABLES = {
  conversations: {
    hash: 'primary_channel',
    range: 'conversation_id',
    indexes: {
      'company-whatsapp-number-recipient-tel-index': {
        hash: 'gsi_company_whatsapp_number',
        range: 'gsi_recipient_tel',
      },
    },
  },
  stage: {
    hash: 'conversation_id',
    range: 'message_sid',
    indexes: { 'due-index': { hash: 'due_shard', range: 'due_at', types: { due_shard: 'N', due_at: 'N' } } },
  },
  lock: 'conversation_id',
  archive: { hash: 'conversation_id', range: 'entry_no', types: { entry_no: 'N' } },
} as const;

/** Record R of the contract's test data, with what is given put in its place. */
export const recordR = (changes: Readonly<Record<string, unknown>> = {}) => ({
  primary_channel: USER,
  conversation_id: CONVERSATION,
  conversation_status: 'template_sent',
  messages: [],
  ai_config: { api_key_reference: 'openai-api-key-replies-engine', assistant_id_replies: 'greeter' },
  channel_config: {
    company_whatsapp_number: TWILIO_TEST.companyNumber,
    whatsapp_credentials_id: SECRET,
  },
  thread_id: null,
  created_at: '2026-11-20T09:00:00.000Z',
  updated_at: '2026-11-20T09:00:00.000Z',
  task_complete: 0,
  project_status: 'active',
  allowed_channels: ['whatsapp', 'sms'],
  company_id: 'ci-t-001',
  project_id: 'pi-t-001',
  gsi_company_whatsapp_number: TWILIO_TEST.companyNumber,
  gsi_recipient_tel: USER,
  ...changes,
});

/** V1: form F, signed. */
export const formF = (options: Parameters<typeof twilioWebhook>[0] = {}) =>
  twilioWebhook({ messageSid: SID, ...options });

export interface EventOptions {
  readonly base64?: boolean;
  /** The domain that the gateway says it has; by default that of the address. */
  readonly host?: string;
}

/** The request as a REST API hands it over. */
export function twilioEvent(
  { url, headers, body }: Pick<TwilioWebhook, 'url' | 'headers' | 'body'>,
  { base64 = false, host }: EventOptions = {},
) {
  const { pathname, searchParams, hostname } = new URL(url);
  const [, stage = '', ...rest] = pathname.split('/');
  const path = `/${rest.join('/')}`;
  const query = Object.fromEntries(searchParams);
  const isQueried = Object.keys(query).length > 0;
  return {
    resource: path,
    path,
    httpMethod: 'POST',
    headers,
    queryStringParameters: isQueried ? query : null,
    requestContext: { httpMethod: 'POST', stage, path: pathname, domainName: host ?? hostname },
    body: base64 ? Buffer.from(body).toString('base64') : body,
    isBase64Encoded: base64,
  };
}

/** Webhook and sweeper over shared fakes; the record R stands in its table unless other records are given. */
export function webhookWorld(
  options: {
    readonly records?: readonly Readonly<Record<string, unknown>>[];
    readonly variables?: Readonly<Record<string, string>>;
  } = {},
) {
  const clock = new FakeClock();
  const tap = new Tap();
  const dynamodb = new FakeDynamoDb(TABLES, tap);
  const sqs = new FakeSqs(clock, [{ url: CHANNEL_QUEUE }, { url: HUMAN_QUEUE }], tap);
  const secretsManager = new FakeSecrets(tap);
  const nowMillis = () => clock.nowMillis();
  const { accountSid, authToken } = TWILIO_TEST;
  secretsManager.secrets.set(
    SECRET,
    JSON.stringify({ twilio_account_sid: accountSid, twilio_auth_token: authToken }),
  );
  for (const record of options.records ?? [recordR()]) dynamodb.seed(storedItem(record), 'conversations');
  const twilio = createTwilioStandIn({ accountSid, authToken, nowMillis });
  const log = new LogCapture();
  const clients = { dynamodb, sqs, secretsManager, clock, fetch: twilio.fetch };
  const settings = {
    clients,
    environment: { ...VARIABLES, ...options.variables },
    writeLog: log.write,
  };
  const webhook = buildWebhookHandler(settings);
  const sweeper = buildSweeperHandler(settings);
  const plainItems = (table: string) =>
    [...dynamodb.items(table).values()].map((item) => plainItem(item as Item));
  return {
    clock,
    tap,
    dynamodb,
    sqs,
    secretsManager,
    twilio,
    log,
    settings,
    post: (request: TwilioWebhook, how?: EventOptions): Promise<HttpAnswer> =>
      webhook(twilioEvent(request, how), lambdaContext()),
    handle: webhook,
    sweep: () => sweeper({}, lambdaContext()),
    seed: (item: Readonly<Record<string, unknown>>, table: string) => dynamodb.seed(storedItem(item), table),
    /** The record R, or another of the same user. */
    record: (conversationId = CONVERSATION) =>
      plainItem((dynamodb.item([USER, conversationId], 'conversations') ?? {}) as Item),
    rows: () => plainItems('stage'),
    locks: () => plainItems('lock'),
    triggers: () => sqs.messages(CHANNEL_QUEUE),
    humanMessages: () =>
      sqs.messages(HUMAN_QUEUE).map(({ body }) => JSON.parse(body) as Record<string, unknown>),
    /** Sum of a metric. */
    metric: (name: string) =>
      log.lines.reduce((sum, line) => sum + (typeof line[name] === 'number' ? line[name] : 0), 0),
  };
}

export type WebhookWorld = ReturnType<typeof webhookWorld>;

/** The operations that change anything. */
export const writesOf = ({ tap }: WebhookWorld) =>
  tap.calls.filter((name) => !['Query', 'GetItem', 'GetSecretValue'].includes(name));

/** Whether a call is this operation, on this table if one is named. */
export const isCall = ({ name, input }: AwsCall, operation: string, table?: string) =>
  name === operation && (table === undefined || input.TableName === table);

/** Every such call fails until the world's tap is cleared of it. */
export function breakCalls(
  { tap }: WebhookWorld,
  operation: string,
  error: { readonly name: string; readonly status: number; readonly table?: string; readonly times?: number },
): void {
  let left = error.times ?? Number.POSITIVE_INFINITY;
  tap.before = (call) => {
    if (left <= 0 || !isCall(call, operation, error.table)) return;
    left -= 1;
    throw awsError(error.name, error.status);
  };
}

/**
 * Runs an invocation that dies right after its `count`-th such call: nothing of it goes on. Resolves at its death;
 * the next invocations live.
 */
export function killAfter(
  { tap }: WebhookWorld,
  operation: string,
  run: () => Promise<unknown>,
  { table, count = 1 }: { readonly table?: string; readonly count?: number } = {},
): Promise<void> {
  let left = count;
  return new Promise((resolve, reject) => {
    tap.after = (call) => {
      if (!isCall(call, operation, table) || --left > 0) return;
      tap.after = undefined;
      resolve();
      return new Promise<void>(() => undefined);
    };
    run().then(() => reject(new Error(`It ended without ${operation}`)), reject);
  });
}

/** Minutes pass, with the sweeper at each of them. */
export async function sweepFor(world: WebhookWorld, minutes: number): Promise<void> {
  for (let minute = 0; minute < minutes; minute++) {
    await world.clock.advance(60_000);
    await world.sweep();
  }
}
