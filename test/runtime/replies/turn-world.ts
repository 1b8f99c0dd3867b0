import { expect } from 'vitest';
import type { Item } from '../../../runtime/core/dynamodb-values.ts';
import { CONVERSATION, recordR, SID } from './records.ts';
import { TABLES } from './tables.ts';
import { RepliesWorld, type WorldOptions } from './world.ts';

/** What `row` and the webhook's sids look like, numbered. */
export const sid = (number: number): string => `SM${String(number).padStart(32, '0')}`;

/** A world in which one message is staged and its trigger visible. */
export async function readyWorld(options: WorldOptions = {}, text = 'Hi'): Promise<RepliesWorld> {
  const world = new RepliesWorld(options);
  await world.webhook({ messageSid: SID, text });
  world.clock.jump(10_000);
  return world;
}

/** Puts an item as it is into a table, as a person or another service would. */
export const put = (world: RepliesWorld, item: Item, table: keyof typeof TABLES = 'stage'): void =>
  world.dynamodb.seed(item, TABLES[table]);

/** Changes attributes of the record behind everybody's back. */
export function changeRecord(world: RepliesWorld, change: Item, record: Item = recordR()): void {
  const { item } = world.conversation(record);
  world.dynamodb.seed({ ...item, ...change }, TABLES.conversations);
}

/** Bodies of what Twilio accepted, oldest first. */
export const sent = (world: RepliesWorld): readonly string[] => world.twilio.messages.map(({ body }) => body);

/** How often Twilio was asked to create a message, and the model for a reply. */
export const creates = (world: RepliesWorld): number =>
  world.twilio.calls.filter(({ method }) => method === 'create').length;
export const lists = (world: RepliesWorld): number =>
  world.twilio.calls.filter(({ method }) => method === 'list').length;
export const modelCalls = (world: RepliesWorld): number => world.model.calls.length;

/** Role and content of each stored entry. */
export const said = (world: RepliesWorld, record?: Item): readonly (readonly unknown[])[] =>
  world.entries(record).map(({ role, content }) => [role, content]);

/** "One reply" of contract replies §16, and nothing left of the turn. */
export function expectOneReply(world: RepliesWorld, question = 'Hi', answer = 'Hello'): void {
  expect(sent(world)).toEqual([answer]);
  expect(said(world)).toEqual([
    ['user', question],
    ['assistant', answer],
  ]);
  expectNothingLeft(world);
  expect(world.conversation().status).toBe('reply_sent');
}

export function expectNothingLeft(world: RepliesWorld): void {
  const { pendingTurn, lockOwner, lockExpiresAtSeconds, turnAttempts, statusBeforeLock } =
    world.conversation();
  expect([pendingTurn, lockOwner, lockExpiresAtSeconds, turnAttempts, statusBeforeLock]).toEqual([
    undefined,
    undefined,
    undefined,
    0,
    undefined,
  ]);
  expect([world.staged, world.locks, world.deadLetters]).toEqual([[], [], []]);
}

/** The `rule` of the last line that has one. */
export const lastRule = (world: RepliesWorld): unknown =>
  world.logs.lines.filter((line) => line.rule !== undefined).at(-1)?.rule;

/** Rules of the lines that tell how a turn ended. */
export const finishedRules = (world: RepliesWorld): readonly unknown[] =>
  world.logs.of('turn_finished').map(({ rule }) => rule);

export { CONVERSATION, recordR, SID };
