import type { PartMark, StatusCallback } from '../channels/twilio/status.ts';
import { asList, asRecord, asText } from '../core/json.ts';
import type { Conversation } from './record.ts';

/** Where in a record a status callback belongs. */
export type DeliveryTarget =
  | {
      readonly kind: 'entry';
      /** Place in `messages`; archiving moves it. */
      readonly index: number;
      readonly known: string | undefined;
      /** What the user was to get. */
      readonly text: string;
      /** The entry stands for several messages, and has one status. */
      readonly isOfSeveral: boolean;
    }
  | {
      readonly kind: 'part';
      readonly index: number;
      readonly known: string | undefined;
      readonly text: string;
      readonly isOfSeveral: false;
      readonly turnId: string;
      /** The turn does not know yet that its part was accepted. */
      readonly isAdopted: boolean;
    };

/** Finds the message by its sid, or a part that waits for its sid by the callback's mark (contract replies §12.7). */
export function deliveryTarget(
  { entries, pendingTurn, data }: Conversation,
  { messageSid }: Pick<StatusCallback, 'messageSid'>,
  mark: PartMark | undefined,
): DeliveryTarget | undefined {
  const index = entries.findLastIndex(
    (entry) => entry.messageId === messageSid || entry.partSids.includes(messageSid),
  );
  const entry = entries[index];
  if (entry?.role === 'assistant')
    return {
      kind: 'entry',
      index,
      known: entry.deliveryStatus,
      text: entry.content,
      isOfSeveral: entry.partSids.length > 1,
    };
  if (!pendingTurn) return undefined;
  const { turnId, parts } = pendingTurn;
  const marked = mark?.turnId === turnId ? mark.part - 1 : -1;
  const place = parts.findIndex(({ sid }, at) => sid === messageSid || (at === marked && sid === undefined));
  const part = parts[place];
  if (!part) return undefined;
  const stored = asRecord(asList(asRecord(data.pending_turn).parts)[place]);
  const known = asText(stored.delivery_status);
  const isAdopted = part.sid === undefined;
  return { kind: 'part', index: place, known, text: part.text, isOfSeveral: false, turnId, isAdopted };
}
