import { DeleteObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { expect, test } from 'vitest';
import { awsError, Tap } from '../../support/tap.ts';
import { ingressWorld, QUEUE_URL, signed } from './ingress-world.ts';
import {
  asynchronous,
  CHAT,
  context,
  type Policy,
  queued,
  record,
  textJob,
  workerWorld,
} from './worker-world.ts';

type World = ReturnType<typeof workerWorld>;

const KEY = 'jobs/wamid.large.json';

/** A WhatsApp webhook of more than a megabyte. */
const largeWebhook = (text: string) => {
  const message = {
    from: CHAT,
    id: 'wamid.large',
    timestamp: '1795255200',
    type: 'text',
    text: { body: text },
  };
  const extra = 'x'.repeat(1_200_000);
  return signed(
    JSON.stringify({
      entry: [{ changes: [{ field: 'messages', value: { messages: [{ ...message, extra }] } }] }],
    }),
  );
};

const policies = {
  drop: {},
  fifo: { MAWS_BUSY_POLICY: 'fifo', MAWS_QUEUE_URL: QUEUE_URL },
  merge: { MAWS_BUSY_POLICY: 'merge', MAWS_QUEUE_URL: QUEUE_URL },
};

/** What the front hop passes on, and what it stored of it. */
async function handedOff(policy: Policy) {
  const ingress = ingressWorld('whatsapp', { ...policies[policy], MAX_ALLOWED_MESSAGE_DELAY: '0' });
  expect(await ingress.send(largeWebhook('hello'))).toMatchObject({ statusCode: 200 });
  const passed =
    policy === 'drop'
      ? JSON.stringify(ingress.lambda.invocations[0]?.payload)
      : (ingress.sqs.messages(QUEUE_URL)[0]?.body ?? '');
  return { ingress, passed, stored: ingress.s3.object(KEY)?.body ?? new Uint8Array() };
}

const keep = (world: World, Body: Uint8Array) =>
  world.s3.as(new Tap()).send(new PutObjectCommand({ Bucket: 'bucket', Key: KEY, Body }));

async function work(world: World, policy: Policy, passed: string): Promise<unknown> {
  const { maws_job: job } = JSON.parse(passed);
  return policy === 'drop'
    ? world.worker(asynchronous(job), context())
    : world.worker({ Records: [record(job)] }, context());
}

test.each(['drop', 'fifo', 'merge'] as Policy[])(
  'bot A15: %s: a job of 1.2 MB goes by reference, is worked, deleted after done, and skipped when it comes again',
  async (policy) => {
    const { passed, stored, ingress } = await handedOff(policy);
    expect(ingress.tap.calls.slice(0, 1)).toEqual(['PutObject']);
    expect(stored.length).toBeGreaterThan(1_200_000);
    expect(passed.length).toBeLessThan(1000);
    expect(JSON.parse(passed).maws_job).toMatchObject({
      provider: 'whatsapp',
      chat_id: CHAT,
      event_id: 'wamid.large',
    });
    const world = workerWorld({ policy });
    await keep(world, stored);
    await work(world, policy, passed);
    expect(world.provider.sent.map(({ text }) => text)).toEqual(['You said: hello']);
    expect(world.s3.object(KEY)).toBeUndefined();

    const again = await work(world, policy, passed);
    expect(again).toEqual(
      policy === 'drop' ? expect.objectContaining({ body: '"Processed."' }) : { batchItemFailures: [] },
    );
    expect(world.lines.at(-1)).toMatchObject({ status: 'done', rule: 'duplicate' });
    expect(world.provider.sent).toHaveLength(1);
  },
);

test.each(['drop', 'fifo', 'merge'] as Policy[])(
  'bot A15: %s: the object is missing and the event is not done: it fails, and is worked once the object is back',
  async (policy) => {
    const { passed, stored } = await handedOff(policy);
    const world = workerWorld({ policy });
    if (policy === 'drop') await expect(work(world, policy, passed)).rejects.toThrow('is gone');
    else expect(await work(world, policy, passed)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(world.agentTurns).toEqual([]);
    expect(world.lines.some(({ message }) => message === 'operator_needed')).toBe(true);
    await keep(world, stored);
    await work(world, policy, passed);
    expect(world.provider.sent.map(({ text }) => text)).toEqual(['You said: hello']);
  },
);

test('a stored reply whose job is missing is not sent to wherever', async () => {
  const { passed, stored } = await handedOff('fifo');
  const world = workerWorld({ policy: 'fifo' });
  await keep(world, stored);
  world.provider.fail({ kind: 'refuse', code: 190, times: 1 });
  await work(world, 'fifo', passed);
  expect(world.s3.object(KEY)).toBeDefined();
  await world.s3.send(new DeleteObjectCommand({ Bucket: 'bucket', Key: KEY }));
  expect(await work(world, 'fifo', passed)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(world.provider.sent).toEqual([]);
});

test('merge: a large job shares the turn of its neighbours', async () => {
  const { passed, stored } = await handedOff('merge');
  const world = workerWorld({ policy: 'merge' });
  await keep(world, stored);
  await world.worker(queued(textJob('before', 'wamid.0'), JSON.parse(passed).maws_job), context());
  expect(world.agentTurns).toEqual(['before\nhello']);
  expect(world.s3.object(KEY)).toBeUndefined();
});

test('a large job that cannot be stored is not handed off: the platform delivers again', async () => {
  const ingress = ingressWorld('whatsapp', { MAX_ALLOWED_MESSAGE_DELAY: '0' });
  ingress.tap.before = ({ name }) => {
    if (name === 'PutObject') throw awsError('InternalError', 500);
  };
  expect(await ingress.send(largeWebhook('hello'))).toMatchObject({ statusCode: 503 });
  expect(ingress.lambda.invocations).toEqual([]);
  const homeless = ingressWorld('whatsapp', { BUCKET_NAME: undefined, MAX_ALLOWED_MESSAGE_DELAY: '0' });
  expect(await homeless.send(largeWebhook('hello'))).toMatchObject({ statusCode: 503 });
});

test('a stored job that cannot be deleted stays, and the event is done all the same', async () => {
  const { passed, stored } = await handedOff('fifo');
  const world = workerWorld({ policy: 'fifo' });
  await keep(world, stored);
  world.tap.before = ({ name }) => {
    if (name === 'DeleteObject') throw awsError('InternalError', 500);
  };
  expect(await work(world, 'fifo', passed)).toEqual({ batchItemFailures: [] });
  expect(world.lines.some(({ message }) => message === 'stored_job_not_deleted')).toBe(true);
});

test.each([
  ['fifo', 5],
  ['merge', 5],
  ['drop', 3],
] as [Policy, number][])(
  '%s: a stored job that cannot be read: after attempt %i the user is told, and the job is captured',
  async (policy, attempts) => {
    const world = workerWorld({ policy });
    await keep(world, Buffer.from('{"maws_'));
    const job = { ...textJob('large', 'wamid.large'), payload: {}, stored: true };
    for (let number = 1; number <= attempts; number++) {
      expect(world.provider.sent.map(({ text }) => text)).toEqual([]);
      const event = policy === 'drop' ? { maws_job: job } : { Records: [record(job, 'm1', CHAT, number)] };
      await world.worker(event, context()).catch(() => {});
    }
    expect(world.provider.sent.map(({ text }) => text)).toEqual([
      'Sorry, something went wrong. Please try again later.',
    ]);
    const [key = '', ...others] = world.s3.keys().filter((name) => name.startsWith('failed-events/'));
    expect(others).toEqual([]);
    expect(JSON.parse(Buffer.from(world.s3.object(key)?.body ?? []).toString())).toMatchObject({
      reason: 'worker_processing_failed',
      event: { maws_job: { event_id: 'wamid.large', stored: true } },
    });
    expect(world.s3.object(KEY)).toBeDefined();
    expect(world.lines.some(({ message }) => message === 'operator_needed')).toBe(true);
  },
);

test('a stored job that S3 does not give for a while is no case for an operator, and is answered later', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await keep(world, Buffer.from(JSON.stringify({ maws_job: textJob('hello', 'wamid.large') })));
  world.tap.before = ({ name, input }) => {
    if (name === 'GetObject' && String(input.Key).startsWith('jobs/')) throw awsError('InternalError', 500);
  };
  const event = queued({ ...textJob('hello', 'wamid.large'), payload: {}, stored: true });
  expect(await world.worker(event, context())).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
  expect(world.lines.some(({ message }) => message === 'operator_needed')).toBe(false);
  world.tap.before = undefined;
  expect(await world.worker(event, context())).toEqual({ batchItemFailures: [] });
  expect(world.provider.sent.map(({ text }) => text)).toEqual(['You said: hello']);
});
