import { expect, onTestFinished } from 'vitest';
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
import { CONVERSATION, SID, recordR as storedR, TWILIO_SECRET, USER } from './records.ts';
import { SCHEMAS, TABLES } from './tables.ts';
import { CHANNEL_QUEUE, HUMAN_QUEUE, VARIABLES } from './world-setup.ts';

export const TWIML = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>';

/** Record R as plain data, with what is given put in its place. */
export const recordR = (changes: Readonly<Record<string, unknown>> = {}) => plainItem(storedR(changes));

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

/** What no log line may hold: numbers, the auth token, texts and names of the tests' messages. */
const PRIVATE =
  /1500555\d{4}|0123456789abcdef|Ana|Zoë|"(Hi|hello| ?stop ?|START|and now\?)"|reply SM|Nobody reads/;

/** Webhook and sweeper over shared fakes; the record R stands in its table unless other records are given. */
export function webhookWorld(
  options: {
    readonly records?: readonly Readonly<Record<string, unknown>>[];
    readonly variables?: Readonly<Record<string, string>>;
  } = {},
) {
  const clock = new FakeClock();
  const tap = new Tap();
  const dynamodb = new FakeDynamoDb(SCHEMAS, tap);
  const sqs = new FakeSqs(clock, [{ url: CHANNEL_QUEUE }, { url: HUMAN_QUEUE }], tap);
  const secretsManager = new FakeSecrets(tap);
  const nowMillis = () => clock.nowMillis();
  const { accountSid, authToken } = TWILIO_TEST;
  secretsManager.secrets.set(
    TWILIO_SECRET,
    JSON.stringify({ twilio_account_sid: accountSid, twilio_auth_token: authToken }),
  );
  for (const record of options.records ?? [recordR()])
    dynamodb.seed(storedItem(record), TABLES.conversations);
  const twilio = createTwilioStandIn({ accountSid, authToken, nowMillis });
  const log = new LogCapture();
  const clients = { dynamodb, sqs, secretsManager, clock, fetch: twilio.fetch };
  const settings = {
    clients,
    environment: { ...VARIABLES, STATUS_CALLBACK_URL: '', ...options.variables },
    writeLog: log.write,
  };
  onTestFinished(() => {
    expect(log.text).not.toMatch(PRIVATE);
    expect(tap.calls).not.toContain('Scan');
  });
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
      plainItem((dynamodb.item([USER, conversationId], TABLES.conversations) ?? {}) as Item),
    rows: () => plainItems(TABLES.stage),
    locks: () => plainItems(TABLES.triggerLock),
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
