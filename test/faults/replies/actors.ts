import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { type TwilioWebhook, twilioWebhook } from '../../../local/recordings/twilio.ts';
import type { HttpAnswer } from '../../../runtime/core/http-event.ts';
import { TABLES } from '../../runtime/replies/tables.ts';
import { CHANNEL_ARN, CHANNEL_DLQ, CHANNEL_QUEUE, restEvent } from '../../runtime/replies/world-setup.ts';
import { recordOf, sqsEvent } from '../../support/events.ts';
import type { FakeMessage } from '../../support/fake-sqs.ts';
import { Tap } from '../../support/tap.ts';
import type { FaultKind } from '../fault-kinds.ts';
import { Inbound, type Invocation } from './observation.ts';
import type { Message } from './schedule.ts';
import { conversationId, userNumber } from './settings.ts';
import type { World } from './world.ts';

/** Twilio's limits, as the number's address sets them: `#rc=5&rp=5xx,ct,rt&rt=5000` (contract replies §12.3). */
const WEBHOOK = { attempts: 6, readMillis: 5000, totalMillis: 15_000, pauseMillis: 250 };
const LATE_MILLIS = 400_000;
const SWEEP_MILLIS = 60_000;
/** How long the world goes on after the last that a user did. */
const REST_MILLIS = 4 * 3_600_000;

/** Users, Twilio, the queue's event source mapping, the schedule of the sweeper, and a person. */
export class Actors {
  private readonly activities = new Set<Promise<void>>();
  private readonly sqs;
  private wake: () => void = () => {};
  private lastSweepMillis: number;
  private lastDelivered: Inbound | undefined;
  /** Message id → the delivery that a worker is at. */
  private readonly atWork = new Map<Invocation, string>();

  constructor(private readonly world: World) {
    this.sqs = world.sqs.as(new Tap());
    this.lastSweepMillis = world.clock.nowMillis();
    world.onQueued = () => this.wake();
    world.onMoment = (kind, invocation) => this.moment(kind, invocation);
    world.onAccepted = (sid) => this.start(() => this.report(sid));
  }

  private start(activity: () => Promise<void>): void {
    const running: Promise<void> = activity().finally(() => {
      this.activities.delete(running);
      this.wake();
    });
    this.activities.add(running);
  }

  /** Users write and people take over when they are to. */
  begin(): void {
    const { messages, takeovers } = this.world.schedule.scenario;
    for (const message of messages) this.write(message);
    for (const { chat, atMillis } of takeovers)
      this.start(async () => {
        await this.world.clock.sleep(atMillis);
        this.takeOver(chat);
      });
  }

  write(message: Message): Inbound {
    const { inbound } = this.world;
    const number = inbound.size + 1;
    const word = { stop: 'STOP', start: 'START' }[message.kind as string] ?? `m${number}`;
    const sid = `SM${String(number).padStart(32, '0')}`;
    const written = new Inbound(sid, word, message);
    inbound.set(sid, written);
    this.start(async () => {
      await this.world.clock.sleep(message.atMillis);
      await this.deliver(written);
    });
    return written;
  }

  /** What others do at the moment of a call. */
  private moment(kind: FaultKind, invocation: Invocation): void {
    const { world, lastDelivered } = this;
    const chat = lastDelivered?.message.chat ?? 1;
    if (kind === 'message' || kind === 'stop')
      this.write({ chat, atMillis: 0, kind: kind === 'stop' ? 'stop' : 'text' });
    if (kind === 'takeover') this.takeOver(chat);
    if (kind === 'redeliver') this.redeliver(this.atWork.get(invocation));
    if (kind === 'report') this.reportAll();
    if (!kind.startsWith('duplicate') || !lastDelivered) return;
    this.start(async () => {
      await world.clock.sleep(kind === 'duplicate-late' ? LATE_MILLIS : 1);
      await this.deliver(lastDelivered);
    });
  }

  /** A person sets the flag, as the sister service does. */
  private takeOver(chat: number): void {
    const { world } = this;
    world.note(`a person takes chat ${chat} over`);
    const item = { ...world.record(chat), hand_off_to_human: { BOOL: true } };
    world.dynamodb.seed(item, TABLES.conversations);
  }

  private redeliver(messageId: string | undefined): void {
    const message = this.world.sqs.messages(CHANNEL_QUEUE).find((one) => one.messageId === messageId);
    if (message) message.visibleAtMillis = this.world.clock.nowMillis();
    this.wake();
  }

  private async deliver(inbound: Inbound): Promise<void> {
    const { world } = this;
    this.lastDelivered = inbound;
    inbound.sentAt ??= world.next();
    const { sid, text, message } = inbound;
    const url = 'https://api.twilio.com/2010-04-01/media';
    const webhook = twilioWebhook({
      messageSid: sid,
      text,
      from: userNumber(message.chat),
      ...(message.kind === 'media' && { media: [{ url, contentType: 'image/jpeg' }] }),
    });
    if (await this.post(webhook)) inbound.acknowledgedAt ??= world.next();
  }

  /** Twilio's tries; false when it gave up. */
  private async post(webhook: TwilioWebhook): Promise<boolean> {
    const { clock } = this.world;
    const end = clock.nowMillis() + WEBHOOK.totalMillis;
    for (let attempt = 1; attempt <= WEBHOOK.attempts && clock.nowMillis() < end; attempt++) {
      if (await this.postOnce(webhook)) return true;
      await clock.sleep(WEBHOOK.pauseMillis);
    }
    return false;
  }

  private async postOnce(webhook: TwilioWebhook): Promise<boolean> {
    const { world } = this;
    const over = new AbortController();
    let isDone = false;
    this.start(async () => {
      const { invocation, answer } = await world.invoke('webhook', this.gatewayEvent(webhook));
      isDone = invocation.status === 'ok' && isYes(answer as HttpAnswer);
      over.abort('over');
    });
    await world.clock.sleep(WEBHOOK.readMillis, over.signal).catch(() => {});
    return isDone;
  }

  private gatewayEvent(webhook: TwilioWebhook): object {
    const event = restEvent(webhook) as { readonly requestContext: object };
    const requestTimeEpoch = this.world.clock.nowMillis();
    return { ...event, requestContext: { ...event.requestContext, requestTimeEpoch } };
  }

  /** Twilio tells what became of a message. */
  private async report(sid: string): Promise<void> {
    const { world } = this;
    const { statuses, undelivered } = world.schedule.scenario;
    if (statuses === 'none') return;
    // Of a reply in several parts some arrive and some do not.
    const last = undelivered !== undefined && world.random.chance(0.6) ? 'undelivered' : 'delivered';
    const order = statuses === 'mixed' ? [last, 'sent'] : ['sent', last];
    for (const status of order) {
      await world.clock.sleep(
        statuses === 'late' ? LATE_MILLIS : world.random.between(1, status === 'sent' ? 300 : 20_000),
      );
      await this.reportStatus(sid, status, status === 'undelivered' ? undelivered : undefined);
    }
  }

  /** What no callback told of so far, all at once. */
  private reportAll(): void {
    for (const { accepted, told } of this.turns)
      for (const { sid } of accepted) if (!told.has(sid)) this.start(() => this.reportStatus(sid, 'sent'));
  }

  private async reportStatus(sid: string, status: string, code?: number): Promise<void> {
    const { world, turns } = this;
    const turn = turns.find(({ accepted }) => accepted.some((acceptance) => acceptance.sid === sid));
    turn?.told.add(sid);
    const webhook = world.twilio.report(sid, status, code);
    const isTaken = webhook !== undefined && (await this.post(webhook));
    if (!isTaken || !turn) return;
    if (!turn.reportedAt.has(sid)) turn.reportedAt.set(sid, world.next());
    if (status === 'undelivered') turn.givenUp.add(sid);
  }

  private get turns() {
    return [...this.world.chats.values()].flatMap((chat) => chat.turns);
  }

  /** Until nothing more would happen by itself. */
  async settle(): Promise<void> {
    const { clock } = this.world;
    const end = clock.nowMillis() + REST_MILLIS;
    for (;;) {
      if (await this.receive()) continue;
      const next = this.nextMillis();
      if (this.activities.size === 0 && (next === undefined || next > end)) return;
      if (next !== undefined && next <= clock.nowMillis()) this.startSweep();
      else await this.sleepUntil(next ?? clock.nowMillis() + this.world.foreverMillis);
    }
  }

  /** When a trigger can be seen, or the sweeper would find something. */
  private nextMillis(): number | undefined {
    const { sqs } = this.world;
    const visible = sqs.messages(CHANNEL_QUEUE).map(({ visibleAtMillis }) => visibleAtMillis);
    const sweep = this.nextSweepMillis();
    return visible.length === 0 ? sweep : Math.min(...visible, sweep ?? Number.POSITIVE_INFINITY);
  }

  /** Runs that would find no row are left out. */
  private nextSweepMillis(): number | undefined {
    const { dynamodb, schedule, plan } = this.world;
    if (schedule.scenario.isUnswept && plan.isOn) return undefined;
    const due = [...dynamodb.items(TABLES.stage).values()].map(({ due_at }) => Number(due_at?.N) * 1000);
    if (due.length === 0) return undefined;
    const earliest = Math.max(this.lastSweepMillis + SWEEP_MILLIS, Math.min(...due));
    return Math.ceil(earliest / SWEEP_MILLIS) * SWEEP_MILLIS;
  }

  private startSweep(): void {
    this.lastSweepMillis = this.world.clock.nowMillis();
    this.start(async () => {
      await this.world.invoke('sweeper', {});
    });
  }

  private async sleepUntil(millis: number): Promise<void> {
    const { clock } = this.world;
    const woken = new AbortController();
    this.wake = () => woken.abort('woken');
    await clock.sleep(Math.max(1, millis - clock.nowMillis()), woken.signal).catch(() => {});
  }

  /** The event source mapping: one message at a time, as many workers as there are messages. */
  private async receive(): Promise<boolean> {
    const { sqs } = this.world;
    const { Messages = [] } = await this.sqs.send(new ReceiveMessageCommand({ QueueUrl: CHANNEL_QUEUE }));
    const [received] = Messages as { readonly MessageId: string }[];
    const message = sqs.messages(CHANNEL_QUEUE).find(({ messageId }) => messageId === received?.MessageId);
    if (message) this.start(() => this.work({ ...message }));
    return message !== undefined;
  }

  private async work(message: FakeMessage): Promise<void> {
    const { world } = this;
    const event = sqsEvent([recordOf(message)], CHANNEL_ARN);
    const running = world.invoke('worker', event, (invocation) =>
      this.atWork.set(invocation, message.messageId),
    );
    const { invocation, answer } = await running;
    this.atWork.delete(invocation);
    const failures = (answer as { readonly batchItemFailures?: readonly unknown[] } | undefined)
      ?.batchItemFailures;
    if (invocation.status !== 'ok' || !failures || failures.length > 0) return;
    if (world.plan.planned('mapping DeleteMessage')) return world.note('the delete of a trigger was lost');
    const { receiptHandle: ReceiptHandle } = message;
    // A stale handle deletes nothing: the message was received again meanwhile.
    await this.sqs.send(new DeleteMessageCommand({ QueueUrl: CHANNEL_QUEUE, ReceiptHandle })).catch(() => {});
  }

  /** What an operator does after the fix. */
  async redrive(): Promise<void> {
    const { sqs } = this.world;
    for (const { body, attributes } of [...sqs.messages(CHANNEL_DLQ)])
      await this.sqs.send(
        new SendMessageCommand({
          QueueUrl: CHANNEL_QUEUE,
          MessageBody: body,
          MessageAttributes: attributes as never,
        }),
      );
    sqs.clear(CHANNEL_DLQ);
    await this.settle();
  }

  /** Conversations whose triggers an operator sees. */
  get deadConversations(): ReadonlySet<string> {
    const bodies = this.world.sqs
      .messages(CHANNEL_DLQ)
      .map(({ body }) => JSON.parse(body) as { conversation_id: string });
    return new Set(bodies.map((body) => body.conversation_id));
  }

  isDead(chat: number): boolean {
    return this.deadConversations.has(conversationId(chat));
  }
}

function isYes({ statusCode, body }: HttpAnswer): boolean {
  if (statusCode !== 200 && statusCode !== 204 && statusCode !== 503)
    throw new Error(`The webhook answered ${statusCode} ${body}`);
  return statusCode !== 503;
}
