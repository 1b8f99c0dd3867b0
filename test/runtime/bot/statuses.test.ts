import { expect, test } from 'vitest';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { awsError } from '../../support/tap.ts';
import { ingressWorld, signed } from './ingress-world.ts';
import { CHAT, context, queued, textJob, workerWorld } from './worker-world.ts';

const statusBody = (status: string, more: object = {}) =>
  JSON.stringify({
    entry: [
      {
        id: 'account',
        changes: [
          {
            field: 'messages',
            value: {
              metadata: { phone_number_id: '100000000000001' },
              statuses: [
                {
                  id: 'wamid.out',
                  status,
                  recipient_id: CHAT,
                  biz_opaque_callback_data: 'wamid.1#1',
                  ...more,
                },
              ],
            },
          },
        ],
      },
    ],
  });

const ITEM = 'evt:whatsapp:wamid.1';

function statusWorld() {
  const dynamodb = new FakeDynamoDb();
  const variables = { LOCKS_TABLE_NAME: 'locks', CAPTURE_FAILED_EVENTS: 'true' };
  return { dynamodb, world: ingressWorld('whatsapp', variables, { dynamodb }) };
}

test('bot A53: "failed" 131047 is captured with its codes; no worker runs', async () => {
  const { world } = statusWorld();
  const answer = await world.send(
    signed(statusBody('failed', { errors: [{ code: 131047, title: 'Re-engagement message' }] })),
  );
  expect(answer).toMatchObject({ statusCode: 200, body: '"Webhook received."' });
  const [key] = world.s3.keys();
  expect(key).toMatch(/^failed-events\/2026\/11\/21\/whatsapp\//);
  const captured = JSON.parse(Buffer.from(world.s3.object(key ?? '')?.body ?? []).toString());
  expect(captured).toMatchObject({ reason: 'status_failed', error: expect.stringContaining('131047') });
  expect(world.lambda.invocations).toEqual([]);
});

test('bot A53: "sent" with our id, before or after the worker marked it: accepted_1, and the state is never set back', async () => {
  const { dynamodb, world } = statusWorld();
  await world.send(signed(statusBody('sent')));
  expect(dynamodb.item(ITEM)).toMatchObject({ accepted_1: { S: 'wamid.out' }, state: { S: 'sending' } });
  dynamodb.seed({ ...dynamodb.item(ITEM), user_id: { S: ITEM }, state: { S: 'done' } });
  await world.send(signed(statusBody('read')));
  expect(dynamodb.item(ITEM)).toMatchObject({
    accepted_1: { S: 'wamid.out' },
    state: { S: 'done' },
    read_1: { N: expect.any(String) },
  });
  expect(dynamodb.tap.calls).toEqual(['UpdateItem', 'UpdateItem']);
  expect(world.lambda.invocations).toEqual([]);
});

test('statuses of another number belong to somebody else', async () => {
  const { dynamodb, world } = statusWorld();
  for (const status of ['sent', 'failed'])
    await world.send(signed(statusBody(status).replace('100000000000001', '999')));
  expect(dynamodb.items().size).toBe(0);
  expect(world.s3.keys()).toEqual([]);
});

test('a status that cannot be noted comes again', async () => {
  const { dynamodb, world } = statusWorld();
  dynamodb.tap.before = () => {
    throw awsError('InternalServerError', 500);
  };
  expect(await world.send(signed(statusBody('sent')))).toMatchObject({ statusCode: 503 });
});

test('a part whose answer was lost is not sent again once a status tells that it arrived', async () => {
  const worker = workerWorld({ policy: 'fifo' });
  worker.provider.fail({ kind: 'lose-answer' });
  expect(await worker.worker(queued(textJob('hello')), context())).toMatchObject({ batchItemFailures: [{}] });
  expect(worker.tap.details.at(-1)?.input.VisibilityTimeout).toBe(60);
  const front = ingressWorld('whatsapp', { LOCKS_TABLE_NAME: 'locks' }, { dynamodb: worker.dynamodb });
  await front.send(signed(statusBody('sent')));
  expect(await worker.worker(queued(textJob('hello')), context())).toEqual({ batchItemFailures: [] });
  expect(worker.provider.sent).toHaveLength(1);
  expect(worker.dynamodb.item(ITEM)).toMatchObject({ state: { S: 'done' } });
});

test('replies of finished events leave the history with the next save', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await world.worker(queued(textJob('one', 'wamid.1')), context());
  const size = () =>
    Buffer.from(world.s3.object(`history/${CHAT}.sqlite`)?.body ?? [])
      .toString('latin1')
      .split('"You said: one"').length;
  expect(size()).toBe(3);
  await world.worker(queued(textJob('two', 'wamid.2')), context());
  expect(size()).toBe(2);
});
