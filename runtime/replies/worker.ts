import type { ChannelNet } from '../channels/http.ts';
import type { TwilioAccount } from '../channels/twilio/account.ts';
import { describeError, loggableError } from '../core/errors.ts';
import { keyedHash, type Log } from '../core/log.ts';
import { traceIdOf } from '../core/trace-context.ts';
import { runTurn } from '../core/turn.ts';
import type { Answered } from './ask.ts';
import { defer } from './defer.ts';
import { RepliesError } from './errors.ts';
import { followUp } from './follow-up.ts';
import { beatSeconds, startHeartbeat } from './heartbeat.ts';
import { RepliesJournal } from './journal.ts';
import type { JournalPorts } from './journal-ports.ts';
import { noteFailure, noteOutcome } from './note-outcome.ts';
import type { PendingTurn } from './pending-turn.ts';
import type { Conversation } from './record.ts';
import { retryDelaySeconds } from './retry-delay.ts';
import { STEP_MARGIN_MILLIS, timeBudgetError } from './send-part.ts';
import type { Trigger, TriggerQueue } from './trigger.ts';
import { repliesSteps } from './turn-steps.ts';

/** What a worker works with, made once per container. */
export interface WorkerPorts extends JournalPorts {
  readonly triggers: TriggerQueue;
  readonly net: ChannelNet;
  /** The company's Twilio account of a conversation. */
  account(conversation: Conversation, fresh?: boolean): Promise<TwilioAccount>;
  /** Asks the model; `endMillis`: when its answer must be there. */
  ask(conversation: Conversation, turn: PendingTurn, call: AskCall): Promise<Answered>;
  /** Keeps a trigger away from workers for so many seconds from now. */
  setVisibility(receiptHandle: string, seconds: number): Promise<void>;
}

export interface AskCall {
  readonly endMillis: number;
  readonly traceparent: string | undefined;
  readonly log: Log;
}

/** One delivery of a trigger. */
export interface Delivery {
  readonly trigger: Trigger;
  /** How often the queue delivered it, this time included. */
  readonly receives: number;
  /** Absent: its visibility cannot be changed. */
  readonly receiptHandle: string | undefined;
  /** Unique to this delivery: request id and a random part. */
  readonly owner: string;
  /** When the function ends, milliseconds since 1970. */
  readonly deadlineMillis: number;
}

/** The model must be done so long before the function ends: sending and the commit come after it. */
const AFTER_MODEL_MILLIS = 60_000;

/** Works one trigger (contract replies §3.2). Throws when it must come back; its pause is set by then. */
export async function workTrigger(delivery: Delivery, ports: WorkerPorts): Promise<void> {
  const { trigger, receives } = delivery;
  const ref = keyedHash(ports.config.logHashKey, trigger.conversationId);
  const log = ports.log.with({ conversation_ref: ref, attempt: receives, ...traceOf(trigger) });
  const own = { ...ports, log };
  let journal: RepliesJournal | undefined;
  try {
    journal = await takeLease(delivery, own);
    if (journal) await withHeartbeat(journal, delivery, own);
  } catch (error) {
    noteFailure(journal?.unstored ?? error, journal, own);
    const pause = journal?.retryDelaySeconds ?? pauseOf(error, delivery, own);
    await comeBack(delivery, pause, own);
    throw loggableError(error);
  }
  if (journal) await lookAgain(journal, delivery, own);
}

const traceOf = ({ traceparent }: Trigger) => (traceparent ? { trace_id: traceIdOf(traceparent) } : {});

/** Undefined when the conversation is busy: the trigger is put off then. */
async function takeLease(delivery: Delivery, ports: WorkerPorts): Promise<RepliesJournal | undefined> {
  const { trigger, receives, owner } = delivery;
  const { conversationId, primaryChannel } = trigger;
  const leaseSeconds = beatSeconds(ports.config.heartbeatIntervalMillis);
  const request = { conversationId, primaryChannel, owner, lengthSeconds: leaseSeconds };
  const taken = await ports.leases.take(request);
  if (taken.status === 'missing')
    throw new RepliesError(
      'CONVERSATION_NOT_FOUND',
      'The trigger names a conversation that has no record',
      'hold',
    );
  if (taken.status === 'busy') {
    await defer(trigger, taken.remainingSeconds, ports);
    return undefined;
  }
  const { lease, conversation } = taken;
  return new RepliesJournal({ lease, conversation, primaryChannel, receives, leaseSeconds }, ports);
}

async function withHeartbeat(journal: RepliesJournal, delivery: Delivery, ports: WorkerPorts): Promise<void> {
  const { receiptHandle } = delivery;
  const { log, clock, metrics, config } = ports;
  if (receiptHandle === undefined) {
    log.warn('no_receipt_handle');
    return work(journal, delivery, ports);
  }
  const heartbeat = startHeartbeat({
    clock,
    log,
    intervalMillis: config.heartbeatIntervalMillis,
    extendVisibility: (seconds) => ports.setVisibility(receiptHandle, seconds),
    renewLease: async (seconds) => (await ports.leases.renew(journal.lease, seconds)) !== undefined,
    onFailure: () => metrics.count('HeartbeatFailures'),
  });
  try {
    await work(journal, delivery, ports);
  } catch (error) {
    // A beat that arrives later would undo the pause that a failed trigger gets.
    await heartbeat.stop();
    throw error;
  }
  void heartbeat.stop();
}

async function work(journal: RepliesJournal, delivery: Delivery, ports: WorkerPorts): Promise<void> {
  const started = ports.clock.nowMillis();
  const { conversation } = journal;
  const steps = repliesSteps({
    journal,
    ports,
    net: ports.net,
    deadlineMillis: delivery.deadlineMillis,
    account: (fresh) => ports.account(conversation, fresh),
    ask: () => ask(journal, delivery, ports),
  });
  const outcome = await runTurn(journal, steps).catch((error: unknown) => {
    // Once: with its parts cut smaller, as Twilio found one too long.
    if (journal.takeResplit()) return runTurn(journal, steps);
    throw error;
  });
  noteOutcome(outcome, journal, ports, ports.clock.nowMillis() - started);
}

async function ask(journal: RepliesJournal, delivery: Delivery, ports: WorkerPorts): Promise<Answered> {
  const endMillis = delivery.deadlineMillis - AFTER_MODEL_MILLIS;
  if (endMillis - ports.clock.nowMillis() < STEP_MARGIN_MILLIS) throw timeBudgetError('the model');
  const { traceparent } = delivery.trigger;
  return ports.ask(journal.conversation, journal.turn, { endMillis, traceparent, log: journal.log });
}

/** The turn is over; what this look leaves undone the trigger does when it comes back. */
async function lookAgain(journal: RepliesJournal, delivery: Delivery, ports: WorkerPorts): Promise<void> {
  try {
    await followUp(delivery.trigger, journal.conversation, journal.messageSids, ports);
  } catch (error) {
    ports.log.error('follow_up_failed', { error: describeError(error) });
    await comeBack(delivery, pauseOf(error, delivery, ports), ports);
    throw loggableError(error);
  }
}

/** A failed trigger's pause, in seconds, where no turn was given back with one of its own. */
export const pauseOf = (
  error: unknown,
  { receives }: Pick<Delivery, 'receives'>,
  { clock, random }: Pick<WorkerPorts, 'clock' | 'random'>,
): number => retryDelaySeconds(error, { receives, nowMillis: clock.nowMillis(), random: random() });

/** Sets a failed trigger's pause. Never throws: it comes back all the same, after the queue's timeout. */
export async function comeBack(
  { receiptHandle }: Pick<Delivery, 'receiptHandle'>,
  seconds: number,
  { setVisibility, log }: Pick<WorkerPorts, 'setVisibility' | 'log'>,
): Promise<void> {
  if (receiptHandle === undefined) return;
  await setVisibility(receiptHandle, seconds).catch((error: unknown) => {
    log.warn('visibility_not_changed', { error: describeError(error) });
  });
}
