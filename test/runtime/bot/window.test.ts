import { expect, test } from 'vitest';
import { HistoryFile } from '../../../runtime/bot/history-file.ts';
import { later } from './jobs.ts';
import { context, queued, storedHistory, storedTexts, textJob, workerWorld } from './worker-world.ts';

const DAY_MILLIS = 86_400_000;

type World = ReturnType<typeof workerWorld>;

const finished = ({ lines }: World) => lines.filter((line) => line.message === 'worker_job_finished').at(-1);

/** A world whose clock stands a day behind the message. */
function dayLater(environment: Record<string, string> = {}, provider?: 'telegram') {
  const world = workerWorld({ policy: 'fifo', environment, ...(provider && { provider }) });
  world.clock.jump(Date.parse(textJob('').sent_at) + DAY_MILLIS - world.clock.nowMillis());
  return world;
}

test('a message that is worked on a day late gets no agent: it is stored and captured', async () => {
  const world = dayLater();
  await world.worker(queued(textJob('late')), context());
  expect(finished(world)).toMatchObject({ status: 'answered', rule: 'window_closed' });
  expect(world.agentTurns).toEqual([]);
  expect(world.provider.sent).toEqual([]);
  expect(storedTexts(world.s3)).toEqual(['late']);
  const key = world.s3.keys().find((name) => name.startsWith('failed-events/'));
  const captured = JSON.parse(Buffer.from(world.s3.object(key ?? '')?.body ?? []).toString('utf8'));
  expect(captured).toMatchObject({
    reason: 'send_failed',
    error: expect.stringContaining('24-hour window has closed'),
    event: { maws_job: { event_id: 'wamid.1' } },
  });
});

test('without a place to capture it, the late message comes back until it is a dead letter', async () => {
  const world = dayLater({ CAPTURE_FAILED_EVENTS: 'false' });
  const failed = { batchItemFailures: [{ itemIdentifier: 'm1' }] };
  expect(await world.worker(queued(textJob('late')), context())).toEqual(failed);
  expect(world.s3.keys()).toEqual([]);
});

test('with TEMPLATE_REENGAGE the decision of a late message is the template', async () => {
  const world = dayLater({ TEMPLATE_REENGAGE: 'we_are_back:en_US' });
  await world.worker(queued(textJob('late')), context());
  const { history } = storedHistory(world.s3);
  expect(history.ledgerRow('wamid.1')).toMatchObject({
    rule: 'window_closed',
    parts: [{ type: 'template', name: 'we_are_back', language: 'en_US', parameters: {} }],
  });
  history.close();
  expect(world.agentTurns).toEqual([]);
});

test('the window is open a second before, for who wrote meanwhile, and on Telegram', async () => {
  const inTime = dayLater();
  await inTime.worker(queued(later(textJob('in time'), 1)), context());
  expect(inTime.agentTurns).toEqual(['in time']);
  const wroteAgain = dayLater();
  await wroteAgain.worker(queued(later(textJob('newer', 'wamid.2'), 3600)), context());
  await wroteAgain.worker(queued(textJob('late', 'wamid.1')), context());
  expect(wroteAgain.agentTurns).toEqual(['newer', 'late']);
  const telegram = dayLater({}, 'telegram');
  await telegram.worker(queued(textJob('late', '1', 'telegram')), context());
  expect(telegram.agentTurns).toEqual(['late']);
});

test('when a user last wrote is read from the ledger, else from the last row, of the earlier library too', () => {
  const file = HistoryFile.open(':memory:', '2026-11-21T10:00:00+00:00');
  const times = { nowSeconds: Date.parse('2026-11-21T12:00:00Z') / 1000, forgetBeforeSeconds: 0 };
  const write = (change: Partial<Parameters<HistoryFile['write']>[0]>) =>
    file.write({ clear: false, rows: [], ledger: [], ...change }, times);
  expect(file.lastMessageMillis()).toBeUndefined();
  write({ rows: [{ role: 'user', type: 'user', blocks: [{ type: 'text', content: 'hi' }] }] });
  expect(file.lastMessageMillis()).toBe(Date.parse('2026-11-21T12:00:00Z'));
  const metadata = { user_message: { timestamp: '2026-11-21T11:00:00+00:00' } };
  write({ rows: [{ role: 'user', type: 'user', blocks: [{ type: 'text', content: 'hi', metadata }] }] });
  expect(file.lastMessageMillis()).toBe(Date.parse('2026-11-21T11:00:00Z'));
  const decided = (eventId: string, rule: string, sentAt: string) =>
    write({ ledger: [{ eventId, userId: 'u', sentAt, attempt: 'a', rule, parts: [] }] });
  decided('1', 'agent', '2026-11-21T13:00:00.000Z');
  decided('2', 'sender', '2026-11-21T14:00:00.000Z');
  expect(file.lastMessageMillis()).toBe(Date.parse('2026-11-21T13:00:00Z'));
  file.close();
});
