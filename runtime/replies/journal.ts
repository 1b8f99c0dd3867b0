import { LONG } from '../core/aws-errors.ts';
import { ClaimLostError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Claim, TurnFailure, TurnJournal } from '../core/turn.ts';
import { asksToStop, collect } from './collect.ts';
import { endingOfSendError, OPTED_OUT, TAKEN_OVER, TurnEndedError } from './ending.ts';
import { finishTurn, removeRows } from './finish-turn.ts';
import { type Failed, giveBack } from './give-back.ts';
import type { Held, JournalPorts } from './journal-ports.ts';
import type { Lease, UpdateOptions } from './lease.ts';
import { newTurn } from './new-turn.ts';
import { endingData, type PendingTurn, partPath, pendingTurnData, type TurnPart } from './pending-turn.ts';
import type { Conversation } from './record.ts';
import type { RecordChange } from './record-change.ts';
import type { RepliesDecision } from './replies-decision.ts';
import { makeRoom } from './room.ts';
import { replaceFrom, smallerTexts, withPart } from './turn-parts.ts';

/**
 * The turn journal of the reply engine: `pending_turn` in the record, written under the lease (contract replies
 * §4.3). The fence is in every write; a worker whose lease is gone sends nothing and gives nothing back.
 */
export class RepliesJournal implements TurnJournal<string, RepliesDecision> {
  private pending: PendingTurn | undefined;
  /** How long the trigger is to stay away, once the turn failed and was given back. */
  retryDelaySeconds: number | undefined;
  /** Why it was given back, where that is not the error that was thrown: what the error led to could not be stored. */
  unstored: unknown;
  /** Parts that this run got accepted. */
  acceptedHere = 0;
  /** Whether another worker has the lease now: then nothing is written, sent or given back any more. */
  isLost = false;
  /** Whether something was accepted that the record does not tell yet. */
  isUnrecorded = false;
  /** A staged message of the user asks for no more messages, and the sweeper has yet to write that into the record. */
  isStopped = false;
  /** Entries went to the archive to make room for the turn. */
  private hasRoom = false;
  private resplit: 'none' | 'due' | 'done' = 'none';
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

  /** Every line names the turn, once there is one. */
  get log(): Log {
    return this.pending ? this.ports.log.with({ turn_id: this.pending.turnId }) : this.ports.log;
  }

  get lease(): Lease {
    return this.held.lease;
  }

  /** Whether the reply was cut smaller and is to be sent anew; true only once. */
  takeResplit(): boolean {
    if (this.resplit !== 'due') return false;
    this.resplit = 'done';
    return true;
  }

  async claim(): Promise<Claim<string>> {
    if (this.pending) return this.resumePoint();
    const { conversationId, pendingTurn } = this.conversation;
    // First of all: what is staged from now on finds no lock and sends its own trigger (contract replies §3.2 step 4).
    await this.ports.triggerLock.clear(conversationId);
    if (pendingTurn) return this.resume(pendingTurn);
    const rows = await this.collectRows();
    if (rows.length === 0) {
      await this.release();
      return { status: 'ignored', rule: 'nothing_staged' };
    }
    await this.storeTurn(newTurn(conversationId, rows, this.ports.clock.nowMillis()));
    this.noteClaim('new');
    return { status: 'new' };
  }

  private async resume(turn: PendingTurn): Promise<Claim<string>> {
    this.pending = turn;
    this.noteClaim(turn.state);
    if (turn.state !== 'sent') this.isStopped = await this.wasStopped();
    if (turn.state !== 'collected') return this.resumePoint();
    await this.makeRoom(turn);
    return { status: 'new' };
  }

  /** A STOP may have come since the turn was begun. */
  private async wasStopped(): Promise<boolean> {
    const { conversationId, processedSids } = this.conversation;
    return asksToStop(await this.ports.stage.list(conversationId), processedSids);
  }

  private async storeTurn(turn: PendingTurn): Promise<void> {
    await this.makeRoom(turn);
    this.pending = turn;
    await this.write({ set: { pending_turn: pendingTurnData(turn) } });
  }

  private async makeRoom(turn: PendingTurn): Promise<void> {
    if (!this.hasRoom) this.hasRoom = await makeRoom(turn, this.conversation, this.ports);
  }

  private noteClaim(state: string): void {
    this.log.info('turn_claimed', { state, message_sids: this.messageSids });
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
    const { rows, leftOver, isStopped } = collect(staged, limits);
    this.isStopped = isStopped;
    if (leftOver.length > 0) await removeRows(conversationId, leftOver, this.ports);
    return rows;
  }

  async decide(decision: RepliesDecision): Promise<void> {
    const { parts: texts, ...decided } = decision;
    const parts = texts.map((text) => ({ text }));
    await this.storeTurn({ ...this.turn, ...decided, parts, state: 'model_done' });
    const { ending } = decision;
    this.log.info('turn_decided', { parts: parts.length, ...(ending && { rule: ending.rule }) });
  }

  /** Nothing: the send step begins a part (`begin`) behind the checks and the question to Twilio. */
  async partBegun(): Promise<void> {}

  /**
   * Notes that a part is about to be sent and prolongs the lease; not for a user who opted out, nor beside a person.
   * Resolves to the part's sid where a status callback named it meanwhile: then there is nothing to send.
   */
  async begin(number: number): Promise<string | undefined> {
    if (this.isStopped) throw new TurnEndedError(OPTED_OUT);
    const sendStartedAt = new Date(this.ports.clock.nowMillis()).toISOString();
    const { sendStartedAt: earlier, unclearSince = earlier } = this.turn.parts[number - 1] ?? {};
    const set = {
      'pending_turn.state': 'sending',
      [`${partPath(number)}.send_started_at`]: sendStartedAt,
      [`${partPath(number)}.unclear_since`]: unclearSince,
      ...this.longerLease(),
    };
    const options = { unless: ['handed_off', 'opted_out'], part: { number } } as const;
    const result = await this.ports.leases.update(this.held.lease, { set }, options);
    if (result === 'lost') throw this.lost();
    if (typeof result === 'object') return result.sid;
    if (result !== 'written') throw new TurnEndedError(result === 'handed_off' ? TAKEN_OVER : OPTED_OUT);
    this.begunHere.add(number);
    this.changePart(number, { sendStartedAt, ...(unclearSince !== undefined && { unclearSince }) });
    this.log.info('part_begun', { part: number });
    return undefined;
  }

  /** The sid that a status callback gave a part since the lease was taken; a write of the lease alone tells. */
  async toldSid(number: number): Promise<string | undefined> {
    return this.write({ set: this.longerLease() }, { part: { number } });
  }

  private longerLease() {
    const now = Math.floor(this.ports.clock.nowMillis() / 1000);
    return { lock_expires_at: now + this.held.leaseSeconds };
  }

  /** A sid that a callback named before stays: what else the callback noted is of that message. */
  async partAccepted(number: number, sid: string): Promise<void> {
    this.changePart(number, { sid });
    this.acceptedHere += 1;
    const isLast = this.turn.parts.every((part) => part.sid !== undefined);
    if (isLast) this.pending = { ...this.turn, state: 'sent' };
    const set = { [`${partPath(number)}.sid`]: sid, ...(isLast && { 'pending_turn.state': 'sent' }) };
    const told = await this.write({ set }, { patience: LONG, part: { number, sid } });
    if (told !== undefined) this.changePart(number, { sid: told });
    this.log.info('part_accepted', { part: number, message_sid: sid });
  }

  private changePart(number: number, change: Partial<TurnPart>) {
    this.pending = withPart(this.turn, number, change);
  }

  async finish(): Promise<void> {
    const noteTold = () => {
      this.pending = { ...this.turn, isTold: true };
    };
    const ports = { ...this.ports, log: this.log };
    if ((await finishTurn(this.turn, this.held, ports, noteTold)) === 'lost') throw this.lost();
  }

  /** Frees a conversation in which nothing was to be done. */
  async release(): Promise<void> {
    await this.ports.leases.release(this.held.lease, { remove: ['turn_attempts'] });
  }

  async fail(failure: TurnFailure<string>): Promise<'captured' | 'given-back'> {
    const { error, errorClass, stage, part } = failure;
    let cause: Failed = { stage, error, part };
    try {
      if (!this.isLost && stage === 'send' && errorClass === 'permanent')
        return await this.settleRefusal(error, part);
    } catch (unstored) {
      this.unstored = unstored;
      cause = { stage: 'store', error: unstored, part };
    }
    if (this.isLost) return 'given-back';
    this.isUnrecorded = stage === 'mark' && this.pending?.parts.some(({ sid }) => sid !== undefined) === true;
    const failed = { ...this.held, turn: this.pending, begunHere: this.begunHere };
    this.retryDelaySeconds = await giveBack(cause, failed, { ...this.ports, log: this.log });
    return 'given-back';
  }

  /** A part was refused for good: it is cut smaller, once, if it was too long; else the turn ends here. */
  private async settleRefusal(error: unknown, part = 1): Promise<'captured' | 'given-back'> {
    const { maxReplyParts } = this.ports.config;
    const smaller = this.resplit === 'none' ? smallerTexts(error, this.turn, part, maxReplyParts) : undefined;
    if (smaller) {
      const { turn, change } = replaceFrom(this.turn, part, smaller);
      await this.write(change);
      // Not before it is written: without it the turn is given back, and this run is over.
      this.resplit = 'due';
      this.pending = turn;
      return 'given-back';
    }
    const ending = endingOfSendError(error);
    // Stored, so that no retry decides otherwise.
    await this.write({ set: { 'pending_turn.hand_off': endingData(ending) } });
    this.pending = { ...this.turn, ending };
    return 'captured';
  }

  /** Resolves to what a callback told of the part on which the write depends; nothing was written then. */
  private async write(change: RecordChange, options: UpdateOptions = {}): Promise<string | undefined> {
    const result = await this.ports.leases.update(this.held.lease, change, options);
    if (result === 'lost') throw this.lost();
    return typeof result === 'object' ? result.sid : undefined;
  }

  private lost(): ClaimLostError {
    if (!this.isLost) this.ports.metrics.count('LeaseStolen');
    this.isLost = true;
    return new ClaimLostError('Another worker has taken the lease of this conversation', {
      code: 'LEASE_LOST',
    });
  }
}
