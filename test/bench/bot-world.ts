import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { whatsappWebhook } from '../../local/recordings/webhooks.ts';
import { createGraphStandIn } from '../../local/stand-ins/graph.ts';
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
  readonly policy: 'drop' | 'fifo';
  /** Default true. */
  readonly table?: boolean;
  readonly clock: Clock;
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
export function benchWorld({ policy, table = true, clock }: BenchWorldOptions) {
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
    return graph.fetch(...request);
  };
  let logBytes = 0;
  const options = {
    clients: { ...aws, clock, fetch: graphFetch },
    environment: environmentOf(policy, table, tmp),
    writeLog: (line: string) => {
      logBytes += Buffer.byteLength(line) + 1;
    },
  };
  const cold = () => ({
    ingress: buildIngressHandler(undefined, options),
    worker: buildWorkerHandler(undefined, options),
  });
  let functions = cold();

  const webhook = (chatId: string, eventId: string) =>
    whatsappWebhook({ chatId, eventId, sentMillis: clock.nowMillis(), appSecret: APP_SECRET });
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
    /** One message from the webhook to the reply. */
    async message(chatId: string, eventId: string): Promise<void> {
      const event = await front(webhook(chatId, eventId));
      if (event) await work(event);
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

const environmentOf = (policy: 'drop' | 'fifo', table: boolean, tmp: string) => ({
  BOT_TYPE: 'whatsapp',
  ENV_PARAMETER_NAME: '/hookline/prod/env',
  MAWS_BUSY_POLICY: policy,
  WORKER_FUNCTION_NAME: 'worker',
  BUCKET_NAME: 'bucket',
  CAPTURE_FAILED_EVENTS: 'true',
  // Not waited for and no part of what is measured.
  TYPING_INDICATOR: 'false',
  WHATSAPP_VERIFY_SIGNATURE: 'true',
  MAWS_TMP_DIR: tmp,
  ...(policy === 'fifo' && { MAWS_QUEUE_URL: QUEUE }),
  ...(table && { LOCKS_TABLE_NAME: 'locks' }),
});

/** What the last hand-off makes Lambda pass to the worker. */
function handedOver(recorded: readonly RecordedCall[]): unknown {
  const last = recorded.findLast(({ name }) => name === 'Invoke' || name === 'SendMessage')?.call;
  if (last?.name === 'Invoke') return JSON.parse(Buffer.from(last.input.Payload as Uint8Array).toString());
  if (last) return sqsEvent([{ body: last.input.MessageBody, groupId: String(last.input.MessageGroupId) }]);
  return undefined;
}
