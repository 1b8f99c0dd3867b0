import { setTimeout as delay } from 'node:timers/promises';
import { fictionalNumber, type Webhook } from '../../../local/recordings/webhooks.ts';
import type { FaultRule } from '../../../local/stand-ins/fault.ts';
import type { StandInCall } from '../../../local/stand-ins/stand-in.ts';
import {
  type Accepted,
  answersOf,
  checkLoad,
  type LoadOutcome,
  type SentMessage,
} from '../../support/load/check.ts';
import { indexesIn, type LoadDelivery, type LoadSettings, planLoad } from '../../support/load/plan.ts';

/** What a load needs of the bot it is put on. */
export interface LoadTarget {
  readonly inOrder: boolean;
  webhookFor(chatId: string, text: string): Webhook;
  /** Resolves to the status of the answer. */
  post(webhook: Webhook): Promise<number>;
  fail(rule: FaultRule): Promise<unknown>;
  /** Messages that the platform took after the one with this number. */
  sentAfter(sequence: number): Promise<readonly StandInCall[]>;
  /** Tells the bot what became of a message whose answer was lost, where its platform does so. */
  report?(call: StandInCall): Promise<unknown>;
  /** Events in the dead-letter queue. */
  deadLetters(): Promise<readonly string[]>;
  captured(): Promise<readonly string[]>;
  /** Events that the bot ignored because their chat was busy. */
  ignored(): Promise<readonly string[]>;
}

export interface LoadOptions extends LoadSettings {
  /** Chats are the fictional numbers from here on. */
  readonly firstChat: number;
  /** Messages that wait for their answers at once. More would make the emulator start ever more functions. */
  readonly atOnce: number;
  /** How long after the last webhook everything must be settled. */
  readonly settleSeconds: number;
  /** Called when a quarter of the webhooks more is acknowledged: 1 to 4. */
  readonly onQuarter?: (quarter: number) => void;
}

export interface LoadResult {
  readonly findings: readonly string[];
  readonly outcome: LoadOutcome;
  readonly deadLetters: number;
  readonly captured: number;
  /** Answers that were repeated, by the fault before. */
  readonly repeated: Readonly<Record<string, number>>;
  /** From a message's first webhook to the platform's receipt of the answer. */
  readonly replyMillis: readonly number[];
  /** From the first webhook to the last answer. */
  readonly wholeMillis: number;
}

const POLL_MILLIS = 300;
/** Looking everywhere costs the emulator more than a message. */
const LOOK_MILLIS = 3000;
/** What was not answered in this time makes room for another message: it may have been ignored. */
const PATIENCE_MILLIS = 15_000;

/** Puts a load on a bot, waits until all of it is settled, and holds it against the guarantee. */
export async function runLoad(options: LoadOptions, target: LoadTarget): Promise<LoadResult> {
  const started = Date.now();
  const receipts = new Receipts(target, options);
  const posting = new Posting(options, target, receipts);
  await Promise.all([posting.run(), receipts.follow(posting)]);
  const settled = await settle(options, target, posting, receipts);
  const answers = answersOf(settled.outcome);
  const repeated: Record<string, number> = {};
  for (const given of answers.values())
    for (const { unclear = 'no fault' } of given.slice(0, -1))
      repeated[unclear] = (repeated[unclear] ?? 0) + 1;
  const arrivals = receipts.arrivals();
  const replyMillis = [...arrivals].map(([index, at]) => at - (posting.startedAt.get(index) ?? at));
  return { ...settled, repeated, replyMillis, wholeMillis: Math.max(...arrivals.values()) - started };
}

/** Sends the webhooks: each chat's in order, redeliveries whenever they come. */
class Posting {
  isOver = false;
  readonly messages: SentMessage[] = [];
  readonly startedAt = new Map<number, number>();
  private readonly webhooks = new Map<number, Webhook>();
  private readonly plan: readonly LoadDelivery[];
  private acknowledged = 0;
  private readonly unanswered = new Map<number, number>();

  constructor(
    private readonly options: LoadOptions,
    private readonly target: LoadTarget,
    private readonly receipts: Receipts,
  ) {
    this.plan = planLoad(options);
  }

  /** The webhooks of one chat come one after another. */
  async run(): Promise<void> {
    const { atOnce } = this.options;
    const lane = async (number: number) => {
      for (const delivery of this.plan.filter(({ message }) => message.user % atOnce === number)) {
        while (this.waiting() >= atOnce) await delay(POLL_MILLIS / 3);
        await this.deliver(delivery);
      }
    };
    try {
      await Promise.all(Array.from({ length: atOnce }, (_, number) => lane(number)));
    } finally {
      this.isOver = true;
    }
  }

  private waiting(): number {
    const since = Date.now() - PATIENCE_MILLIS;
    for (const [index, startedAt] of this.unanswered)
      if (startedAt < since || this.receipts.hasAnswerTo(index)) this.unanswered.delete(index);
    return this.unanswered.size;
  }

  private async deliver({ message, isAgain }: LoadDelivery): Promise<void> {
    const { index, user, text, fault } = message;
    const chatId = chatOf(user, this.options);
    const webhook = this.webhooks.get(index) ?? this.target.webhookFor(chatId, text);
    this.webhooks.set(index, webhook);
    if (!isAgain) {
      if (fault) await this.target.fail({ ...fault, chatId });
      this.startedAt.set(index, Date.now());
      this.unanswered.set(index, Date.now());
    }
    await this.untilAcknowledged(webhook);
    if (!isAgain) this.messages.push({ index, eventId: webhook.eventId, chatId });
    this.acknowledged += 1;
    const quarter = (4 * this.acknowledged) / this.plan.length;
    const before = (4 * (this.acknowledged - 1)) / this.plan.length;
    if (Math.floor(quarter) > Math.floor(before)) this.options.onQuarter?.(Math.floor(quarter));
  }

  /** As a platform does, which delivers again what was not answered with 200. */
  private async untilAcknowledged(webhook: Webhook): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const status = await this.target.post(webhook);
      if (status === 200) return;
      if (attempt === 5) throw new Error(`A webhook was answered ${status} five times`);
      await delay(500 * attempt);
    }
  }
}

const chatOf = (user: number, { firstChat }: LoadOptions) => fictionalNumber(firstChat + user);

/** What the platform received of the load; kept here, because the stand-in forgets the oldest. */
class Receipts {
  private readonly calls = new Map<number, StandInCall>();
  private last = 0;
  private readonly answered = new Set<number>();
  private readonly chats: ReadonlySet<string>;

  constructor(
    private readonly target: LoadTarget,
    options: LoadOptions,
  ) {
    this.chats = new Set(Array.from({ length: options.users }, (_, user) => chatOf(user, options)));
  }

  async follow(posting: Posting): Promise<void> {
    while (!posting.isOver) {
      await this.poll();
      await delay(POLL_MILLIS);
    }
  }

  async poll(): Promise<void> {
    for (const call of await this.target.sentAfter(this.last)) {
      this.last = Math.max(this.last, call.sequence);
      if (!this.chats.has(call.chatId) || this.calls.has(call.sequence)) continue;
      this.calls.set(call.sequence, call);
      for (const index of indexesIn(call.text ?? '')) this.answered.add(index);
      if (call.fault !== undefined) await this.target.report?.(call);
    }
  }

  hasAnswerTo(index: number): boolean {
    return this.answered.has(index);
  }

  accepted(): Accepted[] {
    return this.inOrder().map(({ chatId, text = '', fault }) => ({ chatId, text, unclear: fault }));
  }

  /** Message → when its first answer arrived. */
  arrivals(): ReadonlyMap<number, number> {
    const firsts = new Map<number, number>();
    for (const { text = '', atMillis } of this.inOrder())
      for (const index of indexesIn(text)) if (!firsts.has(index)) firsts.set(index, atMillis);
    return firsts;
  }

  private inOrder(): StandInCall[] {
    return [...this.calls.values()].sort((a, b) => a.sequence - b.sequence);
  }
}

/** Looks until nothing is lost any more, or the time is up; then once more, for repetitions that come late. */
async function settle(options: LoadOptions, target: LoadTarget, posting: Posting, receipts: Receipts) {
  const end = Date.now() + options.settleSeconds * 1000;
  for (;;) {
    await receipts.poll();
    const seen = await look(target, posting, receipts);
    if (Date.now() > end || !seen.findings.some((finding) => finding.startsWith('lost'))) break;
    await delay(LOOK_MILLIS);
  }
  await delay(LOOK_MILLIS);
  await receipts.poll();
  return look(target, posting, receipts);
}

async function look(target: LoadTarget, { messages }: Posting, receipts: Receipts) {
  const ours = new Set(messages.map(({ eventId }) => eventId));
  const of = (events: readonly string[]) => [...new Set(events)].filter((eventId) => ours.has(eventId));
  const accepted = receipts.accepted();
  const deadLetters = of(await target.deadLetters());
  const captured = of(await target.captured());
  const visible = new Set([...deadLetters, ...captured]);
  const isMissing = messages.some(
    ({ index, eventId }) => !receipts.hasAnswerTo(index) && !visible.has(eventId),
  );
  // The dearest to ask for.
  const ignored = new Set(isMissing ? of(await target.ignored()) : []);
  const outcome: LoadOutcome = { messages, accepted, visible, ignored, inOrder: target.inOrder };
  return {
    outcome,
    findings: checkLoad(outcome),
    deadLetters: deadLetters.length,
    captured: captured.length,
  };
}
