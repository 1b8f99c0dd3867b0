import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Agent } from '../../../runtime/bot/agent.ts';
import { changeChatState, takeOver } from '../../../runtime/bot/chat-state.ts';
import { readBotConfig } from '../../../runtime/bot/config.ts';
import { historyStore } from '../../../runtime/bot/history-store.ts';
import { NotReplayableError } from '../../../runtime/bot/replay/recording.ts';
import { replayTurn } from '../../../runtime/bot/replay/replay.ts';
import { readStoredHistory, type StoredHistory } from '../../../runtime/bot/stored-history.ts';
import { s3ObjectStore } from '../../../runtime/core/object-store.ts';
import { CHAT, context, queued, textJob, type WorldOptions, workerWorld } from './worker-world.ts';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'hookline-replay-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const SECRETS = { WHATSAPP_TOKEN: '-', WHATSAPP_PHONE_NUMBER_ID: '-', WEBHOOK_VERIFY_TOKEN: '-' };

/** A bot that has worked these texts, a minute apart; events are `wamid.1`, `wamid.2`, … */
async function recorded(texts: readonly string[], options: WorldOptions = {}) {
  const world = workerWorld({ policy: 'fifo', ...options });
  for (const [index, text] of texts.entries()) {
    await world.worker(queued(textJob(text, `wamid.${index + 1}`)), context());
    world.clock.jump(60_000);
  }
  const objects = s3ObjectStore(world.s3, 'bucket', world.clock);
  const stored = async (): Promise<StoredHistory> => {
    const options = { prefix: 'history', rowLimit: 1000, clock: world.clock };
    const found = await readStoredHistory(CHAT, objects, options);
    if (!found) throw new Error('Nothing is stored');
    return found;
  };
  const config = readBotConfig({
    ...SECRETS,
    BUCKET_NAME: 'bucket',
    MAWS_BUSY_POLICY: 'fifo',
    ...options.environment,
  });
  const replay = async (eventId: string, agent?: Agent) =>
    replayTurn(await stored(), eventId, { config, tmpDir: folder(), agent, getKey: () => undefined });
  return { ...world, objects, stored, replay };
}

test('a recorded turn is decided again from its rows alone: same rule, same parts, nothing sent or stored', async () => {
  const world = await recorded(['one', 'two', 'three']);
  const sent = world.provider.sent.length;
  const before = (await world.stored()).body;
  const replay = await world.replay('wamid.2');
  expect(replay).toMatchObject({
    eventId: 'wamid.2',
    recorded: { rule: 'agent', parts: [{ type: 'text', text: 'You said: two' }] },
    replayed: { rule: 'agent', parts: [{ type: 'text', text: 'You said: two' }] },
    isEqual: true,
  });
  expect(world.provider.sent).toHaveLength(sent);
  expect((await world.stored()).body).toEqual(before);
});

test('the same input gives the same output', async () => {
  const world = await recorded(['one', 'two']);
  const first = await world.replay('wamid.2');
  world.clock.jump(86_400_000);
  expect(await world.replay('wamid.2')).toEqual(first);
});

test('a given agent sees the rows before the turn and the recorded time, and its difference is told', async () => {
  const world = await recorded(['one', 'two', 'three']);
  const at = (await world.stored()).ledger[1]?.decidedAtSeconds;
  const replay = await world.replay('wamid.2', (turn, { history, clock }) => {
    const said = history.read().map(({ blocks }) => blocks[0]?.content);
    return `${turn.text} after ${said.join(', ')} at ${clock.nowMillis() / 1000}`;
  });
  expect(replay.replayed.parts).toEqual([{ type: 'text', text: `two after one, You said: one at ${at}` }]);
  expect(replay.isEqual).toBe(false);
});

test('what the day had cost before decides, not what it cost afterwards', async () => {
  const agent: Agent = (turn, { countUsage }) => {
    countUsage({ model: 'a:b', tokensIn: 1, tokensOut: 1, costUsd: 0.25 });
    return `re ${turn.text}`;
  };
  const environment = { SPEND_LIMIT_USD_PER_CHAT_DAY: '0.5', SPEND_LIMIT_MESSAGE: 'Tomorrow again.' };
  const world = await recorded(['one', 'two', 'three'], { agent, environment });
  expect(await world.replay('wamid.2')).toMatchObject({ replayed: { rule: 'agent' }, isEqual: true });
  expect(await world.replay('wamid.3')).toMatchObject({
    replayed: { rule: 'spend_limit', parts: [{ text: 'Tomorrow again.' }] },
    isEqual: true,
  });
});

test('a take-over of today does not touch the replay of yesterday, and one of then is played again', async () => {
  const world = await recorded(['one']);
  const histories = historyStore(world.objects, world.clock, { prefix: 'history', tmpDir: folder() });
  const until = world.clock.nowMillis() + 3_600_000;
  await changeChatState(histories, world.clock, CHAT, [takeOver(until)]);
  await world.another().worker(queued(textJob('two', 'wamid.2')), context());
  expect(await world.replay('wamid.1')).toMatchObject({ replayed: { rule: 'agent' }, isEqual: true });
  expect(await world.replay('wamid.2')).toMatchObject({
    recorded: { rule: 'taken_over', parts: [] },
    replayed: { rule: 'taken_over', parts: [] },
    isEqual: true,
  });
});

test("a command of the bot's own is played again", async () => {
  const commands = { customCommands: [{ command: '/weather', description: '', function: () => 'Rain.' }] };
  const world = await recorded(['/weather here'], { commands });
  expect(await world.replay('wamid.1')).toMatchObject({
    recorded: { rule: 'command', parts: [{ text: 'Rain.' }] },
    replayed: { rule: 'command', parts: [{ text: 'Rain.' }] },
    isEqual: true,
  });
});

test('parts that were emptied after their delivery are compared with the row of the reply', async () => {
  const world = await recorded(['one', 'two', 'three']);
  const emptied = (await world.stored()).ledger.find(({ parts }) => parts.length === 0);
  const replay = await world.replay(emptied?.eventId ?? '');
  expect(replay.isEqual).toBe(true);
  expect(replay.recorded.parts).toHaveLength(1);
  expect(replay.notes).toEqual([expect.stringContaining('row of the reply')]);
});

test('what has no row cannot be replayed', async () => {
  const world = await recorded(['/help']);
  await expect(world.replay('wamid.1')).rejects.toThrow(NotReplayableError);
  await expect(world.replay('wamid.unknown')).rejects.toThrow('No row of event wamid.unknown is stored');
});

test('merged messages are decided again together, whichever of them is asked for', async () => {
  const world = await recorded(['before'], { policy: 'merge' });
  const jobs = ['one', 'two'].map((text, index) => textJob(text, `wamid.${index + 2}`));
  await world.worker(queued(...jobs), context());
  expect(world.agentTurns).toEqual(['before', 'one\ntwo']);
  for (const eventId of ['wamid.2', 'wamid.3'])
    expect(await world.replay(eventId, (turn) => `heard ${turn.text}`), eventId).toMatchObject({
      eventId: 'wamid.3',
      recorded: { rule: 'agent', parts: [{ text: 'You said: one\ntwo' }] },
      replayed: { rule: 'agent', parts: [{ text: 'heard one\ntwo' }] },
      isEqual: false,
    });
  expect((await world.replay('wamid.2')).isEqual).toBe(true);
});
