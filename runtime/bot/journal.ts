import type { OutgoingPart } from '../channels/channel.ts';
import { type Clock, epochSeconds } from '../core/clock.ts';
import { ClaimLostError, describeError, HooklineError } from '../core/errors.ts';
import type { Lock } from '../core/lock.ts';
import type { Log } from '../core/log.ts';
import {
  type Claim,
  type Decided,
  type TurnFailure,
  type TurnJournal,
  UnclearSendHeldError,
} from '../core/turn.ts';
import type { HistoryRow, Usage } from './agent.ts';
import type { Delivery, DeliveryTable } from './delivery.ts';
import type { FailedEvents } from './failed-events.ts';
import { withRotation } from './history-archive.ts';
import type { LedgerRow, NewRow, StateChange } from './history-file.ts';
import type { HistoryStore, OpenHistory } from './history-store.ts';
import type { Job } from './job.ts';

/** A reply and what is stored with it. */
export interface BotDecision extends Decided<OutgoingPart> {
  /** What decided: `agent`, `command`, … (contract bot §7.3). */
  readonly rule: string;
  readonly rows: readonly NewRow[];
  /** Empties the chat's rows first. */
  readonly clear: boolean;
  /** Changes of the chat's state, saved with the rows. */
  readonly state?: readonly StateChange[];
  /** What the turn's model calls used. */
  readonly usage?: Usage;
}

export interface JournalPorts {
  readonly histories: HistoryStore;
  /** Absent without a lock table: then nothing is known about deliveries. */
  readonly delivery: DeliveryTable | undefined;
  /** Only the drop policy takes a lock; a queue's message group serialises by itself. */
  readonly lock: Lock | undefined;
  readonly failedEvents: FailedEvents;
  /** Events this container has seen done; their stored replies need not stay in the history. Kept bounded. */
  readonly finished: Set<string>;
  readonly clock: Clock;
  readonly log: Log;
}

export interface JournalOptions {
  /** Unique per invocation and event. */
  readonly owner: string;
  readonly lockTtlSeconds: number;
  /** When this invocation is over at the latest, epoch seconds. */
  readonly deadlineSeconds: number;
  readonly dedupeTtlSeconds: number;
  /** Failed attempts are counted on the event item where no queue counts them. */
  readonly countAttempts: boolean;
}

/** A run of this very event may still be alive; the event must come back, and this was no failed attempt. */
export class OwnEventBusyError extends HooklineError {
  override name = 'OwnEventBusyError';
  constructor() {
    super('Another run of this event may still be working on it', 'transient');
  }
}

/** How often a save is merged into somebody else's before the event is given back (contract bot §7.7). */
const MERGE_ATTEMPTS = 3;
/** Clocks differ, and an invocation's last moments are not exact (contract bot §7.1). */
const BUSY_MARGIN_SECONDS = 5;

const MAX_FINISHED_KEPT = 1000;

/** The turn journal of a bot: chat lock, ledger in the history file, delivery item. */
export class BotJournal implements TurnJournal<OutgoingPart, BotDecision> {
  private history: OpenHistory | undefined;
  private locked = false;
  private parts: readonly OutgoingPart[] = [];
  /** What decided the event, once that is known. */
  rule: string | undefined;
  /** What this run's model calls used, once it has decided. */
  usage: Usage | undefined;
  private refused: ReadonlySet<number> = new Set();
  private last: { readonly part: number; readonly providerId: string } | undefined;

  constructor(
    private readonly job: Job,
    private readonly ports: JournalPorts,
    private readonly options: JournalOptions,
  ) {}

  private get key() {
    const { provider, event_id: eventId, chat_id: chatId } = this.job;
    return { provider, eventId, chatId };
  }

  /** The newest rows of the chat, oldest first. */
  rows(limit: number): HistoryRow[] {
    return this.history?.file.rows(limit) ?? [];
  }

  /** A value of the chat's state as it was when the turn began. */
  state(key: string): string | undefined {
    return this.history?.file.state(key);
  }

  /** The chat's history as it was when the turn began. */
  get opened(): OpenHistory | undefined {
    return this.history;
  }

  async claim(): Promise<Claim<OutgoingPart>> {
    const held = await this.takeLock();
    try {
      this.history = await this.ports.histories.open(this.job.chat_id);
      const decided = this.history.file.ledgerRow(this.job.event_id);
      if (held) return await this.claimWhileBusy(decided);
      const claim: Claim<OutgoingPart> = decided ? await this.resume(decided) : { status: 'new' };
      if (claim.status === 'done') await this.releaseLock();
      else this.ports.log.info('turn_claimed', { status: claim.status });
      return claim;
    } catch (error) {
      await this.attempt('release the lock', () => this.releaseLock());
      throw error;
    }
  }

  /** True when another event of the chat is being worked on. */
  private async takeLock(): Promise<boolean> {
    const { lock } = this.ports;
    if (!lock) return false;
    const { owner, lockTtlSeconds, deadlineSeconds } = this.options;
    const remaining = deadlineSeconds - epochSeconds(this.ports.clock);
    const result = await lock.acquire({
      key: this.job.chat_id,
      owner,
      eventId: this.job.event_id,
      ttlSeconds: Math.max(lockTtlSeconds, remaining + 3 * BUSY_MARGIN_SECONDS),
      busyUntilSeconds: deadlineSeconds + BUSY_MARGIN_SECONDS,
    });
    if (result.status === 'held-by-this-event') throw new OwnEventBusyError();
    this.locked = result.status === 'acquired';
    return !this.locked;
  }

  /** Only an undecided event may be ignored; a stored reply is never lost to a busy chat (§7.4). */
  private async claimWhileBusy(decided: LedgerRow | undefined): Promise<Claim<OutgoingPart>> {
    if (!decided) return { status: 'ignored', rule: 'busy' };
    if ((await this.resume(decided)).status === 'done') return { status: 'done' };
    throw new OwnEventBusyError();
  }

  private async resume(decided: LedgerRow): Promise<Claim<OutgoingPart>> {
    this.rule = decided.rule;
    if (decided.parts.length === 0) return { status: 'done' };
    const delivery = await this.ports.delivery?.read(this.key);
    if (delivery?.done) return { status: 'done' };
    this.parts = decided.parts;
    this.refused = delivery?.refused ?? new Set();
    const accepted = delivery?.accepted ?? new Set();
    return {
      status: 'resume',
      parts: decided.parts,
      accepted,
      unclearPart: unclearPart(decided.parts, delivery),
    };
  }

  async decide(decision: BotDecision): Promise<void> {
    this.parts = decision.parts;
    this.rule = decision.rule;
    this.usage = decision.usage;
    const ledger: LedgerRow = {
      eventId: this.job.event_id,
      userId: this.job.user_id,
      sentAt: this.job.sent_at,
      attempt: this.options.owner,
      rule: decision.rule,
      parts: decision.parts,
    };
    for (let attempt = 0; attempt <= MERGE_ATTEMPTS; attempt++) {
      const history = attempt === 0 && this.history ? this.history : await this.reload();
      const other = history.file.ledgerRow(this.job.event_id);
      if (other?.attempt === this.options.owner) return this.saved(); // only the answer was lost
      if (other) throw new ClaimLostError('Another attempt decided this event');
      await this.write(history, decision, ledger);
      if ((await this.ports.histories.save(this.job.chat_id, history)) === 'stored') return this.saved();
    }
    throw new ClaimLostError('The history changed under every attempt to save');
  }

  private saved(): void {
    this.ports.log.info('turn_decided', { rule: this.rule, parts: this.parts.length });
  }

  /** Fetches the chat's history again. */
  async reload(): Promise<OpenHistory> {
    this.history?.discard();
    this.history = await this.ports.histories.open(this.job.chat_id);
    return this.history;
  }

  private async write(history: OpenHistory, decision: BotDecision, ledger: LedgerRow): Promise<void> {
    const { file } = history;
    const nowSeconds = epochSeconds(this.ports.clock);
    const stored = file.eventsWithReplies();
    const { finished } = this.ports;
    file.forgetReplies(
      decision.clear ? await this.deliveredReplies(stored) : stored.filter((id) => finished.has(id)),
    );
    const change = await withRotation({ ...decision, ledger: [ledger] }, history, this.ports);
    file.write(change, { nowSeconds, forgetBeforeSeconds: nowSeconds - this.options.dedupeTtlSeconds });
  }

  /** Without a table nobody knows what was delivered, and a cleared chat must not keep its texts. */
  private async deliveredReplies(eventIds: string[]): Promise<readonly string[]> {
    if (eventIds.length === 0 || !this.ports.delivery) return eventIds;
    return this.ports.delivery.doneAmong(this.job.provider, eventIds);
  }

  async partBegun(part: number): Promise<void> {
    // A part counts as begun unless it was noted as refused; so only that note must go (§7.3).
    if (this.refused.has(part)) await this.ports.delivery?.unrefuse(this.key, part);
  }

  async partAccepted(part: number, providerId: string): Promise<void> {
    this.ports.log.info('part_accepted', { part });
    // The last part is marked together with `done`, in one call.
    if (part === this.parts.length) this.last = { part, providerId };
    else await this.ports.delivery?.accepted(this.key, part, providerId);
  }

  async finish(): Promise<void> {
    if (this.parts.length > 0 && this.ports.delivery) {
      const lock = this.locked ? { key: this.job.chat_id, owner: this.options.owner } : undefined;
      if (await this.ports.delivery.done(this.key, this.last, lock)) this.locked = false;
    }
    this.rememberFinished();
    await this.releaseLock();
  }

  release(): Promise<void> {
    return this.releaseLock();
  }

  private rememberFinished(): void {
    const { finished } = this.ports;
    if (finished.size >= MAX_FINISHED_KEPT) finished.clear();
    finished.add(this.job.event_id);
  }

  async fail(failure: TurnFailure<OutgoingPart>): Promise<'captured' | 'given-back'> {
    const { stage, errorClass, error, part } = failure;
    this.ports.log.warn('turn_failed', { stage, part, error_class: errorClass, error: describeError(error) });
    if (stage === 'send' && errorClass === 'permanent' && (await this.capture('send_failed', failure)))
      return 'captured';
    if (error instanceof UnclearSendHeldError) await this.capture('send_unclear', failure);
    const refusedPart = stage === 'send' && errorClass !== 'unclear' ? failure.part : undefined;
    if (refusedPart !== undefined || this.options.countAttempts)
      await this.attempt('note the failure', () => this.ports.delivery?.failed(this.key, refusedPart));
    await this.attempt('release the lock', () => this.releaseLock());
    return 'given-back';
  }

  private capture(reason: string, { error, part, unsent }: TurnFailure<OutgoingPart>): Promise<boolean> {
    const { provider, event_id: eventId } = this.job;
    const event = { maws_job: this.job, part, unsent };
    return this.ports.failedEvents.capture({ reason, error, provider, eventId, event }, this.ports.log);
  }

  /** Frees what the turn holds in this process. The lock is left to `finish` and `fail`. */
  close(): void {
    this.history?.discard();
  }

  private async releaseLock(): Promise<void> {
    if (!this.locked) return;
    await this.ports.lock?.release(this.job.chat_id, this.options.owner);
    this.locked = false;
  }

  /** A failure while handling a failure is logged; the first one is what the caller must see. */
  private async attempt(what: string, step: () => Promise<void> | undefined): Promise<void> {
    try {
      await step();
    } catch (error) {
      this.ports.log.error('journal_cleanup_failed', { what, error: describeError(error) });
    }
  }
}

/** The first part not known to be accepted counts as begun, unless it was noted as refused (§7.3). */
function unclearPart(parts: readonly OutgoingPart[], delivery: Delivery | undefined): number | undefined {
  const next = parts.findIndex((_, index) => !delivery?.accepted.has(index + 1)) + 1;
  return next === 0 || delivery?.refused.has(next) ? undefined : next;
}
