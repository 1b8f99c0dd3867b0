import { setTimeout as delay } from 'node:timers/promises';
import { SQSClient } from '@aws-sdk/client-sqs';
import { inject } from 'vitest';
import type { Content } from '../../../local/recordings/contents.ts';
import {
  fictionalNumber,
  telegramWebhook,
  type Webhook,
  whatsappWebhook,
} from '../../../local/recordings/webhooks.ts';
import { emulatorClient } from '../../../local/secrets.ts';
import type { FaultRule } from '../../../local/stand-ins/fault.ts';
import type { StandInCall } from '../../../local/stand-ins/stand-in.ts';
import { BOTS, type BotName } from './bots.ts';
import type { AgentAction, AgentRun } from './control.ts';

/** What `global-setup.ts` made. */
export const world = () => inject('emulator');

let chats = Number(process.env.VITEST_POOL_ID ?? 0) * 1000 + Math.floor(Math.random() * 40_000);

/** A user that no other test has: a telephone number reserved for fiction, or Telegram's id of the same digits. */
export function newChat(): string {
  chats += 1;
  return fictionalNumber(chats);
}

const channelOf = (bot: BotName) => BOTS[bot].bot_type;

/** A signed webhook of the bot's channel: a text, or whatever else a user sends. */
export function webhookFor(bot: BotName, chatId: string, said: string | Content): Webhook {
  const { secrets } = world();
  const options = { chatId, ...(typeof said === 'string' ? { text: said } : { content: said }) };
  return channelOf(bot) === 'telegram'
    ? telegramWebhook({ ...options, secretToken: secrets.telegramSecretToken })
    : whatsappWebhook({
        ...options,
        appSecret: secrets.whatsappAppSecret,
        phoneNumberId: secrets.phoneNumberId,
      });
}

export interface WebhookAnswer {
  readonly status: number;
  readonly body: string;
}

/** Sends a webhook through the API. */
export async function post(
  bot: BotName,
  { headers, body }: Pick<Webhook, 'headers' | 'body'>,
): Promise<WebhookAnswer> {
  const response = await fetch(world().bots[bot].webhookUrl, { method: 'POST', headers, body });
  return { status: response.status, body: await response.text() };
}

/** Sends a message of a chat and returns the event's id. The webhook must be acknowledged. */
export async function say(bot: BotName, chatId: string, said: string | Content): Promise<string> {
  const webhook = webhookFor(bot, chatId, said);
  const answer = await post(bot, webhook);
  if (answer.status !== 200) throw new Error(`The webhook was answered ${answer.status}: ${answer.body}`);
  return webhook.eventId;
}

const control = async <T>(path: string, init?: RequestInit): Promise<T> => {
  const response = await fetch(`${world().serverUrl}${path}`, init);
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
};

/** The messages that a chat has received, oldest first. */
export const sentTo = (bot: BotName, chatId: string): Promise<readonly StandInCall[]> =>
  control(`/_stand-in/${channelOf(bot)}/sent?chat=${chatId}`);

/** Everything a platform was asked for: also typing signs, media, answers to buttons. Media belong to no chat: "". */
export const callsFor = (bot: BotName, chatId: string): Promise<readonly StandInCall[]> =>
  control(`/_stand-in/${channelOf(bot)}/calls?chat=${chatId}`);

/** Their texts. */
export const textsOf = async (bot: BotName, chatId: string): Promise<readonly string[]> =>
  (await sentTo(bot, chatId)).map((call) => call.text ?? '');

/** Puts a medium where WhatsApp keeps what users send; resolves to its id. */
export async function hold(bytes: Uint8Array, mimeType: string): Promise<string> {
  const init = { method: 'POST', headers: { 'content-type': mimeType }, body: new Uint8Array(bytes) };
  return (await control<{ id: string }>('/_test/media', init)).id;
}

/** What WhatsApp keeps under an id. */
export async function held(id: string): Promise<Buffer> {
  const response = await fetch(`${world().serverUrl}/_test/media?id=${id}`);
  if (!response.ok) throw new Error(`There is no medium ${id}`);
  return Buffer.from(await response.arrayBuffer());
}

/** Makes the platform fail for a chat. */
export const failFor = (bot: BotName, chatId: string, rule: FaultRule): Promise<unknown> =>
  control(`/_stand-in/${channelOf(bot)}/faults`, {
    method: 'POST',
    body: JSON.stringify({ ...rule, chatId }),
  });

/** Tells the controlled agent what to do with the next turns of a chat; the last action stays in force. */
export const script = (chatId: string, ...actions: readonly AgentAction[]): Promise<unknown> =>
  control(`/_test/agent?chat=${chatId}`, { method: 'PUT', body: JSON.stringify(actions) });

/** The times the controlled agent was asked about a chat. */
export const runsOf = (chatId: string): Promise<readonly AgentRun[]> =>
  control(`/_test/agent?chat=${chatId}`);

/** Waits until a condition holds; the time is up after `timeoutSeconds`, default 30. */
export async function until<T>(
  what: string,
  check: () => Promise<T | undefined | false>,
  timeoutSeconds = 30,
): Promise<T> {
  const end = Date.now() + timeoutSeconds * 1000;
  for (;;) {
    const result = await check();
    if (result !== undefined && result !== false) return result;
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutSeconds} s`);
    await delay(100);
  }
}

/** On a busy machine a cold worker may be cut off; its message comes back after 30 s. */
const SLOW_SECONDS = 75;

/** Waits until a chat has received that many texts, and a moment longer to see that no more come. */
export async function replies(bot: BotName, chatId: string, count: number, timeoutSeconds = SLOW_SECONDS) {
  const enough = async () => {
    const texts = await textsOf(bot, chatId);
    return texts.length >= count && texts;
  };
  await until(`${count} replies to ${chatId}`, enough, timeoutSeconds);
  await delay(1000);
  return textsOf(bot, chatId);
}

export const sqsClient = (): SQSClient => new SQSClient(emulatorClient(world().endpoint));
