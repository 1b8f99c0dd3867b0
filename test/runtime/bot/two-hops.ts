import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { telegramWebhook, type WebhookOptions, whatsappWebhook } from '../../../local/recordings/webhooks.ts';
import { createGraphStandIn } from '../../../local/stand-ins/graph.ts';
import { createTelegramStandIn } from '../../../local/stand-ins/telegram.ts';
import type { Agent } from '../../../runtime/bot/agent.ts';
import { buildLambdaHandler } from '../../../runtime/bot/handler.ts';
import type { HttpAnswer } from '../../../runtime/core/http-event.ts';
import { httpEvent, lambdaContext } from '../../support/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { FakeSsm } from '../../support/fake-ssm.ts';
import { LogCapture } from '../../support/log-capture.ts';

const QUEUE = 'https://sqs.example/jobs.fifo';

export const SECRETS = {
  WHATSAPP_TOKEN: 'EAAG-graph-token',
  WHATSAPP_APP_SECRET: 'the-app-secret',
  WEBHOOK_VERIFY_TOKEN: 'the-verify-token',
  TELEGRAM_TOKEN: '700:telegram-token',
  TELEGRAM_WEBHOOK_SECRET_TOKEN: 'the-webhook-secret',
  OPENAI_API_KEY: 'sk-model-key',
};

export interface TwoHopsOptions {
  readonly provider?: 'whatsapp' | 'telegram';
  readonly policy?: 'drop' | 'fifo';
  readonly agent: Agent;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A bot from its webhook to its reply: one function that is both hops, its secrets in SSM, on fakes. */
export function twoHops({ provider = 'whatsapp', policy = 'drop', agent, environment }: TwoHopsOptions) {
  const clock = new FakeClock();
  const nowMillis = () => clock.nowMillis();
  const platform =
    provider === 'whatsapp' ? createGraphStandIn({ nowMillis }) : createTelegramStandIn({ nowMillis });
  const lambda = new FakeLambda();
  const sqs = new FakeSqs(clock, [{ url: QUEUE }]);
  const s3 = new FakeS3();
  const dynamodb = new FakeDynamoDb({ locks: 'user_id' });
  const ssm = new FakeSsm();
  const secrets = { ...SECRETS, WHATSAPP_PHONE_NUMBER_ID: '100000000000001' };
  ssm.parameters.set(
    '/bot/env',
    Object.entries(secrets)
      .map((pair) => pair.join('='))
      .join('\n'),
  );
  const log = new LogCapture();
  const tmp = mkdtempSync(join(tmpdir(), 'hookline-test-'));
  onTestFinished(() => rmSync(tmp, { recursive: true, force: true }));
  const handler = buildLambdaHandler(provider, {
    agent,
    clients: { lambda, sqs, s3, dynamodb, ssm, clock, fetch: platform.fetch },
    environment: {
      ENV_PARAMETER_NAME: '/bot/env',
      BUCKET_NAME: 'bucket',
      LOCKS_TABLE_NAME: 'locks',
      MAWS_BUSY_POLICY: policy,
      MAWS_QUEUE_URL: policy === 'fifo' ? QUEUE : '',
      MAWS_TMP_DIR: tmp,
      CAPTURE_FAILED_EVENTS: 'true',
      ...environment,
    },
    writeLog: log.write,
  });

  /** Posts a text as the platform does. */
  const post = async (options: WebhookOptions = {}, headers: Readonly<Record<string, string>> = {}) => {
    const sent = { sentMillis: clock.nowMillis(), ...options };
    const webhook =
      provider === 'whatsapp'
        ? whatsappWebhook({ ...sent, appSecret: SECRETS.WHATSAPP_APP_SECRET })
        : telegramWebhook({ ...sent, secretToken: SECRETS.TELEGRAM_WEBHOOK_SECRET_TOKEN });
    const request = { ...webhook, headers: { ...webhook.headers, ...headers } };
    const answer = (await handler(httpEvent(request), lambdaContext())) as HttpAnswer;
    return { webhook, answer };
  };

  /** What waits for the second hop, as Lambda delivers it. */
  const events = (): readonly object[] =>
    policy === 'drop'
      ? lambda.invocations.map(({ payload }) => payload as object)
      : sqs.messages(QUEUE).map(({ messageId, body, groupId }) => ({
          Records: [
            {
              messageId,
              body,
              receiptHandle: `receipt-${messageId}`,
              eventSource: 'aws:sqs',
              attributes: { MessageGroupId: groupId, ApproximateReceiveCount: '1' },
            },
          ],
        }));

  /** The jobs in them. */
  const jobs = () =>
    events().map((event) => {
      const { Records: records, maws_job: job } = event as {
        Records?: { body: string }[];
        maws_job?: Record<string, unknown>;
      };
      return job ?? (JSON.parse(records?.[0]?.body ?? '{}').maws_job as Record<string, unknown>);
    });

  const work = async (event: object) => handler(event, lambdaContext());
  return { clock, platform, lambda, sqs, s3, dynamodb, log, post, events, jobs, work };
}
