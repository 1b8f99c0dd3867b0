import { telegramWebhook, whatsappSignature, whatsappWebhook } from '../../../local/recordings/webhooks.ts';
import { buildLambdaHandler } from '../../../runtime/bot/handler.ts';
import type { BotClients } from '../../../runtime/bot/options.ts';
import type { HttpAnswer } from '../../../runtime/core/http-event.ts';
import { type HttpEventShape, httpEvent, lambdaContext, type RequestParts } from '../../support/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeLambda } from '../../support/fake-lambda.ts';
import { FakeS3 } from '../../support/fake-s3.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { FakeSsm } from '../../support/fake-ssm.ts';
import { LogCapture } from '../../support/log-capture.ts';
import { Tap } from '../../support/tap.ts';

export const QUEUE_URL = 'https://sqs.eu-central-1.amazonaws.com/123456789012/hookline.fifo';
export const APP_SECRET = 'app-secret-of-the-test';
export const TELEGRAM_SECRET = 'secret_token-1';
export const PHONE_NUMBER_ID = '100000000000001';

const WHATSAPP = {
  BOT_TYPE: 'whatsapp',
  BUCKET_NAME: 'bucket',
  WHATSAPP_TOKEN: 'graph-token',
  WHATSAPP_PHONE_NUMBER_ID: PHONE_NUMBER_ID,
  WEBHOOK_VERIFY_TOKEN: 'verify-token',
  WHATSAPP_APP_SECRET: APP_SECRET,
};
const TELEGRAM = {
  BOT_TYPE: 'telegram',
  BUCKET_NAME: 'bucket',
  TELEGRAM_TOKEN: '123:telegram-token',
  TELEGRAM_WEBHOOK_SECRET_TOKEN: TELEGRAM_SECRET,
};

/** The front hop as deployed (the combined function), on fakes. A variable set to undefined is not there. */
export function ingressWorld(
  bot: 'whatsapp' | 'telegram',
  variables: Readonly<Record<string, string | undefined>> = {},
  more: BotClients = {},
) {
  const merged = { ...(bot === 'whatsapp' ? WHATSAPP : TELEGRAM), ...variables };
  const environment = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
  const tap = new Tap();
  const clock = new FakeClock();
  const lambda = new FakeLambda(tap);
  const sqs = new FakeSqs(clock, [{ url: QUEUE_URL }], tap);
  const s3 = new FakeS3(['bucket'], tap);
  const ssm = new FakeSsm(tap);
  const log = new LogCapture();
  const clients = { lambda, sqs, s3, ssm, clock, ...more };
  const handler = buildLambdaHandler(undefined, { environment, clients, writeLog: log.write });
  const send = async (request: RequestParts, shape?: HttpEventShape): Promise<HttpAnswer> =>
    (await handler(httpEvent(request, shape), lambdaContext())) as HttpAnswer;
  return { environment, tap, clock, lambda, sqs, s3, ssm, log, clients, handler, send };
}

export type IngressWorld = ReturnType<typeof ingressWorld>;

/** A signed WhatsApp text message, sent now. */
export const whatsappText = ({ clock }: IngressWorld, options: { chatId?: string; eventId?: string } = {}) =>
  whatsappWebhook({ sentMillis: clock.nowMillis(), appSecret: APP_SECRET, ...options });

/** A Telegram text message with the right secret, sent now. */
export const telegramText = (
  { clock }: IngressWorld,
  options: { chatId?: string; eventId?: string; text?: string } = {},
) => telegramWebhook({ sentMillis: clock.nowMillis(), secretToken: TELEGRAM_SECRET, ...options });

/** A WhatsApp body of several messages, `[from, id]` each, signed. */
export function whatsappBatch(
  world: IngressWorld,
  messages: readonly (readonly [string, string])[],
): RequestParts {
  const timestamp = String(Math.floor(world.clock.nowMillis() / 1000));
  const changes = messages.map(([from, id]) => ({
    field: 'messages',
    value: {
      metadata: { phone_number_id: '100000000000001' },
      contacts: [{ wa_id: from }],
      messages: [{ from, id, timestamp, type: 'text', text: { body: 'hi' } }],
    },
  }));
  return signed(JSON.stringify({ entry: [{ id: 'account', changes }] }));
}

/** A WhatsApp request with the right signature. */
export const signed = (body: string): RequestParts => ({
  body,
  headers: { 'X-Hub-Signature-256': whatsappSignature(body, APP_SECRET) },
});

/** The jobs of the invocations, in order. */
export const jobsOf = (world: IngressWorld) =>
  world.lambda.invocations.map(({ payload }) => (payload as { maws_job: Record<string, unknown> }).maws_job);
