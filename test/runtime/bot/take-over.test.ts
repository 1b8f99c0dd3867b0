import { expect, test } from 'vitest';
import { changeChatState, setTakeOver } from '../../../runtime/bot/chat-state.ts';
import { historyStore } from '../../../runtime/bot/history-store.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { CHAT, context, queued, storedHistory, storedTexts, textJob, workerWorld } from './worker-world.ts';

type World = ReturnType<typeof workerWorld>;

const MINUTE_MILLIS = 60_000;

const storeOf = ({ s3, clock, tmp }: World) =>
  historyStore(s3ObjectStore(s3, 'bucket', clock), clock, { prefix: 'history', tmpDir: `${tmp}/other` });

const takeOver = (world: World, minutes: number) =>
  setTakeOver(storeOf(world), world.clock, CHAT, world.clock.nowMillis() + minutes * MINUTE_MILLIS);

const rulesOf = ({ lines }: World) =>
  lines.filter((line) => line.message === 'worker_job_finished').map((line) => line.rule);

test('bot A65: a chat that a person has taken over is stored and not answered; afterwards it is, with those rows', async () => {
  const prompts: unknown[] = [];
  const world = workerWorld({
    policy: 'fifo',
    agent: (turn, { history }) => {
      prompts.push(history.read().map((row) => row.blocks[0]?.content));
      return `re ${turn.text}`;
    },
  });
  await takeOver(world, 60);
  for (const text of ['one', '/start']) await world.worker(queued(textJob(text, `wamid.${text}`)), context());
  expect(world.agentTurns).toEqual([]);
  expect(world.provider.sent).toEqual([]);
  expect(storedTexts(world.s3)).toEqual(['one', '/start']);
  expect(rulesOf(world)).toEqual(['taken_over', 'taken_over']);

  world.clock.jump(61 * MINUTE_MILLIS);
  await world.worker(queued(textJob('three', 'wamid.3')), context());
  expect(prompts).toEqual([['one', '/start']]);
  expect(world.provider.sent.map((call) => call.text)).toEqual(['re three']);
  expect(rulesOf(world).at(-1)).toBe('agent');
});

test('a take-over that is given back ends at once, and /clear does not end it', async () => {
  const world = workerWorld({ policy: 'fifo' });
  await takeOver(world, 60);
  await setTakeOver(storeOf(world), world.clock, CHAT, undefined);
  await world.worker(queued(textJob('/clear', 'wamid.1')), context());
  await takeOver(world, 60);
  await world.worker(queued(textJob('one', 'wamid.2')), context());
  await world.worker(queued(textJob('/clear', 'wamid.3')), context());
  expect(world.provider.sent).toHaveLength(1);
  expect(storedTexts(world.s3)).toEqual(['one', '/clear']);
});

test('/clear leaves the state of the chat alone', async () => {
  const world = workerWorld({ policy: 'fifo' });
  const state = [{ key: 'spend_2026-11-21', set: '0.5' }];
  await changeChatState(storeOf(world), world.clock, CHAT, state);
  await world.worker(queued(textJob('/clear')), context());
  const { history } = storedHistory(world.s3);
  expect(history.state('spend_2026-11-21')).toBe('0.5');
  history.close();
});

test('a change of the state survives a turn that saves meanwhile, and sums add up', async () => {
  const world = workerWorld({ policy: 'fifo' });
  const add = () => changeChatState(storeOf(world), world.clock, CHAT, [{ key: 'spend_x', add: 0.25 }]);
  await add();
  let turns = 0;
  world.tap.before = async (call) => {
    if (call.name !== 'PutObject' || turns++ > 0) return;
    await world.worker(queued(textJob('meanwhile')), context());
  };
  await add();
  const { history } = storedHistory(world.s3);
  expect(history.state('spend_x')).toBe('0.5');
  expect(history.rows(9)).toHaveLength(2);
  history.close();
});

test('a state that changes under every attempt is an error, not a lost change', async () => {
  const world = workerWorld();
  const store = { ...storeOf(world), save: async () => 'conflict' as const };
  await expect(changeChatState(store, world.clock, CHAT, [])).rejects.toThrow(
    "The chat's state could not be changed: its history was saved at the same time",
  );
});
