import { randomBytes } from 'node:crypto';
import type { Webhook } from '../recordings/webhooks.ts';
import type { MessageBook } from './book.ts';
import type { Channel, MessageState } from './model.ts';
import type { ConsoleBot } from './ports.ts';

/** Why a webhook is posted: the message is new, its platform delivers it again, or somebody forges it. */
export type DeliveryKind = 'first' | 'again' | 'forged';

/** Platforms give up after some seconds; a cold start on an emulator may take longer. */
const TIMEOUT_MILLIS = 30_000;

const NAMES: Readonly<Record<Channel, string>> = { whatsapp: 'WhatsApp', telegram: 'Telegram' };

const TITLES: Readonly<Record<DeliveryKind, (name: string) => string>> = {
  first: (name) => `${name} posts the webhook`,
  again: (name) => `${name} delivers the same event again`,
  forged: () => 'Somebody posts it without the right signature',
};

/** Posts a webhook to the stack as its platform would, and notes it and the answer. */
export async function deliver(
  bot: ConsoleBot,
  book: MessageBook,
  id: string,
  webhook: Webhook,
  kind: DeliveryKind,
): Promise<void> {
  const traceId = randomBytes(16).toString('hex');
  const started = Date.now();
  book.delivery(id, traceId, {
    atMillis: started,
    place: 'webhook',
    title: TITLES[kind](NAMES[bot.channel]),
    detail: deliveryDetail(bot, webhook, kind),
    tone: kind === 'forged' ? 'warn' : 'info',
    traceId,
  });
  const traceparent = `00-${traceId}-${randomBytes(8).toString('hex')}-01`;
  const sent = kind === 'forged' ? forged(webhook) : webhook;
  const answer = await post(bot.webhookUrl, sent, traceparent);
  const wanted = kind === 'forged' ? answer.status === 403 : answer.status === 200;
  book.step(
    id,
    {
      atMillis: Date.now(),
      place: 'webhook',
      title:
        answer.status === undefined ? 'The stack did not answer' : `API Gateway answered ${answer.status}`,
      detail: answer.text.slice(0, 200),
      tone: wanted ? 'good' : 'bad',
      traceId,
    },
    stateAfterAnswer(book, id, answer.status),
  );
}

function deliveryDetail(
  { webhookUrl, busyPolicy }: ConsoleBot,
  { body }: Webhook,
  kind: DeliveryKind,
): string {
  const request = `POST ${new URL(webhookUrl).pathname.split('/').at(-1)}, ${Buffer.byteLength(body)} bytes`;
  // No log line can tell of it: the queue answers as if it took the message.
  const dropped = kind === 'again' && busyPolicy !== 'drop';
  return dropped ? `${request}; within five minutes the queue itself drops what it has had` : request;
}

/** Only the answer to the first delivery settles anything; logs may already have told more. */
function stateAfterAnswer(
  book: MessageBook,
  id: string,
  status: number | undefined,
): MessageState | undefined {
  if (book.get(id)?.state !== 'sending') return undefined;
  return status === 200 ? 'working' : 'rejected';
}

async function post(url: string, { headers, body }: Webhook, traceparent: string) {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, traceparent },
      body,
      signal: AbortSignal.timeout(TIMEOUT_MILLIS),
    });
    return { status: response.status, text: await response.text() };
  } catch (error) {
    return { status: undefined, text: error instanceof Error ? error.message : String(error) };
  }
}

/** The same bytes under a signature, or with a secret, of somebody who does not know the right one. */
function forged(webhook: Webhook): Webhook {
  const headers = Object.fromEntries(
    Object.entries(webhook.headers).map(([name, value]) => {
      if (name === 'x-hub-signature-256') return [name, `sha256=${randomBytes(32).toString('hex')}`];
      return name === 'x-telegram-bot-api-secret-token' ? [name, 'guessed'] : [name, value];
    }),
  );
  return { ...webhook, headers };
}
