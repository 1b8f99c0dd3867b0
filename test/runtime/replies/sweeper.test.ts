import { describe, expect, test } from 'vitest';
import { CONVERSATION, SID, USER } from './records.ts';
import { TABLES } from './tables.ts';
import {
  breakCalls,
  formF,
  killAfter,
  recordR,
  sweepFor,
  type WebhookWorld,
  webhookWorld,
  writesOf,
} from './webhook-world.ts';

const sid = (number: number) => `SM${String(number).padStart(32, '0')}`;

/** A row that nobody has taken care of for two minutes. */
function seedRow(world: WebhookWorld, more: Readonly<Record<string, unknown>> = {}): void {
  const now = world.clock.nowMillis();
  world.seed(
    {
      conversation_id: CONVERSATION,
      message_sid: SID,
      primary_channel: USER,
      received_at: new Date(now - 120_000).toISOString(),
      body: 'Hi',
      due_shard: 0,
      due_at: Math.floor(now / 1000) - 50,
      ...more,
    },
    TABLES.stage,
  );
}

const errors = ({ log }: WebhookWorld) => log.lines.filter(({ level }) => level === 'ERROR');

const pendingOf = (...message_sids: string[]) => ({
  pending_turn: { turn_id: 't', state: 'collected', message_sids },
});

describe('the sweeper', () => {
  test('does nothing, in one query, when nothing is due', async () => {
    const world = webhookWorld();
    await world.post(formF());
    world.tap.clear();
    await world.sweep();
    expect(world.tap.calls).toEqual(['Query']);
    expect(world.tap.details[0]?.input).toMatchObject({ IndexName: 'due-index' });
    expect(world.metric('OldestStagedAgeSeconds')).toBe(0);
  });

  test('replies 16: an orphan is triggered once, with a lock, and looked at ever more rarely', async () => {
    const world = webhookWorld();
    seedRow(world);
    const start = world.clock.nowMillis();
    await world.sweep();
    expect(world.triggers()).toHaveLength(1);
    expect(world.triggers()[0]).toMatchObject({ visibleAtMillis: start });
    expect(world.locks()).toMatchObject([{ expires_at: start / 1000 + 70 }]);
    expect(world.metric('OldestStagedAgeSeconds')).toBe(120);
    expect(world.metric('StageOrphansSwept')).toBe(1);
    const pauses: number[] = [];
    let due = start / 1000;
    for (let minute = 0; minute < 600; minute++) {
      const next = Number(world.rows()[0]?.due_at);
      if (next !== due)
        pauses.push((next - Math.max(due, Date.parse(String(world.rows()[0]?.swept_at)) / 1000)) / 60);
      due = next;
      await world.clock.advance(60_000);
      await world.sweep();
    }
    expect(pauses.slice(0, 8)).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  });

  test('replies 38: a conversation under a live lease is left alone; once it is over, its rows are triggered', async () => {
    const world = webhookWorld({ records: [] });
    const now = world.clock.nowMillis() / 1000;
    const lease = {
      conversation_status: 'processing_reply',
      lock_owner: 'w',
      lock_fence: 1,
      turn_attempts: 1,
    };
    world.seed(recordR({ ...lease, lock_expires_at: now + 600, ...pendingOf(SID) }), TABLES.conversations);
    seedRow(world);
    world.tap.clear();
    await sweepFor(world, 9);
    expect(writesOf(world)).toEqual([]);
    await sweepFor(world, 2);
    expect(world.triggers()).toHaveLength(1);
  });

  test('a trigger that is on its way is not doubled', async () => {
    const world = webhookWorld();
    seedRow(world);
    const now = world.clock.nowMillis() / 1000;
    world.seed({ conversation_id: CONVERSATION, token: 't', expires_at: now + 90 }, TABLES.triggerLock);
    await world.sweep();
    expect(world.triggers()).toEqual([]);
    expect(world.rows()[0]).not.toHaveProperty('swept_at');
    await sweepFor(world, 2);
    expect(world.triggers()).toHaveLength(1);
  });

  test.each([
    ['under a live lease', { conversation_status: 'processing_reply', lock_owner: 'w', lock_fence: 1 }],
    ['whose trigger is on its way', {}],
  ])('1,000 rows of a conversation %s keep no other waiting', async (_, state) => {
    const other = 'ci-t-002#pi#r#15005550001';
    const world = webhookWorld({ records: [] });
    const expires_at = Math.floor(world.clock.nowMillis() / 1000) + 900;
    world.seed(recordR({ ...state, lock_expires_at: expires_at }), TABLES.conversations);
    world.seed(recordR({ conversation_id: other }), TABLES.conversations);
    world.seed({ conversation_id: CONVERSATION, token: 't', expires_at }, TABLES.triggerLock);
    for (let number = 0; number < 1000; number++) seedRow(world, { message_sid: sid(number), due_at: 1 });
    seedRow(world, { conversation_id: other });
    await sweepFor(world, 2);
    const woken = () => world.triggers().map(({ body }) => JSON.parse(body).conversation_id);
    expect(woken()).toEqual([other]);
    expect(world.rows().filter(({ swept_at }) => swept_at !== undefined)).toHaveLength(1);
    await sweepFor(world, 18);
    expect(woken()).toContain(CONVERSATION);
  });

  test.each([
    ['processing_error', { conversation_status: 'processing_error', turn_attempts: 1 }],
    ['too many attempts', { conversation_status: 'retry', turn_attempts: 5 }],
  ])(
    'replies 54: %s waits for an operator, and a message that came after gets one trigger',
    async (_, state) => {
      const world = webhookWorld({ records: [recordR({ ...state, ...pendingOf(SID) })] });
      seedRow(world);
      await sweepFor(world, 120);
      expect(world.triggers()).toEqual([]);
      expect(world.rows()).toHaveLength(1);
      seedRow(world, { message_sid: sid(2) });
      await sweepFor(world, 120);
      expect(world.triggers()).toHaveLength(1);
    },
  );

  test('rows whose message the record knows are removed, and nobody is woken', async () => {
    const world = webhookWorld({ records: [recordR({ processed_sids: [SID] })] });
    seedRow(world);
    await world.sweep();
    expect(world.rows()).toEqual([]);
    expect(world.triggers()).toEqual([]);
    expect(world.locks()).toEqual([]);
  });

  test('a row without its record is told of, and makes none', async () => {
    const world = webhookWorld({ records: [] });
    seedRow(world);
    await world.sweep();
    expect(errors(world)).toMatchObject([
      { event: 'staged_without_record', rule: 'hold:CONVERSATION_NOT_FOUND' },
    ]);
    expect(world.record()).toEqual({});
    expect(world.rows()).toHaveLength(1);
    expect(world.triggers()).toEqual([]);
  });

  test('one conversation that fails keeps no other waiting', async () => {
    const other = 'ci-t-002#pi#r#15005550001';
    const world = webhookWorld({ records: [recordR(), recordR({ conversation_id: other })] });
    seedRow(world);
    seedRow(world, { conversation_id: other });
    world.tap.before = (call) => {
      const isFirst = JSON.stringify(call.input).includes(CONVERSATION);
      if (call.name === 'GetItem' && isFirst) throw new Error('broken');
    };
    await world.sweep();
    expect(world.triggers().map(({ body }) => JSON.parse(body).conversation_id)).toEqual([other]);
    expect(errors(world)).toMatchObject([{ event: 'sweep_failed' }]);
  });

  test('a trigger that cannot be sent is sent by a later run', async () => {
    const world = webhookWorld();
    seedRow(world);
    breakCalls(world, 'SendMessage', { name: 'ServiceUnavailable', status: 503 });
    await world.sweep();
    expect(world.triggers()).toEqual([]);
    expect(world.rows()[0]).not.toHaveProperty('swept_at');
    world.tap.before = undefined;
    await sweepFor(world, 2);
    expect(world.triggers()).toHaveLength(1);
  });

  test.each(['GetItem', 'PutItem', 'SendMessage', 'UpdateItem'])(
    'a run that dies after %s is made up for by the next ones',
    async (operation) => {
      const world = webhookWorld();
      seedRow(world);
      await killAfter(world, operation, () => world.sweep());
      await sweepFor(world, 3);
      expect(world.triggers().length).toBeGreaterThanOrEqual(1);
      expect(world.triggers().length).toBeLessThanOrEqual(2);
    },
  );

  test('when the due rows cannot be read the run fails, so that an alarm sees it', async () => {
    const world = webhookWorld();
    breakCalls(world, 'Query', { name: 'AccessDeniedException', status: 400, table: TABLES.stage });
    await expect(world.sweep()).rejects.toThrow('AccessDeniedException');
    expect(world.log.lines).toMatchObject([
      { level: 'CRITICAL', event: 'sweep_failed', rule: 'hold:DB_CONFIG_ERROR' },
    ]);
  });

  test('a function whose configuration lacks something does not start', () => {
    expect(() => webhookWorld({ variables: { WHATSAPP_QUEUE_URL: '' } })).toThrow(
      'WHATSAPP_QUEUE_URL is not set',
    );
  });
});
