import { PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import type { Job } from '../../../runtime/bot/job.ts';
import { asynchronous, context, storedHistory, textJob, workerWorld } from './worker-world.ts';

const ADMIN = '15550199';
const CHATS = ['15550101', '15550102'];

const from = (chat: string, text: string, event: string): Job => {
  const job = textJob(text, event);
  const [message] = (job.payload as ReturnType<typeof Object>).entry[0].changes[0].value.messages;
  message.from = chat;
  return { ...job, chat_id: chat, user_id: chat };
};

async function worldOfThree() {
  const world = workerWorld({ policy: 'drop', commands: { adminUserId: ADMIN } });
  const say = (chat: string, text: string, event: string) =>
    world.worker(asynchronous(from(chat, text, event)), context());
  for (const chat of [...CHATS, ADMIN]) await say(chat, `secret of ${chat}`, `wamid.first-${chat}`);
  for (const [Key, Body] of [
    ['files/15550101/photo.jpg', 'secret picture'],
    ['archive/15550101/000001.sqlite', 'secret past'],
    ['secrets/token.json', 'a token'],
  ] as const)
    await world.s3.send(new PutObjectCommand({ Bucket: 'bucket', Key, Body }));
  return { ...world, say };
}

const everything = (s3: Awaited<ReturnType<typeof worldOfThree>>['s3']) =>
  s3.keys().map((key) => Buffer.from(s3.object(key)?.body ?? []).toString('latin1'));

test('bot A55: /reset_system of the admin leaves each chat its ledger ids alone; what was answered stays answered', async () => {
  const world = await worldOfThree();
  await world.say(ADMIN, '/reset_system', 'wamid.ask');
  expect(storedHistory(world.s3, CHATS[0]).history.rows(10)).toHaveLength(2);
  await world.say(ADMIN, '/reset_system confirm', 'wamid.reset');
  expect(world.provider.sent.at(-1)?.text).toBe('Everything has been deleted.');
  expect(world.s3.keys()).toEqual([
    ...CHATS.map((chat) => `history/${chat}.sqlite`),
    `history/${ADMIN}.sqlite`,
    'secrets/token.json',
  ]);
  expect(everything(world.s3).filter((body) => body.includes('secret of'))).toEqual([]);
  for (const chat of CHATS) {
    const { history } = storedHistory(world.s3, chat);
    expect(history.rows(10)).toEqual([]);
    expect(history.ledgerRows()).toMatchObject([{ eventId: `wamid.first-${chat}`, parts: [] }]);
    expect(Object.keys(history.allState())).toEqual(['created_at']);
    history.close();
  }
  const sent = world.provider.sent.length;
  await world.say(CHATS[0] ?? '', 'secret of 15550101', 'wamid.first-15550101');
  expect(world.provider.sent).toHaveLength(sent);
  expect(world.agentTurns.filter((text) => text === 'secret of 15550101')).toHaveLength(1);
});

test('/clear_all_users empties each chat and keeps its files', async () => {
  const world = await worldOfThree();
  await world.say(ADMIN, '/clear_all_users confirm', 'wamid.clear');
  for (const chat of [...CHATS, ADMIN]) expect(storedHistory(world.s3, chat).history.rows(10)).toEqual([]);
  expect(world.s3.keys()).toContain('files/15550101/photo.jpg');
  await world.say(CHATS[0] ?? '', 'and on', 'wamid.next');
  expect(storedHistory(world.s3, CHATS[0]).history.rows(10)).toHaveLength(2);
});

test('nobody but the admin is obeyed', async () => {
  const world = await worldOfThree();
  await world.say(CHATS[0] ?? '', '/reset_system confirm', 'wamid.stranger');
  expect(world.provider.sent.at(-1)?.text).toBe('Unauthorized.');
  expect(storedHistory(world.s3, CHATS[1]).history.rows(10)).toHaveLength(2);
});
