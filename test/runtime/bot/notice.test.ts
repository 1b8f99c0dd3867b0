import { expect, test } from 'vitest';
import { readBotConfig } from '../../../runtime/bot/config.ts';
import { deduplicationId, type Job, type NoticeReason } from '../../../runtime/bot/job.ts';
import { NoticeBook } from '../../../runtime/bot/notice.ts';
import type { IncomingEvent } from '../../../runtime/channels/channel.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { awsError } from '../../support/tap.ts';
import { asynchronous, CHAT, context, queued, textJob, workerWorld } from './worker-world.ts';

const HOUR_MILLIS = 3_600_000;

const noticeJob = (reason: NoticeReason, eventId = 'wamid.1'): Job => ({
  ...textJob('?', eventId),
  job_kind: 'notice',
  notice: reason,
});

const ENVIRONMENT = { UNSUPPORTED_MESSAGE: 'Please write text.' };

test.each(['drop', 'fifo'] as const)(
  'bot A49: %s: a notice job is one DynamoDB call and one send, and within the hour there is no second send',
  async (policy) => {
    const world = workerWorld({ policy, environment: ENVIRONMENT });
    const event = policy === 'drop' ? asynchronous : queued;
    for (const id of ['wamid.1', 'wamid.2', 'wamid.3']) {
      await world.worker(event(noticeJob('unsupported', id)), context());
      world.clock.jump(20 * 60_000 - 1000);
    }
    expect(world.tap.calls.slice(0, 2)).toEqual(['UpdateItem', 'send']);
    expect(world.provider.sent.map(({ chatId, text }) => [chatId, text])).toEqual([
      [CHAT, 'Please write text.'],
    ]);
    expect(world.dynamodb.item(`notice:unsupported:${CHAT}`)).toBeDefined();
    expect(world.s3.keys()).toEqual([]);
    expect(world.agentTurns).toEqual([]);
    world.clock.jump(60_000);
    await world.worker(event(noticeJob('unsupported', 'wamid.4')), context());
    expect(world.provider.sent).toHaveLength(2);
  },
);

test('bot A49: another container keeps to the mark: one call, no send', async () => {
  const world = workerWorld({ policy: 'fifo', environment: ENVIRONMENT });
  await world.worker(queued(noticeJob('unsupported')), context());
  world.tap.clear();
  const { worker } = world.another();
  for (const id of ['wamid.2', 'wamid.3']) await worker(queued(noticeJob('unsupported', id)), context());
  expect(world.tap.calls).toEqual(['UpdateItem']);
  expect(world.lines.map(({ message, status }) => [message, status])).toEqual([
    ['notice_finished', 'sent'],
    ['notice_finished', 'told_before'],
    ['notice_finished', 'told_before'],
  ]);
});

test('without a table each container keeps its own mark', async () => {
  const world = workerWorld({ policy: 'fifo', table: false, environment: ENVIRONMENT });
  for (const id of ['wamid.1', 'wamid.2'])
    await world.worker(queued(noticeJob('unsupported', id)), context());
  expect(world.tap.calls).toEqual(['send']);
});

test('a mark that fails brings the notice back; a send that fails does not, for the mark stands', async () => {
  const world = workerWorld({ policy: 'fifo', environment: ENVIRONMENT });
  world.tap.before = (call) => {
    if (call.name === 'UpdateItem') throw awsError('InternalServerError', 500);
  };
  const failed = { batchItemFailures: [{ itemIdentifier: 'm1' }] };
  expect(await world.worker(queued(noticeJob('unsupported')), context())).toEqual(failed);
  world.tap.before = undefined;
  world.provider.fail({ kind: 'refuse', times: 9 });
  expect(await world.worker(queued(noticeJob('unsupported')), context())).toEqual({ batchItemFailures: [] });
  expect(world.lines.at(-1)).toMatchObject({ message: 'notice_failed', reason: 'unsupported' });
});

test('a notice whose text is empty is none', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(noticeJob('unsupported')), context());
  expect(world.tap.calls).toEqual([]);
});

const config = readBotConfig({ BOT_TYPE: 'telegram', TELEGRAM_TOKEN: '1:t', ...ENVIRONMENT });
const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const eventOf = (eventId: string, userId = 'u', chatId = 'c') =>
  ({ eventId, userId, chatId, sentAt: '2026-11-21T10:00:00.000Z', payload: {} }) as IncomingEvent;

test('the front hop hands off one notice a subject, reason and hour, and again for the very same event', () => {
  const clock = new FakeClock();
  const book = new NoticeBook(clock);
  const count = (event: IncomingEvent, reason: NoticeReason) =>
    book.jobsFor(event, reason, { config, traceparent }).length;
  expect(count(eventOf('1'), 'unsupported')).toBe(1);
  expect(count(eventOf('2'), 'unsupported')).toBe(0);
  expect(count(eventOf('1'), 'unsupported')).toBe(1);
  expect(count(eventOf('3'), 'rate_limited')).toBe(1);
  // The rate limit's notice is for a user, the other for a chat.
  expect(count(eventOf('4', 'v'), 'rate_limited')).toBe(1);
  expect(count(eventOf('5', 'v'), 'unsupported')).toBe(0);
  clock.jump(HOUR_MILLIS);
  expect(count(eventOf('6'), 'unsupported')).toBe(1);
});

test('the queue takes a notice and the turn of the same event for two messages', () => {
  const ids = [textJob('?'), noticeJob('unsupported'), noticeJob('rate_limited')].map(deduplicationId);
  expect(new Set(ids).size).toBe(3);
});
