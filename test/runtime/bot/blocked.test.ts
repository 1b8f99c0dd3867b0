import { expect, test } from 'vitest';
import { later, SENT_AT, telegramJob, whatsappJob } from './jobs.ts';
import { CHAT, context, queued, storedHistory, storedTexts, textJob, workerWorld } from './worker-world.ts';

type World = ReturnType<typeof workerWorld>;

const text = (words: string, eventId: string) => textJob(words, eventId, 'telegram');

const kicked = (eventId: string) =>
  telegramJob(
    {
      my_chat_member: {
        date: 1795255200,
        chat: { id: Number(CHAT), type: 'private' },
        from: { id: 9 },
        new_chat_member: { status: 'kicked' },
      },
    },
    eventId,
  );

const work = async (world: World, ...jobs: ReturnType<typeof textJob>[]) => {
  for (const job of jobs)
    expect(await world.worker(queued(job), context())).toEqual({ batchItemFailures: [] });
};

const rules = ({ lines }: World) =>
  lines.filter((line) => line.message === 'worker_job_finished').map((line) => line.rule);

const blockedSince = ({ s3 }: World) => {
  const { history } = storedHistory(s3);
  const since = history.state('blocked');
  history.close();
  return since;
};

test('who blocked the bot is not answered, until the user writes again', async () => {
  const world = workerWorld({ policy: 'fifo', provider: 'telegram' });
  await work(world, kicked('1'), text('before', '2'));
  expect(rules(world)).toEqual(['blocked', 'blocked']);
  expect(blockedSince(world)).toBe(SENT_AT);
  expect(world.agentTurns).toEqual([]);
  expect(world.provider.sent).toEqual([]);
  expect(storedTexts(world.s3)).toEqual(['before']);

  await work(world, later(text('again', '3'), 5));
  expect(world.provider.sent.map((call) => call.text)).toEqual(['You said: again']);
  expect(blockedSince(world)).toBeUndefined();
});

test('Telegram’s "blocked by the user" ends the sends: what was written before is stored, not answered', async () => {
  const world = workerWorld({ policy: 'fifo', provider: 'telegram' });
  world.provider.fail({ kind: 'refuse', code: 403 });
  await work(world, text('one', '1'), text('two', '2'));
  expect(rules(world)).toEqual(['agent', 'blocked']);
  expect(world.agentTurns).toEqual(['one']);
  expect(world.s3.keys().some((key) => key.startsWith('failed-events/'))).toBe(true);
  await work(world, later(text('three', '3'), 86_400));
  expect(world.provider.sent.map((call) => call.text)).toEqual(['You said: three']);
});

test('another refusal is no block', async () => {
  const noRights = { ok: false, error_code: 403, description: 'Forbidden: not enough rights' };
  const world = workerWorld({ policy: 'fifo', provider: 'telegram' });
  world.provider.fail({ kind: 'refuse', code: 403, body: noRights });
  await work(world, text('one', '1'), text('two', '2'));
  expect(rules(world)).toEqual(['agent', 'agent']);
  expect(blockedSince(world)).toBeUndefined();
});

test('a reaction is stored and no agent runs, on both platforms', async () => {
  const telegram = workerWorld({ policy: 'fifo', provider: 'telegram' });
  const reaction = {
    chat: { id: Number(CHAT), type: 'private' },
    user: { id: 9 },
    message_id: 7,
    date: 1795255200,
    new_reaction: [{ type: 'emoji', emoji: '👍' }],
  };
  await work(telegram, telegramJob({ message_reaction: reaction }, '1'));
  const whatsapp = workerWorld({ policy: 'fifo' });
  await work(
    whatsapp,
    whatsappJob({ type: 'reaction', reaction: { message_id: 'wamid.7', emoji: '👍' } }),
    whatsappJob({ id: 'wamid.2', type: 'reaction', reaction: { message_id: 'wamid.7' } }),
  );
  for (const world of [telegram, whatsapp]) {
    expect(new Set(rules(world))).toEqual(new Set(['stored']));
    expect(world.agentTurns).toEqual([]);
    expect(world.provider.sent).toEqual([]);
  }
  expect(storedTexts(telegram.s3)).toEqual(['👍']);
  expect(storedTexts(whatsapp.s3)).toEqual(['👍', '']);
  whatsapp.tap.clear();
  await work(whatsapp, whatsappJob({ type: 'reaction', reaction: { message_id: 'wamid.7', emoji: '👍' } }));
  expect(whatsapp.tap.calls).toEqual(['GetObject']);
});
