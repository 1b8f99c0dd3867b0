import { expect, test } from 'vitest';
import { RESPONSES_FAULTS } from '../../../local/stand-ins/openai-responses.ts';
import { storedItem } from '../../../runtime/core/dynamodb-values.ts';
import { buildWorkerHandler } from '../../../runtime/replies/worker-handler.ts';
import { awsError } from '../../support/tap.ts';
import { MODEL_SECRET } from './records.ts';
import {
  changeRecord,
  creates,
  expectNothingLeft,
  expectOneReply,
  finishedRules,
  modelCalls,
  readyWorld,
  recordR,
  said,
  sent,
  sid,
} from './turn-world.ts';
import { RepliesWorld } from './world.ts';

const settings = (assistant_id_replies: string | undefined, api_key_reference: string | undefined) =>
  storedItem({ ai_config: { assistant_id_replies, api_key_reference } });

test.each([
  ['assistant_id_replies blank', 'hold:PROMPT_UNRESOLVED', settings('', MODEL_SECRET)],
  ['no reference to a key', 'hold:MISSING_MODEL_CONFIG', settings('replies', undefined)],
  ['no secret of that name', 'hold:SECRET_FETCH_FAILED', settings('replies', 'missing')],
])(
  'replies 32: %s: class H, after 5 receives in the DLQ, mended and redriven one reply',
  async (_n, rule, change) => {
    const world = await readyWorld();
    const good = world.conversation().item;
    changeRecord(world, change);
    await world.run(7200);
    expect([world.deadLetters.length, modelCalls(world), creates(world)]).toEqual([1, 0, 0]);
    const { status, data, turnAttempts } = world.conversation();
    expect([status, data.failure_reason, turnAttempts]).toEqual(['processing_error', rule, 5]);
    expect(world.logs.of('operator_needed')).toHaveLength(5);
    changeRecord(world, { ai_config: good.ai_config as never });
    await world.redrive();
    await world.run(60);
    expectOneReply(world);
    expect(world.conversation().data).not.toHaveProperty('failure_reason');
  },
);

test('replies 32: a secret without ai_api_key; a model whose quota is spent: one call per receive at the most', async () => {
  for (const kind of ['secret', 'quota'] as const) {
    const world = await readyWorld();
    if (kind === 'secret') world.secrets.secrets.set(MODEL_SECRET, '{"key":"sk"}');
    else world.model.fail({ ...RESPONSES_FAULTS.insufficientQuota, times: 5 });
    const runs = await world.run(7200);
    expect(runs).toHaveLength(5);
    expect([world.deadLetters.length, modelCalls(world)]).toEqual([1, kind === 'quota' ? 5 : 0]);
    expect(world.conversation().status).toBe('processing_error');
    world.secrets.secrets.set(MODEL_SECRET, '{"ai_api_key":"sk"}');
    await world.redrive();
    await world.run(60);
    expectOneReply(world);
  }
});

test.each([
  ['429 with retry-after 2', { kind: 'throttle', retryAfterSeconds: 2 }],
  ['503', { kind: 'broken', status: 503, platformObject: true }],
  ['a broken connection', { kind: 'lose-answer' }],
] as const)(
  'replies 33: model %s, then ok: one reply, every request with the user text once',
  async (_n, fault) => {
    const world = await readyWorld({
      records: [recordR({ messages: [{ role: 'assistant', content: 'Good day', message_id: 'MM1' }] })],
    });
    world.model.fail(fault);
    await world.run(600);
    expect(sent(world)).toEqual(['Hello']);
    expectNothingLeft(world);
    expect(modelCalls(world)).toBe(2);
    for (const { body } of world.model.calls) {
      const input = JSON.stringify(body.input);
      expect([input.split('"Hi"').length - 1, input.split('Good day').length - 1]).toEqual([1, 1]);
      expect(body.store).toBe(false);
      expect(body).not.toHaveProperty('conversation');
    }
  },
);

test('replies 35: a model slower than its timeout: given up, nothing sent, the next receive completes', async () => {
  const world = await readyWorld({ environment: { MODEL_TIMEOUT_MS: '150' } });
  world.model.fail({ kind: 'hang' });
  const run = await world.runWorker();
  expect(run?.failures).toEqual(run?.messageIds);
  const { status, lockOwner, pendingTurn } = world.conversation();
  expect([status, lockOwner, pendingTurn?.state, creates(world)]).toEqual([
    'retry',
    undefined,
    'collected',
    0,
  ]);
  await world.run(60);
  expectOneReply(world);
});

test('with less than 75 s left the model is not asked, and with less than 25 s nothing is sent', async () => {
  const world = await readyWorld({ workerTimeoutSeconds: 74 });
  await world.runWorker();
  expect([modelCalls(world), world.conversation().status]).toEqual([0, 'retry']);
  expect(world.logs.of('turn_failed')).toMatchObject([{ rule: 'transient:TIME_BUDGET' }]);

  const late = await readyWorld({ workerTimeoutSeconds: 90 });
  late.killer.onCall = ({ service }) => {
    if (service === 'model') late.clock.jump(66_000);
  };
  await late.runWorker();
  expect([modelCalls(late), creates(late), late.conversation().pendingTurn?.state]).toEqual([
    1,
    0,
    'model_done',
  ]);
  late.killer.onCall = undefined;
  await late.run(60);
  expectOneReply(late);
  expect(modelCalls(late)).toBe(1);
});

test('replies 36: plain text is sent as it is', async () => {
  const world = await readyWorld({ reply: () => 'Hello' });
  await world.runWorker();
  expectOneReply(world);
  expect(world.logs.of('model_output_plain')).toMatchObject([{ level: 'WARN' }]);
});

test.each([
  ['an object without content, twice', [{ text: '{"foo":1}' }, { text: '{"foo":1}' }], 2],
  ['a refusal', [{ text: 'I must not', finish: 'refusal' }], 1],
  ['withheld by the filter', [{ text: 'Something', finish: 'filtered' }], 1],
] as const)('replies 36: %s: a person takes over, nothing is sent', async (_n, replies, calls) => {
  const world = await readyWorld();
  world.model.say(...replies);
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect([modelCalls(world), creates(world), finishedRules(world)]).toEqual([calls, 0, ['model_output']]);
  expect(world.humanMessages).toMatchObject([{ body: 'Hi' }]);
  expect(world.humanMessages[0]).not.toHaveProperty('draft_reply');
  const { status, isHandedOff, data } = world.conversation();
  expect([status, isHandedOff, data.failure_reason]).toEqual(['handoff_required', true, 'model_output']);
  expect(data.hand_off_to_human_reason).toEqual(expect.any(String));
  expect(said(world)).toEqual([['user', 'Hi']]);
  expectNothingLeft(world);
});

test('replies 51: the commit throttled for the whole of its patience: later only the commit is repeated', async () => {
  const world = await readyWorld();
  let isThrottled = true;
  world.tap.before = ({ name, input }) => {
    if (isThrottled && name === 'UpdateItem' && JSON.stringify(input).includes('list_append'))
      throw awsError('ProvisionedThroughputExceededException', 400);
  };
  const run = await world.runWorker();
  expect(run?.failures).toEqual(run?.messageIds);
  expect(world.tap.details.filter(({ input }) => JSON.stringify(input).includes('list_append')).length).toBe(
    9,
  );
  expect(world.logs.of('reply_not_recorded')).toMatchObject([{ level: 'CRITICAL' }]);
  expect([world.metric('DynamoDBFinalUpdateFailures'), world.conversation().pendingTurn?.state]).toEqual([
    1,
    'sent',
  ]);
  isThrottled = false;
  await world.run(600);
  expectOneReply(world);
  expect([modelCalls(world), creates(world)]).toEqual([1, 1]);
});

test('replies 53: clean-up fails: a warning; the next trigger recognises the rows and removes them', async () => {
  const world = await readyWorld();
  world.tap.before = ({ name }) => {
    if (name === 'BatchWriteItem') throw awsError('ThrottlingException', 400);
  };
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(world.logs.of('rows_not_deleted')).toMatchObject([{ level: 'WARN' }]);
  expect([world.staged.length, world.triggers.length]).toEqual([1, 0]);
  world.tap.before = undefined;
  await world.trigger();
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expectOneReply(world);
});

test('replies 53: rows that were left unprocessed; and the same trigger again after success', async () => {
  const world = await readyWorld();
  world.dynamodb.unprocessed = (requests) => requests;
  expect(await world.runWorker()).toMatchObject({ failures: [] });
  expect(world.logs.of('rows_not_deleted')).toMatchObject([{ level: 'WARN', rows: 1 }]);
  world.dynamodb.unprocessed = undefined;
  for (const _time of [1, 2]) {
    await world.trigger();
    expect(await world.runWorker()).toMatchObject({ failures: [] });
  }
  expectOneReply(world);
  expect(modelCalls(world)).toBe(1);
});

test('replies 54: five transient failures with the sweeper about: no second chain, all kept, a redrive answers', async () => {
  const world = await readyWorld();
  world.model.fail({ kind: 'broken', status: 503, platformObject: true, times: 999 });
  const runs = await world.run(7200, { sweeps: true });
  expect(runs.map(({ messageIds, failures }) => [messageIds, failures])).toEqual(
    Array(5).fill([runs[0]?.messageIds, runs[0]?.messageIds]),
  );
  const { status, turnAttempts, pendingTurn } = world.conversation();
  expect([world.deadLetters.length, world.triggers.length]).toEqual([1, 0]);
  // Nothing stands in the way of a new message's trigger once the last attempt has failed.
  expect(world.locks).toEqual([]);
  expect([status, turnAttempts, pendingTurn?.state, world.staged.length]).toEqual([
    'retry',
    5,
    'collected',
    1,
  ]);
  const pauses = world.tap.details
    .filter(({ name }) => name === 'ChangeMessageVisibility')
    .map(({ input }) => Number(input.VisibilityTimeout))
    // Beats ask for 600.
    .filter((seconds) => seconds !== 600);
  expect(pauses).toHaveLength(5);
  for (const [index, pause] of pauses.entries()) {
    expect(pause).toBeLessThanOrEqual(30 * 2 ** index);
    expect(pause).toBeGreaterThanOrEqual(30 * 2 ** index * 0.8);
  }
  world.model.repair();
  await world.redrive();
  await world.run(60);
  expectOneReply(world);
});

test('replies 54: a new message in place of the redrive: its trigger answers both turns', async () => {
  const world = await readyWorld();
  world.model.fail({ kind: 'broken', status: 503, platformObject: true, times: 999 });
  await world.run(7200, { sweeps: true });
  world.model.repair();
  await world.webhook({ messageSid: sid(2), text: 'Still there?' });
  await world.run(60);
  expect(said(world)).toEqual([
    ['user', 'Hi'],
    ['assistant', 'Hello'],
    ['user', 'Still there?'],
    ['assistant', 'Hello'],
  ]);
  expect(sent(world)).toEqual(['Hello', 'Hello']);
  const [first, second] = world.entries().filter(({ role }) => role === 'assistant');
  expect(first?.turn_id).not.toBe(second?.turn_id);
});

test('a faulty environment does not start, and says every fault', () => {
  const world = new RepliesWorld({
    environment: { SQS_HEARTBEAT_INTERVAL_MS: '5s', WHATSAPP_QUEUE_URL: '' },
  });
  const lines: string[] = [];
  const build = () =>
    buildWorkerHandler({ environment: world.environment, writeLog: (line) => lines.push(line) });
  expect(build).toThrow(/WHATSAPP_QUEUE_URL.*SQS_HEARTBEAT_INTERVAL_MS/);
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 'CRITICAL', event: 'configuration_faulty' });
});
