import { describe, expect, test } from 'vitest';
import { RESPONSES_FAULTS } from '../../local/stand-ins/openai-responses.ts';
import { storedItem } from '../../runtime/core/dynamodb-values.ts';
import type { TraceAnswer } from '../../runtime/replies/trace/model.ts';
import { CONVERSATION, recordR, SID, USER } from '../runtime/replies/records.ts';
import { changeRecord } from '../runtime/replies/turn-world.ts';
import type { WorldOptions } from '../runtime/replies/world.ts';
import { deployedReplies, LOG_GROUPS, whole } from './replies-world.ts';

type World = ReturnType<typeof deployedReplies>;
type Engine = World['engine'];

const TEXT = 'words of the user';
const write = (engine: Engine, more = {}) => engine.webhook({ messageSid: SID, text: TEXT, ...more });
const ready = async (engine: Engine) => {
  await write(engine);
  engine.clock.jump(10_000);
};

/** What the functions logged lies in CloudWatch. */
function ship({ engine, logs }: World): void {
  for (const line of engine.logs.raw) {
    const { timestamp } = JSON.parse(line);
    logs.write(LOG_GROUPS[1] ?? '', Date.parse(timestamp ?? ''), line);
  }
}

async function traced(world: World, id = SID): Promise<TraceAnswer & { readonly out: string }> {
  ship(world);
  const before = whole(world);
  const text = await world.run(['trace', id]);
  const json = await world.run(['trace', id, '--json']);
  expect([text.exitCode, json.exitCode, text.error, json.error]).toEqual([0, 0, '', '']);
  expect(whole(world)).toBe(before);
  for (const shown of [text.out, json.out])
    for (const hidden of [TEXT, 'Hello', 'a draft']) expect(shown).not.toContain(hidden);
  return { ...(JSON.parse(json.out) as TraceAnswer), out: text.out };
}

interface Row {
  readonly row: string;
  readonly rule: string;
  readonly options?: WorldOptions;
  readonly play: (engine: Engine) => Promise<unknown>;
  /** The last step that has a rule, and others that must be there. */
  readonly kinds: readonly string[];
}

const isCreate = ({ service, name }: { readonly service: string; readonly name: string }) =>
  service === 'twilio' && name === 'POST';
const now = Date.parse('2026-11-21T10:00:00Z') / 1000;
const turn_times = Array.from({ length: 30 }, (_, index) => now - index * 100);

const ROWS: readonly Row[] = [
  {
    row: '3, sent twice',
    rule: 'duplicate_sid',
    play: async (engine) => [await write(engine), await write(engine)],
    kinds: ['received', 'staged', 'triggered', 'repeated'],
  },
  {
    row: '3, processed before',
    rule: 'duplicate_sid',
    options: { records: [recordR({ processed_sids: [SID] })] },
    play: write,
    kinds: ['received', 'repeated'],
  },
  {
    row: '4',
    rule: 'invalid_signature',
    play: (engine) => write(engine, { authToken: 'f'.repeat(32) }),
    kinds: ['received', 'refused'],
  },
  {
    row: '8',
    rule: 'no_conversation',
    play: (engine) => write(engine, { from: 'whatsapp:+15005550099' }),
    kinds: ['received', 'refused'],
  },
  {
    row: '12',
    rule: 'human_route',
    options: { records: [recordR({ auto_queue_reply_message: true })] },
    play: write,
    kinds: ['received', 'staged', 'recorded', 'human_told'],
  },
  {
    row: '13',
    rule: 'opted_out',
    options: { records: [recordR({ opted_out: true })] },
    play: write,
    kinds: ['received', 'staged', 'recorded'],
  },
  {
    row: '20',
    rule: 'replied',
    play: async (engine) => [await ready(engine), await engine.runWorker()],
    kinds: [
      'received',
      'staged',
      'triggered',
      'leased',
      'decided',
      'part_begun',
      'part_accepted',
      'finished',
    ],
  },
  {
    row: '27',
    rule: 'deferred',
    play: async (engine) => {
      await ready(engine);
      changeRecord(
        engine,
        storedItem({
          conversation_status: 'processing_reply',
          lock_owner: 'other',
          lock_expires_at: engine.clock.nowMillis() / 1000 + 100,
          lock_fence: 3,
        }),
      );
      await engine.runWorker();
    },
    kinds: ['received', 'staged', 'triggered', 'deferred', 'standing'],
  },
  {
    row: '32',
    rule: 'hold:PROMPT_UNRESOLVED',
    options: { records: [recordR({ ai_config: { api_key_reference: 'k', assistant_id_replies: '' } })] },
    play: async (engine) => [await ready(engine), await engine.run(7200)],
    kinds: ['received', 'leased', 'failed', 'dead_letter', 'standing'],
  },
  {
    row: '32, quota',
    rule: 'hold:MODEL_HOLD_ERROR',
    play: async (engine) => {
      await ready(engine);
      engine.model.fail(RESPONSES_FAULTS.insufficientQuota);
      await engine.runWorker();
    },
    kinds: ['leased', 'failed'],
  },
  {
    row: '36',
    rule: 'model_output',
    options: { reply: () => '{"foo":1}' },
    play: async (engine) => [await ready(engine), await engine.runWorker()],
    kinds: ['leased', 'finished', 'human_told'],
  },
  {
    row: '37',
    rule: 'hand_off',
    options: { reply: () => '{"content":"a draft","hand_off_to_human":true}' },
    play: async (engine) => [await ready(engine), await engine.runWorker()],
    kinds: ['leased', 'decided', 'finished', 'human_told'],
  },
  {
    row: '41',
    rule: 'unclear_resent',
    play: async (engine) => {
      await ready(engine);
      engine.killer.before = isCreate;
      await engine.run(7200, { sweeps: true });
    },
    kinds: ['part_begun', 'part_settled', 'part_accepted', 'finished'],
  },
  {
    row: '42',
    rule: 'unclear_adopted',
    play: async (engine) => {
      await ready(engine);
      engine.killer.after = isCreate;
      await engine.run(7200, { sweeps: true });
    },
    kinds: ['part_begun', 'part_settled', 'part_accepted', 'finished'],
  },
  {
    row: '45, 21211',
    rule: 'permanent:21211',
    play: async (engine) => {
      await ready(engine);
      engine.twilio.fail({ kind: 'refuse', code: 21211, method: 'create' });
      await engine.runWorker();
    },
    kinds: ['part_begun', 'finished', 'human_told'],
  },
  {
    row: '45, 21610',
    rule: 'opted_out',
    play: async (engine) => {
      await ready(engine);
      engine.twilio.fail({ kind: 'refuse', code: 21610, method: 'create' });
      await engine.runWorker();
    },
    kinds: ['part_begun', 'finished'],
  },
  {
    row: '45, 20003',
    rule: 'hold:20003',
    play: async (engine) => {
      await ready(engine);
      engine.twilio.fail({ kind: 'refuse', code: 20003, times: 9, method: 'create' });
      await engine.runWorker();
    },
    kinds: ['part_begun', 'failed', 'standing'],
  },
  {
    row: '45, 63003 by callback',
    rule: 'permanent:63003',
    play: async (engine) => {
      await ready(engine);
      await engine.runWorker();
      const report = engine.twilio.report(engine.twilio.messages[0]?.sid ?? '', 'undelivered', 63003);
      if (report) await engine.post(report);
    },
    kinds: ['part_accepted', 'finished', 'part_failed'],
  },
  {
    row: '47',
    rule: 'window_closed',
    play: async (engine) => {
      await ready(engine);
      engine.clock.jump(25 * 3_600_000);
      await engine.runWorker();
    },
    kinds: ['leased', 'finished', 'human_told'],
  },
  {
    row: '54',
    rule: 'transient:MODEL_TRANSIENT_ERROR',
    play: async (engine) => {
      await ready(engine);
      engine.model.fail({ kind: 'broken', status: 503, platformObject: true, times: 999 });
      await engine.run(7200, { sweeps: true });
    },
    kinds: ['leased', 'failed', 'dead_letter', 'standing'],
  },
  {
    row: '58',
    rule: 'turn_guard',
    options: { records: [recordR({ turn_times, archived_count: 60 })] },
    play: async (engine) => [await ready(engine), await engine.runWorker()],
    kinds: ['leased', 'finished', 'human_told'],
  },
];

describe('hookline replies trace', () => {
  test.each(ROWS)('replies 64: after row $row the rule is $rule', async ({ rule, options, play, kinds }) => {
    const world = deployedReplies(options);
    await play(world.engine);
    const { found, sources, out } = await traced(world);
    const [message, ...others] = found?.messages ?? [];
    expect(others).toEqual([]);
    expect(message?.messageSid).toBe(SID);
    expect(message?.verdict.rule).toBe(rule);
    expect(message?.steps.map(({ kind }) => kind)).toEqual(expect.arrayContaining([...kinds]));
    const rules = message?.steps.flatMap((step) => step.rule ?? []) ?? [];
    expect(rules.at(-1)).toBe(rule === 'replied' ? 'replied' : rule);
    expect(out.trimEnd().split('\n').at(-1)).toContain(`(rule ${rule})`);
    expect(sources.filter(({ status }) => status !== 'read')).toEqual([]);
    const times = message?.steps.flatMap(({ at }) => at ?? []) ?? [];
    expect(times).toEqual([...times].sort());
  });

  test('replies 64: a sid that nobody has seen: says so, exit 1, with and without --json', async () => {
    const world = deployedReplies();
    await write(world.engine);
    ship(world);
    const unknown = SID.replace(/1$/, '7');
    const text = await world.run(['trace', unknown]);
    expect(text.exitCode).toBe(1);
    expect(text.error).toMatch(new RegExp(`^error: Nothing is known of ${unknown} since .*--since`));
    const json = await world.run(['trace', unknown, '--json']);
    expect(json.exitCode).toBe(1);
    expect(JSON.parse(json.out)).not.toHaveProperty('found');
  });

  test('replies 64: delivered and read are steps of the part, by turn id, by a sid of the reply, by number and by id', async () => {
    const world = deployedReplies();
    const { engine } = world;
    await ready(engine);
    await engine.runWorker();
    const part = engine.twilio.messages[0]?.sid ?? '';
    for (const status of ['delivered', 'read']) {
      const report = engine.twilio.report(part, status);
      if (report) await engine.post(report);
    }
    const { turnId = '' } = engine.conversation().entries[0] ?? {};
    ship(world);
    for (const id of [turnId, part, USER, `whatsapp:${USER}`, CONVERSATION]) {
      const { found } = JSON.parse((await world.run(['trace', id, '--json'])).out) as TraceAnswer;
      expect(found?.messages, id).toMatchObject([{ messageSid: SID, turnId, verdict: { rule: 'replied' } }]);
      const statuses = found?.messages[0]?.steps.filter(({ kind }) => kind === 'part_status');
      expect(
        statuses?.map(({ detail }) => detail),
        id,
      ).toEqual(['delivered', 'read']);
    }
  });

  test('without a log, record and stage table tell what they know', async () => {
    const world = deployedReplies();
    await ready(world.engine);
    const waiting = await world.run(['trace', SID]);
    expect(waiting.out).toContain('It is staged and waits for its turn.');
    await world.engine.runWorker();
    const done = await world.run(['trace', USER]);
    expect(done.out).toContain('It was answered. (rule replied)');
  });

  test('a source that cannot be read is named, and the rest is told', async () => {
    const world = deployedReplies();
    await ready(world.engine);
    ship(world);
    const logs = async () => {
      throw new Error('No right');
    };
    const broken = { send: async () => logs() };
    const { exitCode, out } = await world.run(['trace', SID], {
      aws: { ...world.aws, logs: async () => broken },
    });
    expect(exitCode).toBe(0);
    expect(out).toContain('log could not be read:');
    expect(out).toContain('It is staged and waits for its turn.');
  });

  test('two messages of one turn each have their own line, in order', async () => {
    const world = deployedReplies();
    const { engine } = world;
    const second = SID.replace(/1$/, '2');
    await write(engine);
    engine.clock.jump(2000);
    await write(engine, { messageSid: second });
    engine.clock.jump(8000);
    await engine.runWorker();
    const { found } = await traced(world, USER);
    expect(found?.messages.map(({ messageSid, verdict }) => [messageSid, verdict.rule])).toEqual([
      [SID, 'replied'],
      [second, 'replied'],
    ]);
  });
});
