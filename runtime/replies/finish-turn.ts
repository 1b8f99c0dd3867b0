import { describeError } from '../core/errors.ts';
import { changeOf, entriesOf, unsentText, withDeliveries } from './commit.ts';
import { RepliesError } from './errors.ts';
import type { Held, JournalPorts } from './journal-ports.ts';
import type { Ending, PendingTurn } from './pending-turn.ts';
import type { Conversation } from './record.ts';

/**
 * The end of a turn, in an order in which a crash at any point loses nothing: the person's flag and message, the
 * entries with everything else in one write, then the staged rows (contract replies §3.2 steps 12 and 13, §3.4 P).
 * `lost`: another worker has the lease, and nothing more was done. `onTold`: a person has the turn now.
 */
export async function finishTurn(
  turn: PendingTurn,
  held: Held,
  ports: JournalPorts,
  onTold: () => void,
): Promise<'finished' | 'lost'> {
  const { ending } = turn;
  if (ending?.kind === 'hand_off' && (await setHandOff(ending, held, ports)) === 'lost') return 'lost';
  if (ending && ending.kind !== 'opted_out' && !turn.isTold) {
    await tellPerson(turn, ending, held, ports);
    onTold();
  }
  if ((await commit(turn, held, ports)) === 'lost') return 'lost';
  await removeRows(held.conversation.conversationId, turn.messageSids, ports);
  return 'finished';
}

/**
 * Only while nobody did it before: what a person set meanwhile stays as it is. Also for a user who opted out
 * meanwhile: the person is told, and the model must not answer beside them after a START.
 */
async function setHandOff({ reason }: Ending, { lease, conversation }: Held, { leases }: JournalPorts) {
  if (conversation.isHandedOff) return 'handed_off';
  const set = { hand_off_to_human: true, hand_off_to_human_reason: reason };
  return leases.update(lease, { set }, { unless: ['handed_off'] });
}

async function tellPerson(
  turn: PendingTurn,
  ending: Ending,
  { conversation }: Held,
  { humans, metrics }: JournalPorts,
): Promise<void> {
  const draftReply = unsentText(turn);
  await humans.send({
    conversation,
    messageSids: turn.messageSids,
    receivedAt: turn.firstReceivedAt,
    body: turn.combinedBody,
    reason: ending.reason ?? ending.rule,
    ...(draftReply !== undefined && { draftReply }),
  });
  metrics.count('Handoffs');
}

async function commit(turn: PendingTurn, { lease, conversation }: Held, ports: JournalPorts) {
  const { append, clock, config } = ports;
  const { maxTurnsPerHour } = config;
  const statusBefore = lease.statusBeforeLock;
  const nowMillis = clock.nowMillis();
  const made = (there: Conversation) => {
    const told = withDeliveries(turn, there.pendingTurn);
    const input = { conversation, turn: told, nowMillis, maxTurnsPerHour, statusBefore };
    return { entries: entriesOf(input), change: changeOf(input) };
  };
  const { status } = await append({
    key: lease.key,
    conversation,
    guard: { lease, turnId: turn.turnId },
    ...made(conversation),
    processedSids: turn.messageSids,
    // A status callback may write to the turn at any moment.
    renew: made,
  });
  if (status === 'missing')
    throw new RepliesError(
      'CONVERSATION_NOT_FOUND',
      'The record was deleted while its turn was worked on',
      'hold',
    );
  return status;
}

/** Deletes staged rows whose turn is over. Those that stay are recognised by their sids, so a failure only warns. */
export async function removeRows(
  conversationId: string,
  messageSids: readonly string[],
  { stage, log }: Pick<JournalPorts, 'stage' | 'log'>,
): Promise<void> {
  try {
    const left = await stage.remove(conversationId, messageSids);
    if (left > 0) log.warn('rows_not_deleted', { rows: left });
  } catch (error) {
    log.warn('rows_not_deleted', { rows: messageSids.length, error: describeError(error) });
  }
}
