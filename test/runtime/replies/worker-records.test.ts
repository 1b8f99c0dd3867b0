import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { buildWorkerHandler } from '../../../runtime/replies/worker-handler.ts';
import { lambdaContext, recordOf, sqsEvent } from '../../support/events.ts';
import { expectOneReply, modelCalls, readyWorld } from './turn-world.ts';
import type { RepliesWorld } from './world.ts';
import { CHANNEL_ARN, PROMPTS } from './world-setup.ts';

/** What the queue, or whoever writes to it, may hand to the worker. */

/** Gives the worker an event in which the world's trigger is the last record, behind others. */
async function handle(world: RepliesWorld, others: readonly unknown[], change: object = {}) {
  const [message] = world.triggers;
  if (!message) throw new Error('There is no trigger');
  const event = sqsEvent([recordOf(message)], CHANNEL_ARN) as { Records: object[] };
  const handler = buildWorkerHandler({
    clients: {
      dynamodb: world.dynamodb,
      sqs: world.sqs,
      secretsManager: world.secrets,
      clock: world.clock,
      fetch: (input, init) =>
        String(input).includes('api.twilio.com')
          ? world.twilio.fetch(input, init)
          : world.model.fetch(input, init),
    },
    environment: world.environment,
    prompts: PROMPTS,
    writeLog: world.logs.write,
  });
  const Records = [...others, ...event.Records.map((record) => ({ ...record, ...change }))];
  return handler({ Records }, lambdaContext({ clock: world.clock, remainingMillis: 600_000 }));
}

test.each([
  ['null', null],
  ['a text', 'text'],
  ['a record without messageId', { body: '{}', receiptHandle: 'r' }],
  ['a record whose messageId is no text', { messageId: {}, body: '{}' }],
])('replies 30: %s in the event: it is logged, and the other record is worked', async (_name, other) => {
  const world = await readyWorld();
  expect(await handle(world, [other])).toEqual({ batchItemFailures: [] });
  expectOneReply(world);
  expect(world.logs.of('trigger_unreadable')).toMatchObject([
    { level: 'ERROR', error_code: 'PARSING_ERROR' },
  ]);
});

test.each([
  ['a body that is no text', { body: 7 }],
  ['no body', { body: undefined }],
  ['attributes that are none', { body: 'x', attributes: null, messageAttributes: 'x' }],
])('replies 30: %s: an item failure with its line, and the other record is worked', async (_name, change) => {
  const world = await readyWorld();
  const other = { messageId: 'other', receiptHandle: 'r', ...change };
  expect(await handle(world, [other])).toEqual({ batchItemFailures: [{ itemIdentifier: 'other' }] });
  expectOneReply(world);
  expect(world.logs.of('trigger_unreadable')).toMatchObject([{ queue_message_id: 'other' }]);
});

test.each(['00-a\n-b', 'x', ` 00-${'a'.repeat(32)}-${'b'.repeat(16)}-01\r\nX-Evil: 1`])(
  'a traceparent that is none (%j) goes to nobody',
  async (stringValue) => {
    const world = await readyWorld();
    const messageAttributes = { traceparent: { dataType: 'String', stringValue } };
    expect(await handle(world, [], { messageAttributes })).toEqual({ batchItemFailures: [] });
    expectOneReply(world);
    expect(modelCalls(world)).toBe(1);
    expect(world.logs.of('model_answered')[0]).not.toHaveProperty('trace_id');
  },
);

test('a beat in flight when the turn fails does not put the trigger off for longer', async () => {
  const world = await readyWorld();
  let beats = 0;
  const late = setTimeout(100);
  world.tap.before = async ({ name }) => {
    // The first beat's call arrives late.
    if (name === 'ChangeMessageVisibility' && ++beats === 1) await late;
  };
  world.secrets.secrets.clear();
  const run = await world.runWorker();
  expect(run?.failures).toEqual(run?.messageIds);
  await late;
  await setTimeout(10);
  expect(beats).toBe(2);
  const [message] = world.triggers;
  expect((message?.visibleAtMillis ?? 0) - world.clock.nowMillis()).toBeLessThanOrEqual(30_000);
});
