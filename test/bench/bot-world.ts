import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type WebhookOptions,
  whatsappSignature,
  whatsappStatusWebhook,
  whatsappWebhook,
} from '../../local/recordings/webhooks.ts';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
import type { Agent } from '../../runtime/bot/agent.ts';
import type { BusyPolicy } from '../../runtime/bot/config.ts';
import { buildIngressHandler } from '../../runtime/bot/ingress-handler.ts';
import { buildWorkerHandler } from '../../runtime/bot/worker-handler.ts';
import type { Clock } from '../../runtime/core/clock.ts';
import { httpEvent, lambdaContext, type RequestParts, sqsEvent } from '../support/events.ts';
import { FakeDynamoDb } from '../support/fake-dynamodb.ts';
import { FakeLambda } from '../support/fake-lambda.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { FakeSqs } from '../support/fake-sqs.ts';
import { FakeSsm } from '../support/fake-ssm.ts';
import { type AwsCall, Tap } from '../support/tap.ts';

export interface BenchWorldOptions {
  readonly policy: BusyPolicy;
  /** Default true. */
  readonly table?: boolean;
  readonly clock: Clock;
  /** Default: the one that echoes. */
  readonly agent?: Agent;
}

/** A call to AWS, or a message sent to the platform. */
export interface RecordedCall {
  readonly hop: 'front' | 'worker';
  readonly name: string;
  /** Absent for the platform's. */
  readonly call?: AwsCall;
}

const QUEUE = 'https://sqs.eu-central-1.amazonaws.com/123456789012/hookline.fifo';
const APP_SECRET = 'secret';
const SECRETS = `WHATSAPP_TOKEN=token
WHATSAPP_PHONE_NUMBER_ID=100000000000001
WHATSAPP_VERIFY_TOKEN=verify
WHATSAPP_APP_SECRET=${APP_SECRET}
`;

export type BenchWorld = ReturnType<typeof benchWorld>;

/** Both functions of a default stack on fakes, one environment each; every call is recorded. */
export function benchWorld({ policy, table = true, clock, agent }: BenchWorldOptions) {
  const tmp = mkdtempSync(path.join(tmpdir(), 'hookline-bench-'));
  const tap = new Tap();
  const recorded: RecordedCall[] = [];
  let hop: RecordedCall['hop'] = 'front';
  tap.before = (call) => {
    recorded.push({ hop, name: call.name, call });
  };
  const aws = {
    s3: new FakeS3(['bucket'], tap),
    dynamodb: new FakeDynamoDb({ locks: 'user_id' }, tap),
    ssm: new FakeSsm(tap),
    lambda: new FakeLambda(tap),
    sqs: new FakeSqs(clock, [{ url: QUEUE }], tap),
  };
  aws.ssm.parameters.set('/hookline/prod/env', SECRETS);
  const graph = createGraphStandIn({ nowMillis: () => clock.nowMillis() });
  const graphFetch: typeof fetch = (...request) => {
    recorded.push({ hop, name: 'send' });
    sends += 1;
    return graph.fetch(...request);
  };
  let logBytes = 0;
  let sends = 0;
  const options = {
    clients: { ...aws, clock, fetch: graphFetch },
    environment: environmentOf(policy, table, tmp),
    ...(agent && { agent }),
    writeLog: (line: string) => {
      logBytes += Buffer.byteLength(line) + 1;
    },
  };
  const cold = () => ({
    ingress: buildIngressHandler(undefined, options),
    worker: buildWorkerHandler(undefined, options),
  });
  let functions = cold();

  const webhook = (chatId: string, eventId: string, { numberAlone, ...said }: Said = {}) => {
    const sentMillis = clock.nowMillis();
    const made = whatsappWebhook({ chatId, eventId, sentMillis, appSecret: APP_SECRET, ...said });
    return numberAlone ? withoutUserIds(made) : made;
  };
  const front = async (request: RequestParts) => {
    hop = 'front';
    await functions.ingress(httpEvent(request), lambdaContext());
    return handedOver(recorded);
  };
  const work = async (event: unknown) => {
    hop = 'worker';
    await functions.worker(event, lambdaContext());
  };

  return {
    ...aws,
    clock,
    graph,
    recorded,
    webhook,
    front,
    work,
    get logBytes() {
      return logBytes;
    },
    /** Messages sent to the platform, those before `clear` too. */
    get sends() {
      return sends;
    },
    /** One message from the webhook to the reply. */
    async message(...message: Parameters<typeof webhook>): Promise<void> {
      const event = await front(webhook(...message));
      if (event) await work(event);
    },
    /** Queued messages that the worker receives at once. */
    async together(chatId: string, eventIds: readonly string[]): Promise<void> {
      const records = [];
      for (const eventId of eventIds) records.push(await front(webhook(chatId, eventId)));
      await work({ Records: records.flatMap((event) => (event as { Records: object[] }).Records) });
    },
    /** The platform tells what became of the last reply. */
    async status(): Promise<void> {
      const call = graph.sent.at(-1);
      if (call) await front(whatsappStatusWebhook(call, 'delivered', APP_SECRET));
    },
    /** The next call of each function meets a new environment. */
    freeze() {
      functions = cold();
    },
    /** Forgets what was recorded so far. */
    clear() {
      recorded.length = 0;
      logBytes = 0;
    },
    close: () => rmSync(tmp, { recursive: true, force: true }),
  };
}

/** Time is measured of work that was done: throws where a message was turned away. */
export function expectReplies({ sends }: BenchWorld, count: number): void {
  if (sends !== count) throw new Error(`${count} replies were to be measured, ${sends} were sent.`);
}

const environmentOf = (policy: BusyPolicy, table: boolean, tmp: string) => ({
  BOT_TYPE: 'whatsapp',
  ENV_PARAMETER_NAME: '/hookline/prod/env',
  MAWS_BUSY_POLICY: policy,
  WORKER_FUNCTION_NAME: 'worker',
  BUCKET_NAME: 'bucket',
  CAPTURE_FAILED_EVENTS: 'true',
  // Not waited for and no part of what is measured.
  TYPING_INDICATOR: 'false',
  INGRESS_RATE_PER_MINUTE: '0',
  WHATSAPP_VERIFY_SIGNATURE: 'true',
  UNSUPPORTED_MESSAGE: 'I cannot read this.',
  MAWS_TMP_DIR: tmp,
  ...(policy !== 'drop' && { MAWS_QUEUE_URL: QUEUE }),
  ...(table && { LOCKS_TABLE_NAME: 'locks' }),
});

/** What a user says, and whether WhatsApp tells the number alone, without the business-scoped id. */
interface Said extends Pick<WebhookOptions, 'text' | 'content'> {
  readonly numberAlone?: boolean;
}

function withoutUserIds({ headers, body }: RequestParts & { readonly body: string }): RequestParts {
  const idless = JSON.stringify(
    JSON.parse(body, (name, value: unknown) => (/^(from_)?user_id$/.test(name) ? undefined : value)),
  );
  return {
    headers: { ...headers, 'x-hub-signature-256': whatsappSignature(idless, APP_SECRET) },
    body: idless,
  };
}

/** What the last hand-off makes Lambda pass to the worker. */
function handedOver(recorded: readonly RecordedCall[]): unknown {
  const last = recorded.findLast(({ name }) => name === 'Invoke' || name === 'SendMessage')?.call;
  if (last?.name === 'Invoke') return JSON.parse(Buffer.from(last.input.Payload as Uint8Array).toString());
  if (last) return sqsEvent([{ body: last.input.MessageBody, groupId: String(last.input.MessageGroupId) }]);
  return undefined;
}
