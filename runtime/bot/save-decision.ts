import { epochSeconds } from '../core/clock.ts';
import { ClaimLostError } from '../core/errors.ts';
import { withRotation } from './history-archive.ts';
import type { LedgerRow } from './history-file.ts';
import type { OpenHistory } from './history-store.ts';
import type { BotDecision, JournalPorts } from './journal.ts';

/** What is saved, and where. */
export interface DecisionToSave {
  readonly provider: string;
  readonly chatId: string;
  /** Who decides: unique per invocation and turn. */
  readonly owner: string;
  readonly decision: BotDecision;
  readonly ledger: readonly LedgerRow[];
  readonly dedupeTtlSeconds: number;
}

/** Another attempt decided an event of this turn; its reply is theirs to send. */
export class DecidedElsewhereError extends ClaimLostError {
  constructor() {
    super('Another attempt decided this event');
  }
}

/** How often a save is merged into somebody else's before the event is given back (contract bot §7.7). */
const MERGE_ATTEMPTS = 3;

/**
 * Stores a decision in the chat's history by compare-and-swap, merged into whatever was saved meanwhile.
 * `opened` is the history as the turn read it. Throws `ClaimLostError` when the events belong to another
 * attempt, or when the history changed under every try.
 */
export async function saveDecision(
  save: DecisionToSave,
  ports: JournalPorts,
  opened: OpenHistory | undefined,
): Promise<void> {
  let history = opened;
  for (let attempt = 0; attempt <= MERGE_ATTEMPTS; attempt++) {
    history ??= await ports.histories.open(save.chatId);
    try {
      if (isSaved(save, history)) return; // only the answer was lost
      await write(save, ports, history);
      if ((await ports.histories.save(history)) === 'stored') return;
    } finally {
      history.discard();
    }
    history = undefined;
  }
  throw new ClaimLostError('The history changed under every attempt to save');
}

/** A turn's rows are saved together, so one of them tells of all. */
function isSaved({ ledger, owner }: DecisionToSave, { file }: OpenHistory): boolean {
  const stored = ledger.flatMap(({ eventId }) => file.ledgerRow(eventId) ?? []);
  if (stored.some(({ attempt }) => attempt !== owner)) throw new DecidedElsewhereError();
  return stored.length > 0;
}

async function write(save: DecisionToSave, ports: JournalPorts, history: OpenHistory): Promise<void> {
  const { file } = history;
  const { decision, ledger, dedupeTtlSeconds } = save;
  const nowSeconds = epochSeconds(ports.clock);
  const stored = file.eventsWithReplies();
  file.forgetReplies(
    decision.clear
      ? await deliveredReplies(save.provider, stored, ports)
      : stored.filter((id) => ports.finished.has(id)),
  );
  const change = await withRotation({ ...decision, ledger }, history, ports);
  file.write(change, { nowSeconds, forgetBeforeSeconds: nowSeconds - dedupeTtlSeconds });
}

/** Without a table nobody knows what was delivered, and a cleared chat must not keep its texts. */
async function deliveredReplies(
  provider: string,
  eventIds: readonly string[],
  { delivery }: JournalPorts,
): Promise<readonly string[]> {
  if (eventIds.length === 0 || !delivery) return eventIds;
  return delivery.doneAmong(provider, eventIds);
}
