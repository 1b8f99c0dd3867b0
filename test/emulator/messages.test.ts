import { ListObjectsV2Command, S3Client } from '@aws-sdk/client-s3';
import { expect, it } from 'vitest';
import { telegramContents, whatsappContents } from '../../local/recordings/contents.ts';
import { emulatorClient } from '../../local/secrets.ts';
import { UNSUPPORTED } from './support/bots.ts';
import { succeeds } from './support/command.ts';
import {
  callsFor,
  held,
  hold,
  newChat,
  post,
  replies,
  runsOf,
  say,
  script,
  sentTo,
  textsOf,
  until,
  webhookFor,
  world,
} from './support/harness.ts';

/** A picture of one pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function keysBelow(prefix: string): Promise<readonly string[]> {
  const s3 = new S3Client({ ...emulatorClient(world().endpoint), forcePathStyle: true });
  const input = { Bucket: world().bots.whatsapp_merge.bucket_name, Prefix: prefix };
  const { Contents = [] } = await s3.send(new ListObjectsV2Command(input));
  return Contents.map(({ Key = '' }) => Key);
}

it('fetches the picture of a user in two steps, keeps it, and sends a picture back, in a later turn again', async () => {
  const chat = newChat();
  const medium = { id: await hold(PNG, 'image/png'), bytes: PNG, mimeType: 'image/png' };
  await script(
    chat,
    { action: 'return-medium', name: 'out/copy.png' },
    { action: 'show-file', name: 'out/copy.png' },
  );
  await say('whatsapp_merge', chat, whatsappContents.image(medium, 'my cat'));
  await replies('whatsapp_merge', chat, 1);
  await say('whatsapp_merge', chat, 'again');
  await replies('whatsapp_merge', chat, 2);
  for (const { body } of await sentTo('whatsapp_merge', chat)) {
    expect(body.type).toBe('image');
    expect(await held((body.image as { id: string }).id)).toEqual(PNG);
  }
  const steps = (await callsFor('whatsapp_merge', '')).filter(({ body }) => body.id === medium.id);
  expect(steps.map(({ method }) => method)).toEqual(['media', 'download']);
  expect(await keysBelow(`files/${chat}/`)).toEqual([
    `files/${chat}/in/${medium.id}.png`,
    `files/${chat}/out/copy.png`,
  ]);
});

it('bot A30: under merge what a user wrote during a turn is answered in one turn, in order', async () => {
  const chat = newChat();
  await script(chat, { action: 'reply-late', text: 'one', afterMillis: 2500 }, { action: 'echo' });
  await say('whatsapp_merge', chat, 'one');
  await until('the first run', async () => (await runsOf(chat)).length === 1);
  await say('whatsapp_merge', chat, 'two');
  await say('whatsapp_merge', chat, 'three');
  expect(await replies('whatsapp_merge', chat, 2)).toEqual(['one', 'two\nthree']);
  expect((await runsOf(chat)).map(({ text }) => text)).toEqual(['one', 'two\nthree']);
});

it('a person takes a chat over: the bot stores and is silent until the chat is released', async () => {
  const chat = newChat();
  await say('whatsapp_fifo', chat, 'before');
  expect(await replies('whatsapp_fifo', chat, 1)).toEqual(['before']);
  await succeeds('whatsapp_fifo', 'takeover', chat);
  const meanwhile = await say('whatsapp_fifo', chat, 'meanwhile');
  const stored = async () => {
    const shown = await succeeds('whatsapp_fifo', 'history', 'show', '--chat', chat, '--json');
    const { ledger } = JSON.parse(shown) as { ledger: { eventId: string; rule: string }[] };
    return ledger.find(({ eventId }) => eventId === meanwhile)?.rule;
  };
  expect(await until('the stored message', stored)).toBe('taken_over');
  await succeeds('whatsapp_fifo', 'takeover', chat, '--release');
  await say('whatsapp_fifo', chat, 'after');
  expect(await replies('whatsapp_fifo', chat, 2)).toEqual(['before', 'after']);
  expect((await runsOf(chat)).map(({ text }) => text)).toEqual(['before', 'after']);
});

it('bot A48: a button under a Telegram message answers the platform and reaches the agent', async () => {
  const chat = newChat();
  const answer = await post(
    'telegram_drop',
    webhookFor('telegram_drop', chat, telegramContents.callback('buy:7')),
  );
  expect(answer.status).toBe(200);
  expect(JSON.parse(answer.body)).toMatchObject({ method: 'answerCallbackQuery' });
  await until('the reply', async () => (await textsOf('telegram_drop', chat)).length === 1);
  expect((await runsOf(chat)).map(({ text }) => text)).toEqual(['buy:7']);
});

it('bot A49: a kind that the bot cannot read is answered with a notice, once', async () => {
  const chat = newChat();
  const unreadable = {
    said: '',
    fields: { type: 'unsupported', errors: [{ code: 131051, title: 'Unsupported' }] },
  };
  await say('whatsapp_drop', chat, unreadable);
  expect(await replies('whatsapp_drop', chat, 1)).toEqual([UNSUPPORTED]);
  await say('whatsapp_drop', chat, unreadable);
  await say('whatsapp_drop', chat, 'a text');
  expect(await replies('whatsapp_drop', chat, 2)).toEqual([UNSUPPORTED, 'You said: a text']);
});
