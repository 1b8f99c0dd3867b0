import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { describe, expect, it } from 'vitest';
import { emulatorClient } from '../../local/secrets.ts';
import { BOT_NAMES, BOTS, type BotName } from './support/bots.ts';
import {
  newChat,
  post,
  replies,
  runsOf,
  say,
  script,
  textsOf,
  until,
  webhookFor,
  world,
} from './support/harness.ts';

/** Telegram's answer shows the user that the bot is typing. */
function acknowledgement(bot: BotName, chat: string): unknown {
  if (BOTS[bot].bot_type === 'telegram') return { method: 'sendChatAction', chat_id: chat, action: 'typing' };
  return BOTS[bot].busy_policy === 'drop' ? 'Webhook received.' : 'Webhook queued.';
}

/** What the stock agent says; the controlled one repeats the text as it is. */
const echoed = (bot: BotName, text: string) => (BOTS[bot].ownAgent ? text : `You said: ${text}`);

describe.each(BOT_NAMES)('%s', (bot) => {
  it('answers a text through API, bundles and hand-off, and keeps the history', async () => {
    const chat = newChat();
    const webhook = webhookFor(bot, chat, 'Grüße, 👋');
    const answer = await post(bot, webhook);
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toEqual(acknowledgement(bot, chat));
    expect(await replies(bot, chat, 1)).toEqual([echoed(bot, 'Grüße, 👋')]);
    const s3 = new S3Client({ ...emulatorClient(world().endpoint), forcePathStyle: true });
    const input = { Bucket: world().bots[bot].bucket_name, Key: `history/${chat}.sqlite` };
    const history = await s3.send(new GetObjectCommand(input));
    expect((await history.Body?.transformToString('latin1'))?.startsWith('SQLite format 3')).toBe(true);
  });

  it('answers an event once, however often it is delivered', async () => {
    const chat = newChat();
    const webhook = webhookFor(bot, chat, 'once');
    for (let delivery = 0; delivery < 3; delivery++) {
      expect((await post(bot, webhook)).status).toBe(200);
      // The second delivery meets the running turn, the third one the finished turn.
      if (delivery === 1) await replies(bot, chat, 1);
    }
    expect(await replies(bot, chat, 1)).toEqual([echoed(bot, 'once')]);
  });

  it('refuses a webhook with a wrong signature and hands nothing over', async () => {
    const chat = newChat();
    const genuine = webhookFor(bot, chat, 'forged');
    const forgeries = [
      { ...genuine, headers: { 'content-type': 'application/json' } },
      {
        ...genuine,
        headers: {
          ...genuine.headers,
          'x-hub-signature-256': `sha256=${'0'.repeat(64)}`,
          'x-telegram-bot-api-secret-token': 'wrong',
        },
      },
      // Telegram's secret does not cover the body; WhatsApp's signature does.
      ...(BOTS[bot].bot_type === 'whatsapp'
        ? [{ ...genuine, body: genuine.body.replace('forged', 'changed') }]
        : []),
    ];
    for (const forgery of forgeries)
      expect(await post(bot, forgery)).toEqual({ status: 403, body: '"Forbidden"' });
    // A genuine message of the same chat, sent after them, is answered alone.
    await say(bot, chat, 'genuine');
    expect(await replies(bot, chat, 1)).toEqual([echoed(bot, 'genuine')]);
  });
});

describe('two users', () => {
  it('are answered in parallel under self-invoke', async () => {
    const chats = [newChat(), newChat()];
    const afterMillis = 2000;
    for (const chat of chats) await script(chat, { action: 'reply-late', text: 'late', afterMillis });
    await Promise.all(chats.map((chat) => say('telegram_drop', chat, 'hi')));
    for (const chat of chats)
      await until(`the reply to ${chat}`, async () => (await textsOf('telegram_drop', chat)).length === 1);
    const [first, second] = (await Promise.all(chats.map(runsOf))).flat().map((run) => run.atMillis);
    expect(Math.abs(first! - second!)).toBeLessThan(afterMillis);
  });
});

describe.each(['whatsapp_fifo', 'telegram_fifo'] as const)('%s', (bot) => {
  it('answers ten messages of one user in their order', async () => {
    const chat = newChat();
    const texts = Array.from({ length: 10 }, (_, n) => `message ${n + 1}`);
    for (const text of texts) await say(bot, chat, text);
    expect(await replies(bot, chat, 10, 60)).toEqual(texts.map((text) => echoed(bot, text)));
  });
});
