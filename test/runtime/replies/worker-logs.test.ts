import { expect, test } from 'vitest';
import { COMPANY, MODEL_SECRET, TWILIO_SECRET } from './records.ts';
import { changeRecord, readyWorld, sid } from './turn-world.ts';
import { RepliesWorld } from './world.ts';

const USER_TEXT = 'My secret question';
const REPLY_TEXT = 'My confidential answer';
const RULE =
  /^(invalid_signature|no_conversation|project_inactive|channel_not_allowed|duplicate_sid|human_route|opted_out|deferred|replied|hand_off|model_output|window_closed|turn_guard|unclear_(adopted|resent|held)|(transient|hold|permanent):[A-Za-z0-9_]+)$/;

/** One world for each way in which a turn can go. */
const WAYS: Readonly<Record<string, (world: RepliesWorld) => void | Promise<void>>> = {
  answered: () => {},
  'handed off by the model': (world) =>
    world.model.say(JSON.stringify({ content: REPLY_TEXT, hand_off_to_human: true })),
  'output that cannot be used': (world) => world.model.say('{"foo":1}', '{"foo":1}'),
  'model down': (world) => world.model.fail({ kind: 'broken', status: 503, platformObject: true, times: 99 }),
  'unclear send': (world) => world.twilio.fail({ kind: 'lose-answer', method: 'create' }),
  'refused for good': (world) => world.twilio.fail({ kind: 'refuse', code: 21211, method: 'create' }),
  'credentials refused': (world) =>
    world.twilio.fail({ kind: 'refuse', code: 20003, times: 9, method: 'create' }),
  'secret without a key': (world) => void world.secrets.secrets.set(MODEL_SECRET, `{"key":"${KEY}"}`),
  'secret that is no JSON': (world) => void world.secrets.secrets.set(TWILIO_SECRET, TOKEN),
  'killed after the send': (world) => {
    world.killer.after = ({ service, name }) => service === 'twilio' && name === 'POST';
  },
  busy: (world) =>
    changeRecord(world, {
      conversation_status: { S: 'processing_reply' },
      lock_owner: { S: 'other' },
      lock_expires_at: { N: String(world.clock.nowMillis() / 1000 + 60) },
    }),
  'window closed': (world) => world.clock.jump(25 * 3_600_000),
};

const KEY = 'sk-live-key-of-somebody';
const TOKEN = '0123456789abcdef0123456789abcdef';

test.each(Object.entries(WAYS))(
  'replies 59: %s: no line has text, number, token or key',
  async (_name, arrange) => {
    const world = await readyWorld({ reply: () => JSON.stringify({ content: REPLY_TEXT }) }, USER_TEXT);
    await arrange(world);
    await world.run(1200);
    const { text } = world.logs;
    expect(text).not.toBe('');
    for (const secret of [USER_TEXT, REPLY_TEXT, '15005550006', COMPANY.slice(1), TOKEN, KEY, 'sk-test'])
      expect(text).not.toContain(secret);
    for (const { rule } of world.logs.lines) if (rule !== undefined) expect(rule).toMatch(RULE);
    expect(world.tap.calls).not.toContain('Scan');
  },
);

test('every line of a turn names conversation and turn, and the outcome has its rule', async () => {
  const world = new RepliesWorld();
  await world.webhook({ messageSid: sid(1) });
  world.clock.jump(10_000);
  const before = world.logs.lines.length;
  await world.runWorker();
  const lines = world.logs.lines.slice(before).filter((line) => !('_aws' in line));
  const events = lines.map(({ event }) => event);
  expect(events).toEqual([
    'heartbeat',
    'turn_claimed',
    'model_answered',
    'turn_decided',
    'part_begun',
    'part_accepted',
    'turn_finished',
  ]);
  for (const line of lines) expect(line).toMatchObject({ conversation_ref: expect.any(String), attempt: 1 });
  for (const line of lines.slice(1)) expect(line.turn_id).toBe(lines[1]?.turn_id);
  expect(lines.at(-1)).toMatchObject({ rule: 'replied', message_sids: [sid(1)] });
});
