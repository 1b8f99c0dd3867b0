import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { expect, test } from 'vitest';
import type { Job } from '../../../runtime/bot/job.ts';
import type { BatchResponse } from '../../../runtime/core/batch.ts';
import { recordOf, sqsEvent } from '../../support/events.ts';
import {
  CHAT,
  context,
  QUEUE,
  queued,
  record,
  storedHistory,
  storedTexts,
  textJob,
  workerWorld,
} from './worker-world.ts';

type World = ReturnType<typeof workerWorld>;

const mergeWorld = (more: Parameters<typeof workerWorld>[0] = {}) =>
  workerWorld({ policy: 'merge', ...more });

const jobs = (...texts: string[]) => texts.map((text, index) => textJob(text, `wamid.${index + 1}`));

const sentTexts = (world: World) => world.provider.sent.map((call) => call.text);

const failed = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

async function enqueue(world: World, ...list: Job[]): Promise<void> {
  for (const job of list)
    await world.sqs.send(
      new SendMessageCommand({
        QueueUrl: QUEUE,
        MessageBody: JSON.stringify({ maws_job: job }),
        MessageGroupId: job.chat_id,
        MessageDeduplicationId: job.event_id,
      }),
    );
}

/** One poll of the event source mapping; resolves to how many records it took. */
async function poll(world: World): Promise<number> {
  await world.sqs.send(new ReceiveMessageCommand({ QueueUrl: QUEUE, MaxNumberOfMessages: 10 }));
  const taken = world.sqs
    .messages(QUEUE)
    .filter(({ visibleAtMillis }) => visibleAtMillis > world.clock.nowMillis());
  if (taken.length === 0) return 0;
  const response = (await world.worker(sqsEvent(taken.map(recordOf)), context())) as BatchResponse;
  const back = response.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  for (const { messageId, receiptHandle: ReceiptHandle } of taken.filter(
    (one) => !back.includes(one.messageId),
  ))
    if (messageId) await world.sqs.send(new DeleteMessageCommand({ QueueUrl: QUEUE, ReceiptHandle }));
  return taken.length;
}

test('bot A30: what arrives during a run is one turn with the texts in order', async () => {
  const [one, two, three] = jobs('one', 'two', 'three') as [Job, Job, Job];
  const world: World = mergeWorld({
    agent: async (turn) => {
      if (turn.text === 'one') await enqueue(world, two, three);
      return `You said: ${turn.text} (${turn.messageId})`;
    },
  });
  await enqueue(world, one);
  expect(await poll(world)).toBe(1);
  expect(await poll(world)).toBe(2);
  expect(await poll(world)).toBe(0);
  expect(world.agentTurns).toEqual(['one', 'two\nthree']);
  expect(sentTexts(world)).toEqual(['You said: one (wamid.1)', 'You said: two\nthree (wamid.3)']);
  expect(storedTexts(world.s3)).toEqual([
    'one',
    'You said: one (wamid.1)',
    'two',
    'three',
    'You said: two\nthree (wamid.3)',
  ]);
  expect(world.sqs.messages(QUEUE)).toEqual([]);
});

test('merge: one fetch, save, send and mark a turn; every event stands in the ledger, the last with the reply', async () => {
  const world = mergeWorld();
  expect(await world.worker(queued(...jobs('a', 'b', 'c')), context())).toEqual(failed());
  expect(world.tap.calls).toEqual(['GetObject', 'PutObject', 'send', 'UpdateItem']);
  expect(world.dynamodb.item('evt:whatsapp:wamid.3')?.state?.S).toBe('done');
  expect(world.provider.sent[0]?.body.biz_opaque_callback_data).toBe('wamid.3#1');
  const { history } = storedHistory(world.s3);
  const rows = ['wamid.1', 'wamid.2', 'wamid.3'].map((id) => history.ledgerRow(id));
  expect(rows.map((row) => row?.carriedBy)).toEqual(['wamid.3', 'wamid.3', undefined]);
  expect(rows.map((row) => row?.parts.length)).toEqual([0, 0, 1]);
  expect(history.eventsWithReplies()).toEqual(['wamid.3']);
  history.close();
  const merged = world.lines.filter(({ message }) => message === 'event_merged');
  expect(merged).toHaveLength(2);
});

test.each(['wamid.1', 'wamid.2', 'wamid.3'])(
  'merge: %s delivered again after done is skipped',
  async (id) => {
    const world = mergeWorld();
    await world.worker(queued(...jobs('a', 'b', 'c')), context());
    world.tap.clear();
    await world.worker(queued(textJob('again', id)), context());
    expect(world.tap.calls).toEqual(['GetObject', 'GetItem']);
    expect(world.lines.at(-1)).toMatchObject({ status: 'done', rule: 'duplicate' });
    expect(sentTexts(world)).toEqual(['You said: a\nb\nc']);
  },
);

test('merge: an event that names its carrier sends on the carrier’s reply, with the carrier’s marks', async () => {
  const world = mergeWorld({ provider: 'telegram' });
  const [first, second] = [textJob('a', '1', 'telegram'), textJob('b', '2', 'telegram')];
  world.provider.fail({ kind: 'refuse', code: 401, times: 1 });
  expect(await world.worker(queued(first, second), context())).toEqual(failed('m1', 'm2'));
  await world.worker(queued(first), context());
  expect(sentTexts(world)).toEqual(['You said: a\nb']);
  expect(world.dynamodb.item('evt:telegram:2')?.state?.S).toBe('done');
  expect(world.dynamodb.item('evt:telegram:1')).toBeUndefined();
  world.tap.clear();
  await world.worker(queued(second), context());
  expect(sentTexts(world)).toHaveLength(1);
  expect(world.agentTurns).toHaveLength(1);
});

test('merge: what was decided earlier is settled first, then the rest is one turn', async () => {
  const world = mergeWorld({ provider: 'telegram' });
  const [a, b, c, d] = ['1', '2', '3', '4'].map((id) => textJob(`text ${id}`, id, 'telegram')) as [
    Job,
    Job,
    Job,
    Job,
  ];
  world.provider.fail({ kind: 'refuse', code: 401, times: 1 });
  await world.worker(queued(a, c), context());
  world.tap.clear();
  expect(await world.worker(queued(a, b, c, d), context())).toEqual(failed());
  expect(sentTexts(world)).toEqual(['You said: text 1\ntext 3', 'You said: text 2\ntext 4']);
  expect(world.tap.calls).toEqual([
    ...['GetObject', 'GetItem', 'UpdateItem', 'send', 'UpdateItem'],
    ...['PutObject', 'send', 'UpdateItem'],
  ]);
});

test('merge: /clear keeps the tie between the events of a turn that is not done', async () => {
  const world = mergeWorld({ provider: 'telegram' });
  const [a, b] = [textJob('a', '1', 'telegram'), textJob('b', '2', 'telegram')];
  world.provider.fail({ kind: 'refuse', code: 401, times: 1 });
  await world.worker(queued(a, b), context());
  await world.worker(queued(textJob('/clear', '3', 'telegram')), context());
  await world.worker(queued(a), context());
  expect(sentTexts(world)).toEqual(['This conversation has been cleared.', 'You said: a\nb']);
});

test('merge: a command among messages is a turn of its own, in its place', async () => {
  const world = mergeWorld();
  await world.worker(queued(...jobs('a', 'b', '/clear', 'c', 'd')), context());
  expect(world.agentTurns).toEqual(['a\nb', 'c\nd']);
  expect(sentTexts(world)).toEqual([
    'You said: a\nb',
    'This conversation has been cleared.',
    'You said: c\nd',
  ]);
  expect(storedTexts(world.s3)).toEqual(['c', 'd', 'You said: c\nd']);
});

test('merge: chats have turns of their own, and the same event twice is one', async () => {
  const world = mergeWorld();
  const other = { ...textJob('other', 'wamid.9'), chat_id: '15550999' };
  const [a, b] = jobs('a', 'b') as [Job, Job];
  const records = [record(a, 'm1'), record(other, 'm2', '15550999'), record(b, 'm3'), record(a, 'm4')];
  expect(await world.worker({ Records: records }, context())).toEqual(failed());
  expect(world.agentTurns.toSorted()).toEqual(['a\nb', 'other']);
});

test('merge: pictures of one album are one turn with all of them', async () => {
  const seen: unknown[] = [];
  const world = mergeWorld({
    provider: 'telegram',
    agent: (turn) => {
      seen.push({ text: turn.text, media: turn.media.map(({ id }) => id), messageId: turn.messageId });
      return null;
    },
  });
  const picture = (id: number, caption?: string): Job => ({
    ...textJob('', String(id), 'telegram'),
    payload: {
      update_id: id,
      message: {
        message_id: id + 100,
        date: 1795255200,
        chat: { id: Number(CHAT), type: 'private' },
        from: { id: 9 },
        media_group_id: 'album',
        photo: [{ file_id: `photo-${id}`, file_unique_id: `u${id}`, width: 9, height: 9, file_size: 9 }],
        ...(caption && { caption }),
      },
    },
  });
  await world.worker(queued(picture(1, 'our holidays'), picture(2), picture(3)), context());
  expect(seen).toEqual([
    { text: 'our holidays', media: ['photo-1', 'photo-2', 'photo-3'], messageId: '103' },
  ]);
});

test('merge: topics of one group get their own answers', async () => {
  const world = mergeWorld({ provider: 'telegram', environment: { GROUP_POLICY: 'all' } });
  const inTopic = (id: string, topic: number): Job => {
    const job = textJob(`in ${topic}`, id, 'telegram');
    const message = { ...(job.payload.message as object), message_thread_id: topic, is_topic_message: true };
    return { ...job, payload: { ...job.payload, message } };
  };
  await world.worker(queued(inTopic('1', 7), inTopic('2', 7), inTopic('3', 8)), context());
  expect(world.agentTurns).toEqual(['in 7\nin 7', 'in 8']);
  expect(world.provider.sent.map(({ body }) => body.message_thread_id)).toEqual([7, 8]);
});
