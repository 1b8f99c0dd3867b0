import { plainItem } from '../../../runtime/core/dynamodb-values.ts';
import { asList, asRecord, asText, type JsonRecord } from '../../../runtime/core/json.ts';
import { TABLES } from '../../runtime/replies/tables.ts';
import { HUMAN_QUEUE } from '../../runtime/replies/world-setup.ts';
import { conversationId } from './settings.ts';
import type { World } from './world.ts';

/** One entry of a conversation, wherever it is kept. */
export interface StoredEntry {
  readonly role: string;
  readonly turnId: string | undefined;
  readonly messageSids: readonly string[];
  readonly partSids: readonly string[];
  readonly content: string;
  readonly deliveryStatus: string | undefined;
}

/** Every entry of a chat, those of the archive first. */
export function entriesOf(world: World, chat: number): readonly StoredEntry[] {
  const blocks = [...world.dynamodb.items(TABLES.archive).values()]
    .map((item) => plainItem(item as never))
    .filter(({ conversation_id }) => conversation_id === conversationId(chat))
    .sort((a, b) => Number(a.entry_no) - Number(b.entry_no));
  const data = plainItem(world.record(chat));
  return [...blocks.flatMap(({ entries }) => asList(entries)), ...asList(data.messages)].map((entry) =>
    storedEntry(asRecord(entry)),
  );
}

const storedEntry = ({
  role,
  turn_id,
  message_sids,
  part_sids,
  content,
  ...rest
}: JsonRecord): StoredEntry => ({
  role: String(role),
  deliveryStatus: asText(rest.delivery_status),
  turnId: turn_id === undefined ? undefined : String(turn_id),
  messageSids: asList(message_sids).map(String),
  partSids: asList(part_sids).map(String),
  content: String(content),
});

/** The sids of every message on the human queue. */
export const handedOver = (world: World): ReadonlySet<string> =>
  new Set(
    world.sqs
      .messages(HUMAN_QUEUE)
      .flatMap(({ body }) => (JSON.parse(body) as { message_sids: string[] }).message_sids),
  );

/** The sids of a chat's staged rows. */
export const stagedSids = (world: World, chat: number): readonly string[] =>
  [...world.dynamodb.items(TABLES.stage).values()]
    .filter(({ conversation_id }) => conversation_id?.S === conversationId(chat))
    .map(({ message_sid }) => String(message_sid?.S));

/** A chat's trigger lock that still holds. */
export function hasLiveLock(world: World, chat: number): boolean {
  const lock = world.dynamodb.item(conversationId(chat), TABLES.triggerLock);
  return Number(lock?.expires_at?.N ?? 0) * 1000 > world.clock.nowMillis();
}
