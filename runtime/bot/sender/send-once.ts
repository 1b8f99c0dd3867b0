import { epochSeconds } from '../../core/clock.ts';
import { errorClassOf } from '../../core/errors.ts';
import { type Claim, runTurn, type TurnSteps } from '../../core/turn.ts';
import { BLOCKED } from '../chat-state.ts';
import { WINDOW_MILLIS } from '../decide/window.ts';
import type { OpenHistory } from '../history-store.ts';
import type { Job } from '../job.ts';
import { type BotDecision, BotJournal, type JournalPorts } from '../journal.ts';
import { partSender } from '../part-sender.ts';
import type { WorkerPorts } from '../worker.ts';
import type { OutgoingContent } from './content.ts';
import type { SendResult } from './index.ts';
import { notSent } from './not-sent.ts';

/** What one message is sent with. */
export interface SendOncePorts
  extends Omit<JournalPorts, 'lock'>,
    Pick<WorkerPorts, 'config' | 'sender' | 'openFiles' | 'parse'> {
  /** Unique to this call. */
  readonly owner: string;
}

/** Longest run of one call. A part whose outcome nobody noted in that time is unclear, not on its way. */
export const SEND_SECONDS = 60;
/** Clocks differ. */
const MARGIN_SECONDS = 5;

/** How a message stands before anything is sent. */
export type Standing = 'new' | 'resume' | 'duplicate' | 'in-flight';

/**
 * Sends a message once: decided in the chat's ledger, delivered by the turn engine. No lock is taken: two calls
 * with one key meet at the compare-and-swap of the history, and one of them goes on.
 */
export async function sendOnce(
  job: Job,
  content: OutgoingContent,
  ports: SendOncePorts,
): Promise<SendResult> {
  const standing = await standingOf(job, content, ports, (history, isUnclear) =>
    takeUp(job, history, ports, isUnclear),
  );
  if (standing === 'duplicate') return { status: 'duplicate', parts: 0 };
  if (standing === 'in-flight') return { status: 'unclear', parts: 0 };
  if (standing === 'new' && (await ports.delivery?.reserve(keyOf(job))) === false)
    throw notSent('key_in_use');
  return deliver(job, content, standing, ports);
}

/**
 * Reads how the key stands. Throws `NotSentError` when it is new and may not be sent. `resume` is asked to take a
 * decided message up, and says whether this call may.
 */
export async function standingOf(
  job: Job,
  content: OutgoingContent,
  ports: SendOncePorts,
  resume: (history: OpenHistory, isUnclear: boolean) => Promise<boolean>,
): Promise<Standing> {
  const history = await ports.histories.open(job.chat_id);
  try {
    const decided = history.file.ledgerRow(job.event_id);
    if (!decided) {
      refuse(content, history, ports);
      return 'new';
    }
    const delivery = await ports.delivery?.read(keyOf(job));
    if (decided.parts.length === 0 || delivery?.done) return 'duplicate';
    const next = decided.parts.findIndex((_, index) => !delivery?.accepted.has(index + 1)) + 1;
    const isUnclear = next > 0 && !delivery?.refused.has(next);
    return (await resume(history, isUnclear)) ? 'resume' : 'in-flight';
  } finally {
    history.discard();
  }
}

/** A person who has taken the chat over answers by this very way, so `owner_until` stops nothing here. */
function refuse(content: OutgoingContent, { file }: OpenHistory, { config, clock }: SendOncePorts): void {
  if (file.state(BLOCKED)) throw notSent('blocked');
  const needsWindow = config.botType === 'whatsapp' && !content.isTemplate;
  const isOpen = clock.nowMillis() - (file.lastMessageMillis() ?? 0) < WINDOW_MILLIS;
  if (needsWindow && !isOpen) throw notSent('window_closed');
}

/** Of two calls that want to go on, one wins the save. An unclear part may still be on its way for a while. */
async function takeUp(
  job: Job,
  history: OpenHistory,
  ports: SendOncePorts,
  isUnclear: boolean,
): Promise<boolean> {
  const nowSeconds = epochSeconds(ports.clock);
  const beforeSeconds = isUnclear ? nowSeconds - SEND_SECONDS - MARGIN_SECONDS : nowSeconds;
  if (!history.file.takeUp(job.event_id, ports.owner, { nowSeconds, beforeSeconds })) return false;
  return (await ports.histories.save(history)) === 'stored';
}

/**
 * The journal of a message that was new. If it is decided by now, another call did that and may be sending it:
 * it is left alone, as `takeUp` would.
 */
class NewMessageJournal extends BotJournal {
  override async claim(): Promise<Claim<BotDecision['parts'][number]>> {
    const claim = await super.claim();
    return claim.status === 'resume' ? { status: 'ignored', rule: 'in-flight' } : claim;
  }
}

function journalOf(job: Job, standing: 'new' | 'resume', deadlineSeconds: number, ports: SendOncePorts) {
  const { config, owner } = ports;
  const { lockTtlSeconds, dedupeTtlSeconds } = config;
  const options = { owner, deadlineSeconds, lockTtlSeconds, dedupeTtlSeconds, countAttempts: false };
  const Journal = standing === 'new' ? NewMessageJournal : BotJournal;
  return new Journal([job], { ...ports, lock: undefined }, options);
}

async function deliver(
  job: Job,
  content: OutgoingContent,
  standing: 'new' | 'resume',
  ports: SendOncePorts,
): Promise<SendResult> {
  const deadlineSeconds = epochSeconds(ports.clock) + SEND_SECONDS;
  const journal = journalOf(job, standing, deadlineSeconds, ports);
  // It answers nobody, so there is nothing to quote.
  const { group: _, ...message } = ports.parse(job);
  const files = ports.openFiles(job.chat_id);
  const deadlineMillis = deadlineSeconds * 1000;
  const sendPart = partSender({ ...ports, job, journal, message, files, deadlineMillis });
  let parts = 0;
  const steps: TurnSteps<BotDecision['parts'][number], BotDecision> = {
    ambiguityPolicy: ports.config.ambiguityPolicy,
    // What is unclear goes back to the caller, whatever the platform could tell later.
    settlesLater: true,
    decide: async () => ({
      parts: content.parts,
      rule: 'sender',
      rows: [{ role: 'sender', type: 'developer', blocks: content.blocks }],
      clear: false,
    }),
    send: async (part, number) => {
      const providerId = await sendPart(part, number);
      parts = number;
      return providerId;
    },
  };
  try {
    const outcome = await runTurn(journal, steps);
    if (outcome.status === 'refused' || outcome.status === 'given-up') throw outcome.error;
    if (outcome.status === 'done') return { status: 'duplicate', parts: 0 };
    if (outcome.status === 'ignored') return { status: 'unclear', parts: 0 };
    return { status: 'sent', parts: outcome.parts };
  } catch (error) {
    if (errorClassOf(error) !== 'unclear') throw error;
    return { status: 'unclear', parts };
  } finally {
    journal.close();
  }
}

const keyOf = ({ provider, event_id: eventId, chat_id: chatId }: Job) => ({ provider, eventId, chatId });
