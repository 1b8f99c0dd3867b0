import { describe, expect, test } from 'vitest';
import { RESPONSES_FAULTS } from '../../local/stand-ins/openai-responses.ts';
import { storedItem } from '../../runtime/core/dynamodb-values.ts';
import { recordR, SID } from '../runtime/replies/records.ts';
import { changeRecord } from '../runtime/replies/turn-world.ts';
import type { WorldOptions } from '../runtime/replies/world.ts';
import { deployedReplies } from './replies-world.ts';
import { type Engine, ready, traced, write } from './trace-world.ts';

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
});
