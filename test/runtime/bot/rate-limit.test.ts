import { expect, test } from 'vitest';
import type { Job } from '../../../runtime/bot/job.ts';
import { RateMemory } from '../../../runtime/bot/rate-memory.ts';
import type { IncomingEvent } from '../../../runtime/channels/channel.ts';
import { type IngressWorld, ingressWorld, jobsOf, telegramText } from './ingress-world.ts';
import { CHAT, context, queued, storedHistory, storedTexts, textJob, workerWorld } from './worker-world.ts';

const MESSAGES = 40;

/** 40 messages of one user, one a second, through so many containers of the front hop; the jobs they hand off. */
async function writeFast(containers: number, limit: string) {
  const fronts = Array.from({ length: containers }, () =>
    ingressWorld('telegram', { INGRESS_RATE_PER_MINUTE: limit }),
  );
  const answers: number[] = [];
  for (let index = 0; index < MESSAGES; index++) {
    for (const { clock } of fronts) clock.jump(1000);
    const front = fronts[index % containers] as IngressWorld;
    const text = { chatId: CHAT, eventId: String(100 + index), text: `text ${index}` };
    answers.push((await front.send(telegramText(front, text))).statusCode);
  }
  const jobs = fronts.flatMap((front) => jobsOf(front) as unknown as Job[]);
  jobs.sort((a, b) => Number(a.event_id) - Number(b.event_id));
  return { fronts, answers, turns: jobs.filter(isTurn), notices: jobs.filter((job) => !isTurn(job)) };
}

const isTurn = (job: Job) => job.job_kind === 'turn';

/** The worker takes the jobs; the calls of each turn that passed. */
async function work(jobs: readonly Job[], limit: string) {
  const world = workerWorld({
    policy: 'fifo',
    provider: 'telegram',
    environment: { INGRESS_RATE_PER_MINUTE: limit },
  });
  const calls: string[][] = [];
  for (const job of jobs) {
    world.tap.clear();
    const runs = world.agentTurns.length;
    expect(await world.worker(queued(job), context())).toEqual({ batchItemFailures: [] });
    if (world.agentTurns.length > runs) calls.push([...world.tap.calls]);
  }
  const noticesSent = world.provider.sent.filter((call) => call.text?.includes('very fast'));
  const stopped = world.lines.filter(
    (line) => line.message === 'worker_job_finished' && line.rule === 'rate_limited',
  );
  return { world, calls, noticesSent, stopped };
}

const TURN_CALLS = ['GetObject', 'PutObject', 'send', 'UpdateItem'];

test('bot A69: through one container: 30 agent runs, one notice, the others ignored on arrival', async () => {
  const { fronts, answers, turns, notices } = await writeFast(1, '30');
  expect(answers).toEqual(Array(MESSAGES).fill(200));
  const ignored = fronts[0]!.log.of('event_ignored').filter((line) => line.rule === 'rate_limited');
  expect(ignored).toHaveLength(10);
  expect([turns.length, notices.length]).toEqual([30, 1]);
  expect(notices[0]).toMatchObject({ job_kind: 'notice', notice: 'rate_limited', chat_id: CHAT });
  expect(fronts[0]!.tap.calls).toEqual(Array(31).fill('Invoke'));
  const { world, calls, noticesSent, stopped } = await work([...turns, ...notices], '30');
  expect(world.agentTurns).toHaveLength(30);
  expect(noticesSent).toHaveLength(1);
  expect(stopped).toEqual([]);
  expect(calls).toEqual(Array(30).fill(TURN_CALLS));
});

test('bot A69: through four containers the worker stops the same ten', async () => {
  const { turns, notices } = await writeFast(4, '30');
  expect([turns.length, notices.length]).toEqual([40, 0]);
  const { world, calls, noticesSent, stopped } = await work(turns, '30');
  expect(world.agentTurns).toEqual(Array.from({ length: 30 }, (_, index) => `text ${index}`));
  expect(noticesSent).toHaveLength(1);
  expect(stopped.map((line) => line.status)).toEqual(Array(10).fill('ignored'));
  expect(calls).toEqual(Array(30).fill(TURN_CALLS));
  expect(storedTexts(world.s3)).toHaveLength(60);
});

test('bot A69: limit 0: 40 agent runs, and no call more for any of them', async () => {
  const { turns, notices } = await writeFast(1, '0');
  expect([turns.length, notices.length]).toEqual([40, 0]);
  const { world, calls, noticesSent } = await work(turns, '0');
  expect(world.agentTurns).toHaveLength(40);
  expect(noticesSent).toEqual([]);
  expect(calls).toEqual(Array(40).fill(TURN_CALLS));
});

test('a redelivery meets the verdict of before, in the worker too; a minute later the user may write again', async () => {
  const { turns } = await writeFast(4, '30');
  const { world } = await work(turns, '30');
  for (const job of [turns[3], turns[35]] as Job[]) await world.worker(queued(job), context());
  expect(world.agentTurns).toHaveLength(30);
  const later = new Date(Date.parse(turns[39]!.sent_at) + 60_000).toISOString();
  await world.worker(queued({ ...turns[39]!, event_id: '999', sent_at: later }), context());
  expect(world.agentTurns).toHaveLength(31);
});

test('under drop a message that is stopped leaves no lock, no row and no ledger row', async () => {
  const world = workerWorld({ environment: { INGRESS_RATE_PER_MINUTE: '1' } });
  for (const id of ['wamid.1', 'wamid.2']) await world.worker({ maws_job: textJob('hi', id) }, context());
  expect(world.agentTurns).toHaveLength(1);
  expect(world.dynamodb.item(CHAT)).toBeUndefined();
  const { history } = storedHistory(world.s3);
  expect(history.ledgerRow('wamid.2')).toBeUndefined();
  expect(history.rows(9)).toHaveLength(2);
  history.close();
});

test('jobs of the earlier library, which say no time, are never counted as written at once', async () => {
  const world = workerWorld({ policy: 'fifo', environment: { INGRESS_RATE_PER_MINUTE: '1' } });
  for (const id of ['wamid.1', 'wamid.2', 'wamid.3']) {
    const { sent_at: _, ...job } = textJob('hi', id);
    await world.worker(queued(job as Job), context());
  }
  expect(world.agentTurns).toHaveLength(3);
});

const sent = (second: number, userId = 'u', eventId = String(second)): IncomingEvent =>
  ({ userId, eventId, sentAt: new Date(1_795_000_000_000 + second * 1000).toISOString() }) as IncomingEvent;

test('the front hop counts by user, within 60 s of the platform’s times, and an event once', () => {
  const memory = new RateMemory();
  expect([0, 1, 2].map((second) => memory.passes(sent(second), 2))).toEqual([true, true, false]);
  expect(memory.passes(sent(1), 2)).toBe(true);
  expect(memory.passes(sent(2), 2)).toBe(false);
  expect(memory.passes(sent(2, 'other'), 2)).toBe(true);
  expect(memory.passes(sent(60), 2)).toBe(true);
  expect(memory.passes(sent(60.5), 2)).toBe(false);
  // It was sent before the others, so they do not count against it.
  expect(memory.passes(sent(-5), 2)).toBe(true);
});

test('the front hop forgets users, not how to count: its memory is bounded', () => {
  const memory = new RateMemory();
  expect(memory.passes(sent(0, 'first'), 1)).toBe(true);
  for (let user = 0; user < 1000; user++) memory.passes(sent(1, `user ${user}`), 1);
  expect(memory.passes(sent(2, 'first'), 1)).toBe(true);
  expect(memory.passes(sent(2, 'user 999'), 1)).toBe(false);
});
