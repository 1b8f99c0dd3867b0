import type { Clock } from '../core/clock.ts';
import { ClaimLostError, describeError, errorClassOf } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Claim, TurnFailure, TurnJournal } from '../core/turn.ts';
import type { Append } from './append.ts';
import { collect } from './collect.ts';
import { changeOf, entriesOf, unsentText } from './commit.ts';
import type { WorkerConfig } from './config.ts';
import { endingOfSendError, OPTED_OUT, TAKEN_OVER, TurnEndedError } from './ending.ts';
import { RepliesError } from './errors.ts';
import { giveBack } from './give-back.ts';
import type { HumanQueue } from './handoff.ts';
import type { Lease, Leases } from './lease.ts';
import type { RepliesMetrics } from './metric-names.ts';
import { newTurn } from './new-turn.ts';
import { type Ending, endingData, type PendingTurn, partData, pendingTurnData } from './pending-turn.ts';
import type { Conversation } from './record.ts';
import type { RecordChange } from './record-change.ts';
import type { RepliesDecision } from './replies-decision.ts';
import type { StageTable } from './stage-table.ts';
import type { TriggerLock } from './trigger-lock.ts';

export interface JournalPorts {
  readonly config: WorkerConfig;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: RepliesMetrics;
  readonly leases: Leases;
  readonly append: Append;
  readonly stage: StageTable;
  readonly triggerLock: TriggerLock;
  readonly humans: HumanQueue;
  /** 0 to 1. */
  random(): number;
}

/** The record as the lease found it, and what is known of the trigger. */
export interface Held {
  readonly lease: Lease;
  readonly conversation: Conversation;
  /** The user's address as the trigger names it. */
  readonly primaryChannel: string;
  /** How often the queue delivered the trigger. */
  readonly receives: number;
  readonly leaseSeconds: number;
}

type Cause = Pick<TurnFailure<string>, 'stage' | 'errorClass' | 'error'>;

/**
 * The turn journal of the reply engine: `pending_turn` in the record, written under the lease (contract replies
 * §4.3). The fence is in every write; a worker whose lease is gone sends nothing and gives nothing back.
 */
export class RepliesJournal implements TurnJournal<string, RepliesDecision> {
  private pending: PendingTurn | undefined;
  /** How long the trigger is to stay away, once the turn failed and was given back. */
  retryDelaySeconds: number | undefined;
  /** Parts that this run got accepted. */
  acceptedHere = 0;
  /** Whether another worker has the lease now: then nothing is written, sent or given back any more. */
  isLost = false;
  /** Parts that this run has begun: a refusal of one of them says that it was not sent. */
  private readonly begunHere = new Set<number>();
  /** What became of a part whose outcome was unclear, once that is known. */
  settledRule: string | undefined;

  constructor(
    private readonly held: Held,
    private readonly ports: JournalPorts,
  ) {}

  /** The turn worked on; there is one once it is claimed. */
  get turn(): PendingTurn {
    if (!this.pending) throw new TypeError('No turn is claimed');
    return this.pending;
  }

  /** Undefined until a turn is claimed. */
  get turnId(): string | undefined {
    return this.pending?.turnId;
  }

  /** The messages that the turn answers; none until it is claimed. */
  get messageSids(): readonly string[] {
    return this.pending?.messageSids ?? [];
  }

  get conversation(): Conversation {
    return this.held.conversation;
  }

  get lease(): Lease {
    return this.held.lease;
  }

  /** Whether the reply was cut smaller and is to be sent anew; true only once. */
  takeResplit(): boolean {
    return this.resplit === 'due' && !this.isLost && Boolean((this.resplit = 'done'));
  }

  async claim(): Promise<Claim<string>> {
    const { conversationId, pendingTurn } = this.conversation;
    // First of all: what is staged from now on finds no lock and sends its own trigger (contract replies §3.2 step 4).
    await this.ports.triggerLock.clear(conversationId);
    if (pendingTurn) return this.resume(pendingTurn);
    const rows = await this.collectRows();
    if (rows.length === 0) {
      await this.release();
      return { status: 'ignored', rule: 'nothing_staged' };
    }
    this.pending = newTurn(conversationId, rows, this.ports.clock.nowMillis());
    await this.write({ set: { pending_turn: pendingTurnData(this.turn) } });
    this.noteClaim('new');
    return { status: 'new' };
  }

  private resume(turn: PendingTurn): Claim<string> {
    this.pending = turn;
    this.noteClaim(turn.state);
    return turn.state === 'collected' ? { status: 'new' } : this.resumePoint();
  }

  private noteClaim(state: string): void {
    const { turnId, messageSids } = this.turn;
    this.ports.log.info('turn_claimed', { turn_id: turnId, state, message_sids: messageSids });
  }

  private resumePoint(): Claim<string> {
    const { parts, ending } = this.turn;
    const isOver = ending !== undefined && !ending.sendsParts;
    const accepted = parts.flatMap((part, index) => (part.sid === undefined ? [] : [index + 1]));
    return {
      status: 'resume',
      parts: isOver ? [] : parts.map((part) => part.text),
      accepted: new Set(accepted),
      // Settled by the send step, which asks Twilio before any policy.
      unclearPart: undefined,
    };
  }

  private async collectRows() {
    const { conversationId, processedSids } = this.conversation;
    const { primaryChannel } = this.held;
    const staged = await this.ports.stage.list(conversationId);
    const limits = { processedSids, primaryChannel, maxChars: this.ports.config.maxBatchChars };
    const { rows, leftOver } = collect(staged, limits);
    if (leftOver.length > 0) await this.removeRows(leftOver);
    return rows;
  }

  async decide(decision: RepliesDecision): Promise<void> {
    const { parts, replyText, ending, usage, model, providerRef } = decision;
    const stored = parts.map((text) => ({ text }));
    const decided = { replyText, ending, usage, model, providerRef, parts: stored };
    this.pending = { ...this.turn, ...decided, state: 'model_done' };
    await this.write({ set: { pending_turn: pendingTurnData(this.turn) } });
    this.ports.log.info('turn_decided', { parts: parts.length, ...(ending && { rule: ending.rule }) });
  }

  /** Nothing: the send step begins a part (`begin`) behind the checks and the question to Twilio. */
  async partBegun(): Promise<void> {}

  /** Notes that a part is about to be sent and prolongs the lease; not for a user who opted out, nor beside a person. */
  async begin(number: number): Promise<void> {
    const now = this.ports.clock.nowMillis();
    const sendStartedAt = new Date(now).toISOString();
    const change = {
      set: {
        'pending_turn.state': 'sending',
        [`${partPath(number)}.send_started_at`]: sendStartedAt,
        lock_expires_at: Math.floor(now / 1000) + this.held.leaseSeconds,
      },
    };
    const result = await this.ports.leases.update(this.held.lease, change, { isSend: true });
    if (result === 'lost') throw this.lost();
    if (result !== 'written') throw new TurnEndedError(result === 'handed_off' ? TAKEN_OVER : OPTED_OUT);
    this.begunHere.add(number);
    this.changePart(number, { sendStartedAt });
    this.ports.log.info('part_begun', { part: number });
  }

  async partAccepted(number: number, sid: string): Promise<void> {
    this.changePart(number, { sid });
    this.acceptedHere += 1;
    const isLast = this.turn.parts.every((part) => part.sid !== undefined);
    if (isLast) this.pending = { ...this.turn, state: 'sent' };
    const set = { [`${partPath(number)}.sid`]: sid, ...(isLast && { 'pending_turn.state': 'sent' }) };
    await this.write({ set });
    this.ports.log.info('part_accepted', { part: number, message_sid: sid });
  }

  private changePart(number: number, change: { readonly sid?: string; readonly sendStartedAt?: string }) {
    const parts = this.turn.parts.map((part, index) => (index === number - 1 ? { ...part, ...change } : part));
    this.pending = { ...this.turn, parts };
  }

  /** Cuts a part, and all behind it, smaller: Twilio found it too long. */
  async replaceParts(from: number, texts: readonly string[]): Promise<void> {
    const parts = [...this.turn.parts.slice(0, from - 1), ...texts.map((text) => ({ text }))];
    await this.write({ set: { 'pending_turn.parts': parts.map(partData) } });
    this.pending = { ...this.turn, parts };
  }

  /**
   * The end of the turn, in an order in which a crash at any point loses nothing: the person's flag and message, the
   * entries with everything else in one write, then the staged rows (contract replies §3.4 P).
   */
  async finish(): Promise<void> {
    const { ending } = this.turn;
    if (ending?.kind === 'hand_off') await this.setHandOff(ending);
    if (ending && ending.kind !== 'opted_out') await this.tellPerson(ending);
    await this.commit();
    await this.removeRows(this.turn.messageSids);
  }

  private async setHandOff({ reason }: Ending): Promise<void> {
    if (this.conversation.isHandedOff) return;
    const set = { hand_off_to_human: true, hand_off_to_human_reason: reason };
    // Only while nobody did it before: what a person set meanwhile stays as it is.
    const result = await this.ports.leases.update(this.held.lease, { set }, { isSend: true });
    if (result === 'lost') throw this.lost();
  }

  private async tellPerson(ending: Ending): Promise<void> {
    const { messageSids, combinedBody: body, firstReceivedAt: receivedAt } = this.turn;
    const draftReply = unsentText(this.turn);
    const reason = ending.reason ?? ending.rule;
    await this.ports.humans.send({
      conversation: this.conversation,
      messageSids,
      receivedAt,
      body,
      reason,
      ...(draftReply !== undefined && { draftReply }),
    });
    this.ports.metrics.count('Handoffs');
  }

  private async commit(): Promise<void> {
    const { conversation, held, turn } = this;
    const { config, clock } = this.ports;
    const input = { conversation, turn, nowMillis: clock.nowMillis(), maxTurnsPerHour: config.maxTurnsPerHour };
    const result = await this.ports.append({
      key: held.lease.key,
      conversation,
      guard: { lease: held.lease, turnId: turn.turnId },
      entries: entriesOf(input),
      processedSids: turn.messageSids,
      change: changeOf(input),
    });
    if (result.status === 'lost') throw this.lost();
    if (result.status === 'missing') throw missing();
  }

  private async removeRows(messageSids: readonly string[]): Promise<void> {
    const { stage, log } = this.ports;
    const { conversationId } = this.conversation;
    const left = await stage.remove(conversationId, messageSids).catch((error: unknown) => {
      log.warn('rows_not_deleted', { error: describeError(error) });
      return 0;
    });
    if (left > 0) log.warn('rows_not_deleted', { rows: left });
  }

  /** Frees a conversation in which nothing was to be done. */
  async release(): Promise<void> {
    const { lease, conversation } = this.held;
    const change = { remove: ['turn_attempts'] };
    await this.ports.leases.release(lease, conversation.statusBeforeLock, change);
  }

  async fail(failure: TurnFailure<string>): Promise<'captured' | 'given-back'> {
    const { error, errorClass, stage } = failure;
    if (this.isLost) return 'given-back';
    const isForGood = stage === 'send' && errorClass === 'permanent';
    const unstored = isForGood ? await this.endWith(error) : undefined;
    if (isForGood && unstored === undefined) return 'captured';
    if (this.isLost) return 'given-back';
    const cause = unstored ?? failure;
    this.retryDelaySeconds = await giveBack({ ...cause, part: failure.part }, this.state(), this.ports);
    return 'given-back';
  }

  private state() {
    return { ...this.held, turn: this.pending, begunHere: this.begunHere };
  }

  /** Stores how the turn ends, so that no retry decides otherwise. Resolves to the failure when that failed. */
  private async endWith(error: unknown): Promise<Cause | undefined> {
    const ending = endingOfSendError(error);
    try {
      await this.write({ set: { 'pending_turn.hand_off': endingData(ending) } });
    } catch (failed) {
      return { stage: 'store', errorClass: errorClassOf(failed), error: failed };
    }
    this.pending = { ...this.turn, ending };
    return undefined;
  }

  private async write(change: RecordChange): Promise<void> {
    if ((await this.ports.leases.update(this.held.lease, change)) === 'lost') throw this.lost();
  }

  private lost(): ClaimLostError {
    if (!this.isLost) this.ports.metrics.count('LeaseStolen');
    this.isLost = true;
    return new ClaimLostError('Another worker has taken the lease of this conversation', { code: 'LEASE_LOST' });
  }
}

const partPath = (number: number): string => `pending_turn.parts[${number - 1}]`;

const missing = () =>
  new RepliesError('CONVERSATION_NOT_FOUND', 'The record was deleted while its turn was worked on', 'hold');
