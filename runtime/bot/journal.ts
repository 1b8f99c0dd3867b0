import type { OutgoingPart } from '../channels/channel.ts';
import { epochSeconds } from '../core/clock.ts';
import { describeError, HooklineError } from '../core/errors.ts';
import { type Claim, type TurnFailure, type TurnJournal, UnclearSendHeldError } from '../core/turn.ts';
import type { HistoryRow, Usage } from './agent.ts';
import type { Delivery } from './delivery.ts';
import type { OpenHistory } from './history-store.ts';
import type { Job } from './job.ts';
import type { BotDecision, JournalOptions, JournalPorts } from './journal-ports.ts';
import { type DecidedEvent, decidedEvent, ledgerRows } from './ledger.ts';
import { DecidedElsewhereError, saveDecision } from './save-decision.ts';

export type { BotDecision, JournalOptions, JournalPorts } from './journal-ports.ts';

/** A run of this very event may still be alive; the event must come back, and this was no failed attempt. */
export class OwnEventBusyError extends HooklineError {
  override name = 'OwnEventBusyError';
  constructor() {
    super('Another run of this event may still be working on it', 'transient');
  }
}

/** Clocks differ, and an invocation's last moments are not exact (contract bot §7.1). */
const BUSY_MARGIN_SECONDS = 5;

const MAX_FINISHED_KEPT = 1000;

/** The turn journal of a bot: chat lock, ledger in the history file, delivery item. */
export class BotJournal implements TurnJournal<OutgoingPart, BotDecision> {
  /** The event that carries the reply; of merged ones the last. */
  private readonly job: Job;
  private history: OpenHistory | undefined;
  private locked = false;
  private parts: readonly OutgoingPart[] = [];
  /** Whose delivery item tells how far the reply got. */
  carrierId: string;
  /** What decided the event, once that is known. */
  rule: string | undefined;
  /** What this run's model calls used, also when it failed. */
  usage: Usage | undefined;
  /** Whether this run's decision is saved, and with it what it spent. */
  isSaved = false;
  /** Whether the ledger has the event, as far as is known. */
  isDecided = false;
  /** The lock's holder, when another event of the chat was being worked on. */
  heldBy: string | undefined;
  /** The stage at which the turn failed. */
  failedStage: TurnFailure<OutgoingPart>['stage'] | undefined;
  /** How many attempts failed, once one did and where they are counted. */
  failedAttempts: number | undefined;
  private refused: ReadonlySet<number> = new Set();
  private last: { readonly part: number; readonly providerId: string } | undefined;

  /** `jobs`: one event, or the events of one chat that form one turn, in order of arrival. */
  constructor(
    private readonly jobs: readonly [Job, ...Job[]],
    private readonly ports: JournalPorts,
    private readonly options: JournalOptions,
  ) {
    this.job = jobs.at(-1) ?? jobs[0];
    this.carrierId = this.job.event_id;
    this.history = options.opened;
  }

  private get key() {
    const { provider, chat_id: chatId } = this.job;
    return { provider, eventId: this.carrierId, chatId };
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
    const decided = this.options.decided ?? (await this.readLedger());
    if (held) return this.claimWhileBusy(decided);
    const claim: Claim<OutgoingPart> = decided ? await this.resume(decided) : { status: 'new' };
    if (claim.status === 'done') await this.releaseLock();
    else this.ports.log.info('turn_claimed', { status: claim.status });
    return claim;
  }

  private async readLedger(): Promise<DecidedEvent | undefined> {
    this.history ??= await this.ports.histories.open(this.job.chat_id);
    return decidedEvent(this.history.file, this.job.event_id);
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
    if (result.status === 'held-by-other') this.heldBy = result.owner;
    return !this.locked;
  }

  /** Only an undecided event may be ignored; a stored reply is never lost to a busy chat (§7.4). */
  private async claimWhileBusy(decided: DecidedEvent | undefined): Promise<Claim<OutgoingPart>> {
    if (!decided) return { status: 'ignored', rule: 'busy' };
    if ((await this.resume(decided)).status === 'done') return { status: 'done' };
    throw new OwnEventBusyError();
  }

  private async resume(decided: DecidedEvent): Promise<Claim<OutgoingPart>> {
    this.isDecided = true;
    this.rule = decided.rule;
    this.carrierId = decided.carrierId;
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
    const { provider, chat_id: chatId } = this.job;
    const { owner, dedupeTtlSeconds } = this.options;
    const ledger = ledgerRows(this.jobs, decision, owner);
    const { history } = this;
    this.history = undefined;
    const save = { provider, chatId, owner, decision, ledger, dedupeTtlSeconds };
    try {
      await saveDecision(save, this.ports, history);
      this.isSaved = true;
    } catch (error) {
      this.isDecided = error instanceof DecidedElsewhereError;
      throw error;
    }
    this.isDecided = true;
    this.ports.log.info('turn_decided', { rule: this.rule, parts: this.parts.length });
  }

  /** Fetches the chat's history again. */
  async reload(): Promise<OpenHistory> {
    this.history?.discard();
    this.history = await this.ports.histories.open(this.job.chat_id);
    return this.history;
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
    finished.add(this.carrierId);
  }

  async fail(failure: TurnFailure<OutgoingPart>): Promise<'captured' | 'given-back'> {
    const { stage, errorClass, error, part } = failure;
    this.failedStage = stage;
    this.ports.log.warn('turn_failed', { stage, part, error_class: errorClass, error: describeError(error) });
    if (errorClass === 'permanent' && (await this.captureForGood(failure))) return 'captured';
    if (error instanceof UnclearSendHeldError) await this.capture('send_unclear', failure);
    const refusedPart = stage === 'send' && errorClass !== 'unclear' ? failure.part : undefined;
    // Waiting for the lock is no failed attempt (§7.8), and a table that did not give it cannot count either.
    const counts = this.options.countAttempts && (stage !== 'claim' || this.locked);
    if (refusedPart !== undefined || counts)
      await this.attempt('note the failure', async () => {
        this.failedAttempts = await this.ports.delivery?.failed(this.key, refusedPart);
      });
    await this.attempt('release the lock', () => this.releaseLock());
    return 'given-back';
  }

  /** What is in vain to try again, once an operator can see it. */
  private async captureForGood(failure: TurnFailure<OutgoingPart>): Promise<boolean> {
    if (failure.stage === 'send') return this.capture('send_failed', failure);
    if (failure.stage !== 'decide' || !(await this.captureEach('agent_failed', failure))) return false;
    await this.attempt('release the lock', () => this.releaseLock());
    return true;
  }

  /** Nothing is decided, so each event of the turn is kept by itself. Resolves to whether all were. */
  private async captureEach(reason: string, { error }: TurnFailure<OutgoingPart>): Promise<boolean> {
    const { failedEvents, log } = this.ports;
    const kept = this.jobs.map((job) => {
      const { provider, event_id: eventId } = job;
      return failedEvents.capture({ reason, error, provider, eventId, event: { maws_job: job } }, log);
    });
    return (await Promise.all(kept)).every(Boolean);
  }

  private capture(reason: string, { error, part, unsent }: TurnFailure<OutgoingPart>): Promise<boolean> {
    // Whichever event of a turn came back, what is left to do is the carrier's.
    const event = { maws_job: { ...this.job, event_id: this.carrierId }, part, unsent };
    const failed = { reason, error, provider: this.job.provider, eventId: this.carrierId, event };
    return this.ports.failedEvents.capture(failed, this.ports.log);
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
  private async attempt(what: string, step: () => Promise<void>): Promise<void> {
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
