import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { onTestFinished } from 'vitest';
import type { CommandAws } from '../../../cli/deployed.ts';
import {
  telegramWebhook,
  type WebhookOptions,
  whatsappSignature,
  whatsappStatusWebhook,
  whatsappWebhook,
} from '../../../local/recordings/webhooks.ts';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import type { Agent } from '../../../runtime/bot/agent.ts';
import { buildLambdaHandler } from '../../../runtime/bot/handler.ts';
import type { HttpAnswer } from '../../../runtime/core/http-event.ts';
import { hookline } from '../../cli/capture.ts';
import { httpEvent, lambdaContext, type RequestParts, recordOf, sqsEvent } from '../../support/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { FakeLogs } from '../../support/fake-logs.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { FakeSsm } from '../../support/fake-ssm.ts';
import { type Fields, Tap } from '../../support/tap.ts';

export const JOBS_URL = 'https://sqs.example/shop-jobs.fifo';
const APP_SECRET = 'app-secret';
const TELEGRAM_SECRET = 'secret_token-1';
/** Lambda's tries of an asynchronous event. */
const ASYNC_TRIES = 3;
const MAX_RECEIVES = 5;

export interface JointOptions {
  readonly policy: 'drop' | 'fifo' | 'merge';
  readonly provider: 'whatsapp' | 'telegram';
  readonly agent?: Agent;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A text message, and what is changed in it before it is signed. */
export interface JointMessage extends WebhookOptions {
  /** Gets the message as the platform writes it, and the value of WhatsApp's change around it. */
  readonly edit?: (message: Fields, value: Fields) => void;
}

function edited(body: string, edit: JointMessage['edit']): string {
  if (!edit) return body;
  const whole = JSON.parse(body) as Fields;
  const value = whole.entry?.[0].changes[0].value ?? whole;
  edit(value.messages?.[0] ?? value.message, value);
  return JSON.stringify(whole);
}

/** The bot `shop`, both hops as deployed on fakes, with its logs; and the command that an operator has. */
export function jointWorld({ policy, provider, agent, environment = {} }: JointOptions) {
  const clock = new FakeClock();
  const tap = new Tap();
  const isQueued = policy !== 'drop';
  const deadUrl = isQueued ? 'https://sqs.example/shop-dead.fifo' : 'https://sqs.example/shop-dead';
  const queue = { visibilityTimeoutSeconds: 180, maxReceiveCount: MAX_RECEIVES, deadLetterUrl: deadUrl };
  const sqs = new FakeSqs(clock, [{ url: JOBS_URL, ...queue }, { url: deadUrl }], tap);
  const s3 = new FakeS3(['bucket'], tap);
  const dynamodb = new FakeDynamoDb({ locks: 'user_id' }, tap);
  const lambda = new FakeLambda(tap);
  const ssm = new FakeSsm(tap);
  const logs = new FakeLogs(['/aws/lambda/shop-ingress', '/aws/lambda/shop-worker']);
  const nowMillis = () => clock.nowMillis();
  const platform = (provider === 'whatsapp' ? createGraphStandIn : createTelegramStandIn)({ nowMillis });
  const tmp = mkdtempSync(join(tmpdir(), 'hookline-joint-'));
  onTestFinished(() => rmSync(tmp, { recursive: true, force: true }));

  const variables = {
    BOT_TYPE: provider,
    BUCKET_NAME: 'bucket',
    LOCKS_TABLE_NAME: 'locks',
    MAWS_BUSY_POLICY: policy,
    MAWS_QUEUE_URL: isQueued ? JOBS_URL : '',
    WORKER_FUNCTION_NAME: 'shop-worker:live',
    ENV_PARAMETER_NAME: '/shop/prod/env',
    CAPTURE_FAILED_EVENTS: 'true',
    // A fault that a test plays is meant for the reply.
    TYPING_INDICATOR: 'false',
    MAX_RECEIVE_COUNT: String(MAX_RECEIVES),
    ASYNC_RETRY_ATTEMPTS: String(ASYNC_TRIES - 1),
    MAWS_TMP_DIR: tmp,
    ...environment,
  };
  lambda.functions.set('shop-worker', variables);
  ssm.parameters.set(
    '/shop/prod/env',
    `WHATSAPP_TOKEN=graph-token\nWHATSAPP_PHONE_NUMBER_ID=100000000000001\nWEBHOOK_VERIFY_TOKEN=verify
WHATSAPP_APP_SECRET=${APP_SECRET}\nTELEGRAM_TOKEN=1:token\nTELEGRAM_WEBHOOK_SECRET_TOKEN=${TELEGRAM_SECRET}\n`,
  );

  const hop = (name: 'ingress' | 'worker') =>
    buildLambdaHandler(undefined, {
      environment: variables,
      ...(agent && { agent }),
      clients: { s3, dynamodb, sqs, lambda, ssm, clock, fetch: platform.fetch },
      writeLog: (line) => logs.write(`/aws/lambda/shop-${name}`, clock.nowMillis(), line),
    });
  let ingress = hop('ingress');
  const worker = hop('worker');

  const webhook = ({ edit, ...options }: JointMessage) => {
    const parts = { sentMillis: clock.nowMillis(), ...options };
    if (provider === 'telegram') {
      const made = telegramWebhook({ ...parts, secretToken: TELEGRAM_SECRET });
      return { ...made, body: edited(made.body, edit) };
    }
    const made = whatsappWebhook({ ...parts, appSecret: APP_SECRET });
    const body = edited(made.body, edit);
    return { ...made, body, headers: { 'x-hub-signature-256': whatsappSignature(body, APP_SECRET) } };
  };
  const send = async (request: RequestParts) =>
    (await ingress(httpEvent(request), lambdaContext())) as HttpAnswer;
  const post = (options: JointMessage) => send(webhook(options));

  /** Asynchronous invocations that Lambda has taken and not run to their end. */
  const waiting: { readonly payload: unknown; tries: number }[] = [];
  lambda.onInvoke = ({ payload, invocationType }) => {
    if (invocationType === 'Event') waiting.push({ payload, tries: 0 });
  };
  const context = () => lambdaContext({ clock });
  const runInvocation = async (one: (typeof waiting)[number]): Promise<void> => {
    one.tries += 1;
    try {
      await worker(one.payload, context());
      waiting.splice(waiting.indexOf(one), 1);
    } catch {
      if (one.tries < ASYNC_TRIES) return;
      waiting.splice(waiting.indexOf(one), 1);
      const MessageBody = JSON.stringify({ requestPayload: one.payload });
      await sqs.send(new SendMessageCommand({ QueueUrl: deadUrl, MessageBody }));
    }
  };
  const runRecords = async (): Promise<void> => {
    const input = { QueueUrl: JOBS_URL, MaxNumberOfMessages: policy === 'merge' ? 10 : 1 };
    const { Messages = [] } = await sqs.send(new ReceiveMessageCommand(input));
    const ids = new Set((Messages as { MessageId: string }[]).map(({ MessageId }) => MessageId));
    if (ids.size === 0) return;
    const taken = sqs.messages(JOBS_URL).filter(({ messageId }) => ids.has(messageId));
    const records = taken.map((message) => recordOf({ ...message }));
    const answer = await worker(sqsEvent(records), context());
    const { batchItemFailures } = answer as { batchItemFailures: { itemIdentifier: string }[] };
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of records)
      if (!failed.has(messageId ?? ''))
        await sqs.send(new DeleteMessageCommand({ QueueUrl: JOBS_URL, ReceiptHandle: receiptHandle }));
  };

  /** One run of whatever waits: each invocation once, or one receive of the queue. */
  const work = async (): Promise<void> => {
    if (isQueued) return runRecords();
    for (const one of [...waiting]) await runInvocation(one);
  };
  /** Until nothing waits any more; each failure is waited out. */
  const workOff = async (): Promise<void> => {
    for (let round = 0; round < 3 * MAX_RECEIVES; round++) {
      await work();
      if (waiting.length + sqs.messages(JOBS_URL).length === 0) return;
      clock.jump(600_000);
    }
    // A receive too many moves the message to the dead-letter queue.
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: JOBS_URL }));
  };
  /** WhatsApp reports what became of the messages that it took. */
  const report = async (status: 'sent' | 'delivered' | 'read'): Promise<void> => {
    for (const call of platform.sent) await send(whatsappStatusWebhook(call, status, APP_SECRET));
  };

  /** The front hop in a container that remembers nothing. */
  const coldIngress = (): void => {
    ingress = hop('ingress');
  };

  const client =
    <T>(value: T) =>
    async () =>
      value;
  const unused = async () => {
    throw new Error('A bot has no such service');
  };
  const aws: CommandAws = {
    clock,
    s3: client(s3),
    dynamodb: client(dynamodb),
    sqs: client(sqs),
    lambda: client(lambda),
    ssm: client(ssm),
    logs: client(logs),
    secretsManager: unused,
    cloudwatch: unused,
  };
  /** As Lambda does for an invocation that is waited for. */
  const waitingLambda = {
    async send({ input }: { readonly input: Fields }) {
      const answer = await worker(JSON.parse(Buffer.from(input.Payload).toString()), context()).catch(
        ({ name, message }: Error) => ({ failure: { errorType: name, errorMessage: message } }),
      );
      const isFailure = typeof answer === 'object' && answer !== null && 'failure' in answer;
      const Payload = Buffer.from(JSON.stringify(isFailure ? answer.failure : answer));
      return { StatusCode: 200, Payload, ...(isFailure && { FunctionError: 'Unhandled' }) };
    },
  };
  const redriveClients = async () => ({ sqs, lambda: waitingLambda, clock });
  const command = (...args: string[]) => hookline([...args, '--project', 'shop'], { aws, redriveClients });

  return {
    ...{ clock, tap, s3, dynamodb, sqs, lambda, ssm, logs, platform, deadUrl, aws, variables },
    ...{ webhook, post, send, work, workOff, report, command, worker, waiting, coldIngress },
  };
}

export type JointWorld = ReturnType<typeof jointWorld>;
