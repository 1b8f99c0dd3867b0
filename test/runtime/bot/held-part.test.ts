import { expect, test } from 'vitest';
import { dynamoSettlement } from '../../../runtime/bot/settle.ts';
import { CHAT, context, type Policy, record, textJob, workerWorld } from './worker-world.ts';

class Died extends Error {}

type World = ReturnType<typeof workerWorld>;

const CHUNKS = ['one', 'two', 'three'].map((content) => ({ type: 'text', content }));
const KEY = { provider: 'telegram', eventId: '1', chatId: CHAT };

const worldOf = (policy: Policy, ambiguity: string) =>
  workerWorld({
    policy,
    provider: 'telegram',
    agent: () => CHUNKS,
    environment: { SEND_AMBIGUITY_POLICY: ambiguity },
  });

/** An attempt whose worker dies at the first mark of a part: the part was accepted, the mark is stored or not. */
async function dieAtMark(world: World, mark: 'stored' | 'missing'): Promise<void> {
  const dying = world.another();
  let dead = false;
  const die = () => {
    dead = true;
    throw new Died();
  };
  world.tap.before = ({ name }) => {
    if (dead || (mark === 'missing' && name === 'UpdateItem')) die();
  };
  world.tap.after = ({ name }) => {
    if (mark === 'stored' && name === 'UpdateItem') die();
  };
  await deliver(world, dying.worker).catch(() => undefined);
  world.tap.before = undefined;
  world.tap.after = undefined;
  expect(sentTexts(world)).toEqual(['one']);
}

const deliver = (world: World, worker = world.worker) =>
  worker({ Records: [record(textJob('hello', '1', 'telegram'))] }, context());

const sentTexts = (world: World) => world.provider.sent.map(({ text }) => text);

const captured = (world: World) =>
  world.s3
    .keys()
    .filter((key) => key.startsWith('failed-events/'))
    .map((key) => JSON.parse(Buffer.from(world.s3.object(key)?.body ?? []).toString()));

test.each(['fifo', 'merge'] as Policy[])(
  'bot A26: %s: killed after chunk 1 of 3: the retry sends 2 and 3; an unmarked chunk is repeated once at most',
  async (policy) => {
    const marked = worldOf(policy, 'resend');
    await dieAtMark(marked, 'stored');
    expect(await deliver(marked)).toEqual({ batchItemFailures: [] });
    expect(sentTexts(marked)).toEqual(['one', 'two', 'three']);

    const unmarked = worldOf(policy, 'resend');
    await dieAtMark(unmarked, 'missing');
    expect(await deliver(unmarked)).toEqual({ batchItemFailures: [] });
    expect(sentTexts(unmarked)).toEqual(['one', 'one', 'two', 'three']);
    expect(await deliver(unmarked)).toEqual({ batchItemFailures: [] });
    expect(sentTexts(unmarked)).toHaveLength(4);
    expect(unmarked.agentTurns).toHaveLength(1);
  },
);

test.each([
  ['sent', ['one', 'two', 'three']],
  ['resend', ['one', 'one', 'two', 'three']],
] as const)(
  'bot A26: hold: an unmarked chunk is not repeated but captured; once an operator says "%s", the next delivery completes the reply',
  async (said, texts) => {
    const world = worldOf('fifo', 'hold');
    await dieAtMark(world, 'missing');
    for (let receives = 2; receives <= 5; receives++)
      expect(await deliver(world)).toEqual({ batchItemFailures: [{ itemIdentifier: 'm1' }] });
    expect(sentTexts(world)).toEqual(['one']);
    expect(captured(world)).toMatchObject([
      {
        reason: 'send_unclear',
        event: {
          maws_job: { event_id: '1' },
          part: 1,
          unsent: CHUNKS.map(({ content }) => ({ text: content })),
        },
      },
    ]);
    const settlement = dynamoSettlement(world.dynamodb, 'locks', world.clock, 1000);
    expect(await (said === 'sent' ? settlement.sent(KEY, 1, true) : settlement.resend(KEY, 1))).toBe(true);
    expect(await deliver(world)).toEqual({ batchItemFailures: [] });
    expect(sentTexts(world)).toEqual(texts);
    expect(world.agentTurns).toHaveLength(1);
    expect(await deliver(world)).toEqual({ batchItemFailures: [] });
    expect(sentTexts(world)).toEqual(texts);
  },
);

test('hold: killed after the mark of chunk 1: chunk 2 may have been begun, so it is held too', async () => {
  const world = worldOf('fifo', 'hold');
  await dieAtMark(world, 'stored');
  await deliver(world);
  expect(sentTexts(world)).toEqual(['one']);
  expect(captured(world)).toMatchObject([{ reason: 'send_unclear', event: { part: 2 } }]);
  const settlement = dynamoSettlement(world.dynamodb, 'locks', world.clock, 1000);
  expect(await settlement.resend(KEY, 1)).toBe(false);
  expect(await settlement.sent(KEY, 2, true)).toBe(true);
  await deliver(world);
  expect(sentTexts(world)).toEqual(['one', 'three']);
});
