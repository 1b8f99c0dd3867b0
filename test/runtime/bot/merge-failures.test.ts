import { expect, test } from 'vitest';
import type { Job } from '../../../runtime/bot/job.ts';
import { awsError } from '../../support/tap.ts';
import { later } from './jobs.ts';
import { CHAT, context, queued, record, textJob, workerWorld } from './worker-world.ts';

const mergeWorld = (more: Parameters<typeof workerWorld>[0] = {}) =>
  workerWorld({ policy: 'merge', ...more });

const jobs = (...texts: string[]) => texts.map((text, index) => textJob(text, `wamid.${index + 1}`));

const sentTexts = (world: ReturnType<typeof workerWorld>) => world.provider.sent.map((call) => call.text);

const failed = (...ids: string[]) => ({
  batchItemFailures: ids.map((itemIdentifier) => ({ itemIdentifier })),
});

test('merge: a failure brings its turn and what waits behind it back; other chats go on', async () => {
  const world = mergeWorld({
    agent: (turn) => {
      if (turn.text.includes('bad')) throw new Error('no');
      return turn.text;
    },
  });
  const [a, bad, command, late] = jobs('a', 'bad', '/help', 'late') as [Job, Job, Job, Job];
  const other = { ...textJob('other', 'wamid.9'), chat_id: '15550999' };
  const records = [a, bad, command, late].map((job, index) => record(job, `m${index + 1}`));
  const response = await world.worker({ Records: [...records, record(other, 'm5', '15550999')] }, context());
  expect(response).toEqual(failed('m1', 'm2', 'm3', 'm4'));
  expect(sentTexts(world)).toEqual(['other']);
});

test('merge: from the third receive on records are turns of their own, and only the failing ones come back', async () => {
  const world = mergeWorld({
    agent: (turn) => {
      if (turn.text.includes('bad')) throw new Error('no');
      return turn.text;
    },
  });
  const list = jobs('a', 'bad', 'c');
  const receive = (receives: number) =>
    world.worker(
      { Records: list.map((job, index) => record(job, `m${index + 1}`, CHAT, receives)) },
      context(),
    );
  expect(await receive(1)).toEqual(failed('m1', 'm2', 'm3'));
  expect(await receive(2)).toEqual(failed('m1', 'm2', 'm3'));
  expect(await receive(3)).toEqual(failed('m2'));
  expect(sentTexts(world)).toEqual(['a', 'c']);
});

test('merge: a turn that was decided stays one, however often it came: each receive tries its reply once', async () => {
  const world = mergeWorld({ provider: 'telegram' });
  const list = ['1', '2', '3'].map((id) => textJob(id, id, 'telegram'));
  const receive = (receives: number) =>
    world.worker(
      { Records: list.map((job, index) => record(job, `m${index + 1}`, CHAT, receives)) },
      context(),
    );
  world.tap.before = ({ name }) => {
    if (name === 'UpdateItem') throw awsError('InternalError', 500);
  };
  for (const receives of [1, 2, 3]) {
    expect(await receive(receives)).toEqual(failed('m1', 'm2', 'm3'));
    expect(sentTexts(world)).toHaveLength(receives);
  }
  world.tap.before = undefined;
  expect(await receive(4)).toEqual(failed());
  expect(sentTexts(world)).toHaveLength(4);
  expect(world.agentTurns).toHaveLength(1);
});

test('merge: with fewer receives than three, the last one is alone already', async () => {
  const world = mergeWorld({
    environment: { MAX_RECEIVE_COUNT: '2' },
    agent: (turn) => {
      if (turn.text.includes('bad')) throw new Error('no');
      return turn.text;
    },
  });
  const list = jobs('a', 'bad');
  const records = list.map((job, index) => record(job, `m${index + 1}`, CHAT, 2));
  expect(await world.worker({ Records: records }, context())).toEqual(failed('m2'));
  expect(sentTexts(world)).toEqual(['a', 'Sorry, something went wrong. Please try again later.']);
});

test('merge: a record that is no job fails, with what lies behind it in its chat', async () => {
  const world = mergeWorld();
  const [a, b, c] = jobs('a', 'b', 'c') as [Job, Job, Job];
  const records = [record(a, 'm1'), record(b, 'm2'), { ...record(c, 'm3'), body: 'no' }, record(c, 'm4')];
  expect(await world.worker({ Records: records }, context())).toEqual(failed('m3', 'm4'));
  expect(sentTexts(world)).toEqual(['You said: a\nb']);
});

test('merge: a history that cannot be fetched brings all records of its chat back', async () => {
  const world = mergeWorld();
  world.tap.before = ({ name }) => {
    if (name === 'GetObject') throw awsError('InternalError', 500);
  };
  expect(await world.worker(queued(...jobs('a', 'b')), context())).toEqual(failed('m1', 'm2'));
  expect(world.agentTurns).toEqual([]);
});

test('merge: a block that a resumed reply meets is noted, and the turn behind it is decided and paid for once', async () => {
  const world = mergeWorld({ provider: 'telegram' });
  const text = (words: string, id: string) => textJob(words, id, 'telegram');
  world.provider.fail({ kind: 'refuse', code: 401, times: 1 });
  await world.worker(queued(text('one', '1')), context());
  world.provider.fail({ kind: 'refuse', code: 403, times: 1 });
  const next = later(text('two', '2'), 3600);
  const after = later(text('three', '3'), 3601);
  const answer = await world.worker(queued(text('one', '1'), next, after), context());
  expect([answer, world.agentTurns]).toEqual([{ batchItemFailures: [] }, ['one', 'two\nthree']]);
});

const capturedTexts = ({ s3 }: ReturnType<typeof workerWorld>) =>
  s3
    .keys()
    .filter((key) => key.startsWith('failed-events/'))
    .map((key) => JSON.parse(Buffer.from(s3.object(key)?.body ?? []).toString()))
    .map(({ reason, event }) => [
      reason,
      event.maws_job.event_id,
      event.maws_job.payload.entry[0].changes[0].value.messages[0].text.body,
    ]);

test('merge: a turn that fails for good keeps every one of its messages for the operator', async () => {
  const world = mergeWorld({
    // A block that no platform takes: permanent.
    agent: () => [{ type: 'image', content: {} }],
  });
  expect(await world.worker(queued(...jobs('a', 'b', 'c')), context())).toEqual(failed());
  expect(capturedTexts(world)).toEqual([
    ['agent_failed', 'wamid.1', 'a'],
    ['agent_failed', 'wamid.2', 'b'],
    ['agent_failed', 'wamid.3', 'c'],
  ]);
});

test('merge: a turn that fails for good comes back as long as one of its messages could not be kept', async () => {
  const world = mergeWorld({ agent: () => [{ type: 'image', content: {} }] });
  world.tap.before = ({ name, input }) => {
    if (name === 'PutObject' && String(input.Key).endsWith('wamid.1.json'))
      throw awsError('AccessDenied', 403);
  };
  expect(await world.worker(queued(...jobs('a', 'b')), context())).toEqual(failed('m1', 'm2'));
  expect(sentTexts(world)).toEqual([]);
});

test('merge: a history that cannot be fetched to the end: the user of each last receive is told, each message is captured', async () => {
  const world = mergeWorld();
  world.tap.before = ({ name }) => {
    if (name === 'GetObject') throw awsError('InternalError', 500);
  };
  const receives = [5, 5, 4];
  const records = jobs('a', 'b', 'c').map((job, index) =>
    record(job, `m${index + 1}`, CHAT, receives[index]),
  );
  expect(await world.worker({ Records: records }, context())).toEqual(failed('m1', 'm2', 'm3'));
  const sorry = 'Sorry, something went wrong. Please try again later.';
  expect(sentTexts(world)).toEqual([sorry, sorry]);
  expect(capturedTexts(world)).toEqual([
    ['worker_processing_failed', 'wamid.1', 'a'],
    ['worker_processing_failed', 'wamid.2', 'b'],
  ]);
  expect(world.lines.filter(({ message }) => message === 'record_failed')).toHaveLength(3);
});

test('merge: a slow chat does not eat the time of another chat of the same receive', async () => {
  let quickIsAsked: () => void = () => {};
  const quickAsked = new Promise<void>((resolve) => {
    quickIsAsked = resolve;
  });
  const world = mergeWorld({
    agent: async ({ text }) => {
      if (text === 'quick') quickIsAsked();
      else await quickAsked;
      return text;
    },
  });
  const other = { ...textJob('quick', 'wamid.2'), chat_id: '15550999' };
  const records = [record(textJob('slow'), 'm1'), record(other, 'm2', '15550999')];
  expect(await world.worker({ Records: records }, context())).toEqual(failed());
  expect(sentTexts(world).sort()).toEqual(['quick', 'slow']);
});
