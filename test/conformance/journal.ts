import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { dynamoDelivery } from '../../runtime/bot/delivery.ts';
import { noFailedEvents } from '../../runtime/bot/failed-events.ts';
import { historyStore } from '../../runtime/bot/history-store.ts';
import type { Job } from '../../runtime/bot/job.ts';
import { type BotDecision, BotJournal } from '../../runtime/bot/journal.ts';
import { SendError } from '../../runtime/core/errors.ts';
import { dynamoLock } from '../../runtime/core/lock.ts';
import { jsonLog } from '../../runtime/core/log.ts';
import { s3ObjectStore } from '../../runtime/core/object-store.ts';
import { FakeClock } from '../support/fake-clock.ts';
import type { ConformanceClients, MakeClients } from './clients.ts';

const decision = (...texts: string[]): BotDecision => ({
  parts: texts.map((text) => ({ type: 'text', text })),
  rule: 'agent',
  rows: [{ role: 'user', type: 'user', blocks: [{ type: 'text', content: 'question' }] }],
  clear: false,
});

/** The bot's turn journal: what a second worker finds where a first one stopped (design §3). */
export function defineJournalConformance(name: string, makeClients: MakeClients): void {
  describe(`journal on ${name}`, () => {
    let clients: ConformanceClients;
    beforeAll(async () => {
      clients = await makeClients();
    });

    /** One event of a new chat; `worker` makes a journal as another invocation would. */
    const setUp = ({ locked = true } = {}) => {
      const clock = new FakeClock();
      const job = { provider: 'telegram', chat_id: randomUUID(), event_id: '1', user_id: 'u' };
      const worker = (eventId = '1', countAttempts = false) => {
        const tmpDir = mkdtempSync(join(tmpdir(), 'hookline-journal-'));
        onTestFinished(() => rmSync(tmpDir, { recursive: true, force: true }));
        const objects = s3ObjectStore(clients.s3, clients.bucket, clock);
        const ports = {
          histories: historyStore(objects, clock, { prefix: 'history', tmpDir }),
          delivery: dynamoDelivery(clients.dynamodb, clients.tableName, clock, 1000),
          lock: locked ? dynamoLock(clients.dynamodb, clients.tableName, clock) : undefined,
          failedEvents: noFailedEvents,
          finished: new Set<string>(),
          clock,
          log: jsonLog(
            () => {},
            () => clock.nowMillis(),
          ),
        };
        const own = { ...job, event_id: `${job.chat_id}-${eventId}`, sent_at: '2026-11-21T10:00:00Z' };
        return new BotJournal([own as unknown as Job], ports, {
          owner: randomUUID(),
          lockTtlSeconds: 180,
          deadlineSeconds: Math.ceil(clock.nowMillis() / 1000) + 30,
          dedupeTtlSeconds: 1000,
          countAttempts,
        });
      };
      return { clock, worker };
    };

    test('new, decided, parts accepted, done; the second delivery finds done', async () => {
      const { worker } = setUp();
      const first = worker();
      expect(await first.claim()).toEqual({ status: 'new' });
      await first.decide(decision('a', 'b'));
      await first.partBegun(1);
      await first.partAccepted(1, 'm1');
      await first.partBegun(2);
      await first.partAccepted(2, 'm2');
      await first.finish();
      first.close();
      expect(await worker().claim()).toEqual({ status: 'done' });
    });

    test('a worker that died after part 1 of 3 leaves part 2 as unclear', async () => {
      const { worker, clock } = setUp();
      const first = worker();
      await first.claim();
      await first.decide(decision('a', 'b', 'c'));
      await first.partAccepted(1, 'm1');
      await expect(worker().claim()).rejects.toThrow('may still be working');
      clock.jump(36_000);
      expect(await worker().claim()).toMatchObject({
        status: 'resume',
        parts: [{ text: 'a' }, { text: 'b' }, { text: 'c' }],
        accepted: new Set([1]),
        unclearPart: 2,
      });
    });

    test('a part that was certainly refused is not unclear', async () => {
      const { worker } = setUp();
      const first = worker();
      await first.claim();
      await first.decide(decision('a'));
      const error = new SendError('busy', 'transient');
      const failure = { stage: 'send', errorClass: 'transient', error, part: 1, unsent: [] } as const;
      expect(await first.fail(failure)).toBe('given-back');
      const second = worker();
      expect(await second.claim()).toMatchObject({ status: 'resume', unclearPart: undefined });
      await second.partBegun(1);
      await second.fail({ ...failure, errorClass: 'unclear' });
      expect(await worker().claim()).toMatchObject({ status: 'resume', unclearPart: 1 });
    });

    test('another event of a busy chat is ignored while it is undecided, never after', async () => {
      const { worker, clock } = setUp();
      const first = worker('1');
      await first.claim();
      expect(await worker('2').claim()).toEqual({ status: 'ignored', rule: 'busy' });
      await first.decide(decision('a'));
      clock.jump(200_000);
      await worker('2').claim();
      await expect(worker('1').claim()).rejects.toThrow('may still be working');
    });

    test('of two workers on one event one decides, the other stops', async () => {
      const { worker } = setUp({ locked: false });
      const [one, two] = [worker(), worker()];
      await one.claim();
      await two.claim();
      await one.decide(decision('one'));
      await expect(two.decide(decision('two'))).rejects.toMatchObject({ name: 'ClaimLostError' });
      expect(await worker().claim()).toMatchObject({ status: 'resume', parts: [{ text: 'one' }] });
    });

    test('two events of one chat saved at once are merged', async () => {
      const { worker } = setUp({ locked: false });
      const [one, two] = [worker('1'), worker('2')];
      await one.claim();
      await two.claim();
      await one.decide(decision('one'));
      await two.decide(decision('two'));
      const third = worker('3');
      await third.claim();
      expect(third.rows(10).map((row) => row.msgNumber)).toEqual([1, 2]);
      for (const eventId of ['1', '2'])
        expect(await worker(eventId).claim()).toMatchObject({ status: 'resume' });
    });
  });
}
