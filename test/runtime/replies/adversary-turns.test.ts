import { describe, expect, test } from 'vitest';
import { type AwsCall, awsError } from '../../support/tap.ts';
import { stagedByHand } from './records.ts';
import {
  creates,
  expectNothingLeft,
  expectOneReply,
  finishedRules,
  modelCalls,
  put,
  readyWorld,
  recordR,
  said,
  sent,
  sid,
} from './turn-world.ts';
import { RepliesWorld } from './world.ts';

/** What breaks a turn that was begun before: requests of the user, throttles and odd records in its way. */

const throttled = () => awsError('ProvisionedThroughputExceededException', 400);

/** A STOP that is staged, and whose record cannot be written. */
async function stagedStop(world: RepliesWorld): Promise<void> {
  world.tap.before = ({ name, input }) => {
    if (name === 'UpdateItem' && JSON.stringify(input).includes('opted_out_at')) throw throttled();
  };
  expect(await world.webhook({ messageSid: sid(2), text: 'STOP' })).toMatchObject({ statusCode: 503 });
  world.tap.before = undefined;
}

describe('a STOP that is staged while a turn waits for its next try', () => {
  test('replies 13: the model failed: it is not asked again, and nothing is sent', async () => {
    const world = await readyWorld();
    world.model.fail({ status: 503, times: 9 } as never);
    await world.runWorker();
    await stagedStop(world);
    const asked = modelCalls(world);
    await world.run(60);
    expect([modelCalls(world) - asked, sent(world), finishedRules(world)]).toEqual([0, [], ['opted_out']]);
    await world.run(600, { sweeps: true });
    expect(world.conversation().isOptedOut).toBe(true);
    expectNothingLeft(world);
  });

  test('replies 13: Twilio was busy: nothing is sent', async () => {
    const world = await readyWorld();
    world.twilio.fail({ kind: 'throttle', retryAfterSeconds: 1, method: 'create' });
    await world.runWorker();
    await stagedStop(world);
    await world.run(60);
    expect([sent(world), finishedRules(world)]).toEqual([[], ['opted_out']]);
  });
});

test('250 short messages in one burst, and a clean-up that fails: nothing is answered twice', async () => {
  const world = new RepliesWorld();
  for (let number = 1; number <= 250; number++)
    put(
      world,
      stagedByHand({ message_sid: sid(number), body: 'a', received_seq: String(number).padStart(4, '0') }),
    );
  await world.trigger();
  world.tap.before = ({ name }: AwsCall) => {
    if (name === 'BatchWriteItem') throw throttled();
  };
  await world.runWorker();
  world.tap.before = undefined;
  await world.run(600, { sweeps: true });
  await world.webhook({ messageSid: sid(251), text: 'b' });
  await world.run(600, { sweeps: true });
  const asked = said(world)
    .filter(([role]) => role === 'user')
    .map(([, content]) => content)
    .join('\n');
  expect(asked.split('\n')).toEqual([...Array.from({ length: 250 }, () => 'a'), 'b']);
  expect(creates(world)).toBe(world.entries().filter(({ role }) => role === 'user').length);
});

test.each([
  ['cut smaller', 21617, 'A sentence', () => 'A sentence. '.repeat(100).trim()],
  ['refused for good', 21211, 'permanent:21211', () => ''],
])(
  'a part is %s, and the write of that is throttled: the log says so, and calls nobody',
  async (_name, code, text, reply) => {
    const content = reply() || 'Hello';
    const world = await readyWorld({ reply: () => JSON.stringify({ content }) });
    world.twilio.fail({ kind: 'refuse', code, method: 'create' });
    world.tap.before = ({ name, input }: AwsCall) => {
      if (name === 'UpdateItem' && creates(world) === 1 && JSON.stringify(input).includes(text))
        throw throttled();
    };
    await world.runWorker();
    expect(world.logs.of('turn_failed')).toMatchObject([{ rule: 'transient:DB_TRANSIENT_ERROR' }]);
    expect([world.logs.of('operator_needed'), world.logs.of('lease_lost')]).toEqual([[], []]);
    expect(world.conversation().status).toBe('retry');
    world.tap.before = undefined;
    await world.run(600);
    expect(sent(world).join('')).toBe(content);
  },
);

test('under hold a part that was refused for good is no unclear one, though the write of that was throttled', async () => {
  const world = await readyWorld({ environment: { SEND_AMBIGUITY_POLICY: 'hold' } });
  world.twilio.fail({ kind: 'refuse', code: 21211, method: 'create', times: 2 });
  world.tap.before = ({ name, input }: AwsCall) => {
    if (name === 'UpdateItem' && JSON.stringify(input).includes('permanent:21211')) throw throttled();
  };
  await world.runWorker();
  world.tap.before = undefined;
  await world.run(600);
  expect([finishedRules(world), world.metric('AmbiguousSend')]).toEqual([['permanent:21211'], 0]);
});

test.each(['total_prompt_tokens', 'message_count', 'turn_times', 'archived_count', 'entry_edits'])(
  'a record whose %s another service wrote as null takes the reply',
  async (name) => {
    const world = await readyWorld({ records: [recordR({ [name]: null })] });
    expect(await world.runWorker()).toMatchObject({ failures: [] });
    expectOneReply(world);
  },
);

test('replies 36: a person is told once though the commit is throttled at every receive', async () => {
  const world = await readyWorld({ reply: () => '{"foo":1}' });
  world.tap.before = ({ name, input }: AwsCall) => {
    if (name === 'UpdateItem' && JSON.stringify(input).includes('list_append')) throw throttled();
  };
  await world.run(3600, { sweeps: true });
  expect(world.deadLetters).toHaveLength(1);
  world.tap.before = undefined;
  await world.redrive();
  await world.run(600, { sweeps: true });
  expect(world.humanMessages).toHaveLength(1);
  expect(world.conversation().status).toBe('handoff_required');
  expectNothingLeft(world);
});

test('replies 48: a `sent` that was read before the `delivered` and is written after it changes nothing', async () => {
  const world = await readyWorld();
  await world.runWorker();
  const report = (status: string) => {
    const callback = world.twilio.report(world.twilio.messages[0]?.sid ?? '', status);
    if (!callback) throw new Error('No callback was asked for');
    return world.post(callback);
  };
  world.killer.onCall = async ({ name }) => {
    if (name !== 'UpdateItem') return;
    world.killer.onCall = undefined;
    await report('delivered');
  };
  expect(await report('sent')).toMatchObject({ statusCode: 204 });
  expect(world.entries()[1]).toMatchObject({ delivery_status: 'delivered' });
});

test('a model that gives 500,000 characters as its reason for a person is asked once', async () => {
  const hand_off_to_human_reason = 'y'.repeat(500_000);
  const reply = () =>
    JSON.stringify({ content: 'A draft', hand_off_to_human: true, hand_off_to_human_reason });
  const world = await readyWorld({ reply });
  await world.run(7200, { sweeps: true });
  expect([modelCalls(world), sent(world), world.deadLetters]).toEqual([1, [], []]);
  expect(world.humanMessages).toMatchObject([{ handoff_reason: 'y'.repeat(1000), draft_reply: 'A draft' }]);
});

test('a part whose sid stands there as an empty text goes to a person, and not silently nowhere', async () => {
  const parts = [{ text: 'Hello', sid: '' }];
  const pending_turn = { turn_id: 't', message_sids: [sid(9)], state: 'model_done', parts };
  const world = new RepliesWorld({ records: [recordR({ pending_turn })] });
  await world.trigger();
  await world.runWorker();
  expect([sent(world), finishedRules(world)]).toEqual([[], ['hand_off']]);
  expect(world.humanMessages).toMatchObject([{ draft_reply: 'Hello' }]);
});

test('a draft and a text of control characters alone, six bytes each as JSON, fit into 256 KB', async () => {
  const reply = () => JSON.stringify({ content: '\u0001'.repeat(30_000) });
  const world = await readyWorld({ reply }, '\u0001'.repeat(65_000));
  await world.run(600);
  expect(finishedRules(world)).toEqual(['permanent:MAX_REPLY_PARTS']);
  const [message] = world.humanMessages;
  expect(JSON.stringify(message).length).toBeLessThan(256_000);
  expect(String(message?.draft_reply)).toHaveLength(20_000);
});
