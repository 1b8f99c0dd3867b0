import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { type Item, itemBytes, valueBytes } from '../core/dynamodb-values.ts';

/** What an append does to `messages` (contract replies §4.8). */
export type AppendPlan =
  /** The entries go behind the others; nothing else moves. */
  { readonly kind: 'append'; readonly entries: readonly AttributeValue[] } | ReplacePlan;

/** The list is written anew; `block` goes to the archive with it, if there is anything for it. */
export interface ReplacePlan {
  readonly kind: 'replace';
  readonly kept: readonly AttributeValue[];
  /** How many entries leave the front of the list. */
  readonly leaving: number;
  readonly block: ArchiveBlock | undefined;
}

export interface ArchiveBlock {
  /** Number of the first entry in it. */
  readonly entryNo: number;
  readonly entries: readonly AttributeValue[];
}

/** An entry over this goes to the archive whole at once. */
const MAX_INLINE_BYTES = 20_480;
/** What stays of it in the record. */
const INLINE_CHARACTERS = 1000;
const MAX_BLOCK_BYTES = 299_000;
/** Inline entries after the archive was written. */
const KEPT_ENTRIES = 50;
/** Numbers and times that the same write adds. */
const MARGIN_BYTES = 2048;

const entryBytes = (entry: AttributeValue): number => 1 + valueBytes(entry);

const sum = (entries: readonly AttributeValue[]): number =>
  entries.reduce((total, entry) => total + entryBytes(entry), 0);

/** Plans the append of `added` to the record `item` as it was read. */
export function planAppend(item: Item, added: readonly AttributeValue[], archiveAtBytes: number): AppendPlan {
  const existing = item.messages?.L ?? [];
  const inline = added.map((entry) => (isOversize(entry) ? stub(entry) : entry));
  const isOver = itemBytes(item) + sum(inline) + MARGIN_BYTES > archiveAtBytes;
  if (!isOver && !added.some(isOversize)) return { kind: 'append', entries: added };
  const first = Number(item.archived_count?.N ?? 0);
  const all = [...existing, ...inline];
  const mayLeave = isOver ? Math.min(existing.length, all.length - newestKept(all, archiveAtBytes / 2)) : 0;
  const whole = added.flatMap((entry, index) =>
    isOversize(entry) ? [numbered(entry, first + existing.length + index)] : [],
  );
  const { leaving, entries } = takeFront(existing.slice(0, mayLeave), first, sum(whole));
  const block = [...entries, ...whole];
  return {
    kind: 'replace',
    kept: all.slice(leaving),
    leaving,
    block: block[0] && { entryNo: Number(block[0].M?.entry_no?.N), entries: block },
  };
}

const isOversize = (entry: AttributeValue): boolean => entryBytes(entry) > MAX_INLINE_BYTES;

/** How many of the newest entries stay: 50, or what half of the limit holds. */
function newestKept(entries: readonly AttributeValue[], maxBytes: number): number {
  let bytes = 0;
  for (let count = 0; count < Math.min(KEPT_ENTRIES, entries.length); count++) {
    bytes += entryBytes(entries[entries.length - 1 - count] as AttributeValue);
    if (bytes > maxBytes) return count;
  }
  return Math.min(KEPT_ENTRIES, entries.length);
}

/**
 * The entries that fit into one block beside `usedBytes`; what is in the archive already leaves without a copy. An
 * entry larger than a block gets one for itself.
 */
function takeFront(front: readonly AttributeValue[], first: number, usedBytes: number) {
  const entries: AttributeValue[] = [];
  let bytes = usedBytes;
  for (const [index, entry] of front.entries()) {
    if (entry.M?.archived?.BOOL) continue;
    const copy = numbered(entry, first + index);
    bytes += entryBytes(copy);
    if (bytes > MAX_BLOCK_BYTES && bytes > entryBytes(copy)) return { leaving: index, entries };
    entries.push(copy);
  }
  return { leaving: front.length, entries };
}

const numbered = (entry: AttributeValue, entryNo: number): AttributeValue => ({
  M: { ...(entry.M ?? { content: entry }), entry_no: { N: String(entryNo) } },
});

/** Ids and the beginning of an entry whose whole text is in the archive. */
function stub(entry: AttributeValue): AttributeValue {
  const { media: _media, ...rest } = entry.M ?? {};
  const beginning = [...(rest.content?.S ?? '')].slice(0, INLINE_CHARACTERS).join('');
  return { M: { ...rest, content: { S: beginning }, archived: { BOOL: true } } };
}
