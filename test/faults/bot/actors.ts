import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import type { Webhook } from '../../../local/recordings/webhooks.ts';
import {
  telegramWebhook,
  whatsappSignature,
  whatsappStatusWebhook,
  whatsappWebhook,
} from '../../../local/recordings/webhooks.ts';
import type { StandInCall } from '../../../local/stand-ins/stand-in.ts';
import type { BatchResponse } from '../../../runtime/core/batch.ts';
import type { HttpAnswer } from '../../../runtime/core/http-event.ts';
import { httpEvent, recordOf, sqsEvent } from '../../support/events.ts';
import type { FakeMessage } from '../../support/fake-sqs.ts';
import { Tap } from '../../support/tap.ts';
import { EventRecord } from './observation.ts';
import type { Message } from './schedule.ts';
import { APP_SECRET, DEAD_LETTER_URL, PHONE_NUMBER_ID, QUEUE_URL, WEBHOOK_SECRET } from './settings.ts';
import { eventIdOf, type World } from './world.ts';

/** First pause of a platform before it delivers again; it triples. */
const REDELIVERY_MILLIS = 5000;
/** Pauses of Lambda before it runs a failed asynchronous event again. */
const ASYNC_RETRY_MILLIS = [60_000, 120_000];
const LATE_MILLIS = 400_000;
/** Deliveries after which the simulation itself must be wrong. */
const MAX_DELIVERIES = 40;

/** The platform, Lambda's asynchronous queue and the event source mapping, at work on a world. */
export class Actors {
  private readonly activities = new Set<Promise<void>>();
  private readonly sqs;
  private polling = false;
  private wake: () => void = () => {};

  constructor(private readonly world: World) {
    this.sqs = world.sqs.as(new Tap());
    world.lambda.onInvoke = ({ payload }) => this.start(() => this.runAsync(payload));
    world.onQueued = () => this.wake();
    world.onDuplicate = (kind, { eventIds: [eventId = ''] }) => {
      const event = world.events.get(eventId);
      const events = event ? [event] : this.lastDelivered;
      if (kind === 'duplicate-run' && event) this.start(() => this.runAsync(this.payloads.get(event.id)));
      else this.start(() => this.deliverOnce(events, kind === 'duplicate-late' ? LATE_MILLIS : 1));
    };
    world.onAccepted = (event, part, sent) => this.start(() => this.report(event, part, sent));
  }

  private readonly payloads = new Map<string, unknown>();
  private lastDelivered: readonly EventRecord[] = [];

  private start(activity: () => Promise<void>): void {
    const running: Promise<void> = activity().finally(() => {
      this.activities.delete(running);
      this.wake();
    });
    this.activities.add(running);
  }

  /** Until everything that was set going has come to its end. */
  async settle(): Promise<void> {
    while (this.activities.size > 0) await Promise.all(this.activities);
  }

  /** The users write. Telegram delivers one chat's updates one after the other. */
  write(messages: readonly Message[]): void {
    const { world } = this;
    const telegram = world.schedule.scenario.channel === 'telegram';
    const previous = new Map<string, Promise<void>>();
    for (const group of together(messages, telegram)) {
      const events = group.map((message) => this.eventOf(message));
      const [{ chatId, message }] = events as [EventRecord];
      const before = telegram ? (previous.get(chatId) ?? Promise.resolve()) : Promise.resolve();
      const delivery = (async () => {
        await world.clock.sleep(message.atMillis);
        await before;
        await this.deliver(() => this.postMessages(events));
      })();
      previous.set(chatId, delivery);
      this.start(() => delivery);
    }
  }

  private eventOf(message: Message): EventRecord {
    const { events, schedule } = this.world;
    const telegram = schedule.scenario.channel === 'telegram';
    const chatId = telegram ? String(5_550_000_000 + message.chat) : `1202555010${message.chat}`;
    const id = telegram ? String(1001 + events.size) : `wamid.${1 + events.size}`;
    const event = new EventRecord(id, chatId, message);
    events.set(id, event);
    return event;
  }

  /** Delivers until the webhook answers 200. */
  private async deliver(post: () => Promise<boolean>): Promise<void> {
    let pauseMillis = REDELIVERY_MILLIS;
    for (let delivery = 1; !(await post()); delivery++) {
      if (delivery > MAX_DELIVERIES) throw new Error('A webhook is refused again and again');
      await this.world.clock.sleep(pauseMillis);
      pauseMillis *= 3;
    }
  }

  private async deliverOnce(events: readonly EventRecord[], delayMillis: number): Promise<void> {
    await this.world.clock.sleep(delayMillis);
    if (events.length > 0) await this.postMessages(events);
  }

  /** WhatsApp says that it took a part. */
  private async report(event: EventRecord, part: number, sent: StandInCall): Promise<void> {
    const { channel, statuses } = this.world.schedule.scenario;
    if (channel !== 'whatsapp' || statuses === 'none') return;
    await this.world.clock.sleep(
      statuses === 'prompt' ? this.world.random.between(100, 20_000) : LATE_MILLIS,
    );
    await this.deliver(() => this.post(whatsappStatusWebhook(sent, 'delivered', APP_SECRET)));
    if (!event.reportedAt.has(part)) event.reportedAt.set(part, this.world.next());
  }

  private async postMessages(events: readonly EventRecord[]): Promise<boolean> {
    this.lastDelivered = events;
    const taken = await this.post(webhookOf(events, this.world.schedule.scenario.channel));
    if (taken) for (const event of events) event.handedOff = true;
    return taken;
  }

  private async post(webhook: Pick<Webhook, 'body' | 'headers'>): Promise<boolean> {
    const { invocation, answer } = await this.world.invoke('ingress', httpEvent(webhook));
    if (invocation.status !== 'ok') return false;
    const { statusCode, body } = answer as HttpAnswer;
    if (statusCode !== 200 && statusCode !== 503)
      throw new Error(`The webhook answered ${statusCode} ${body}`);
    return statusCode === 200;
  }

  /** Lambda's asynchronous invocation: three tries, then the on-failure destination. */
  private async runAsync(payload: unknown): Promise<void> {
    const { world } = this;
    const eventId = eventIdOf(payload);
    this.payloads.set(eventId, payload);
    for (const pauseMillis of [world.latencyMillis(), ...ASYNC_RETRY_MILLIS]) {
      await world.clock.sleep(pauseMillis);
      const { invocation, answer } = await world.invoke('worker', payload, [eventId]);
      if (invocation.status !== 'ok') continue;
      if ((answer as HttpAnswer).body.includes('ignored'))
        world.events.get(eventId)?.ignoredBy.push(invocation);
      return;
    }
    world.note(`${eventId} goes to the failure queue`);
    world.failureQueue.push(payload);
  }

  /** The event source mapping: batches in parallel, until the queue is empty. Of one, or of ten to be merged. */
  poll(): void {
    if (this.polling || this.world.schedule.scenario.mode === 'drop') return;
    this.polling = true;
    this.start(async () => {
      // Only once this activity is counted too.
      await Promise.resolve();
      while (this.activities.size > 1 || this.world.sqs.messages(QUEUE_URL).length > 0) await this.receive();
      this.polling = false;
    });
  }

  private async receive(): Promise<void> {
    const { world } = this;
    const MaxNumberOfMessages = world.schedule.scenario.mode === 'merge' ? 10 : 1;
    const command = new ReceiveMessageCommand({ QueueUrl: QUEUE_URL, MaxNumberOfMessages });
    const received = ((await this.sqs.send(command)).Messages ?? []) as { readonly MessageId: string }[];
    const ids = received.map(({ MessageId }) => MessageId);
    const batch = world.sqs.messages(QUEUE_URL).filter(({ messageId }) => ids.includes(messageId));
    if (batch.length > 0) this.start(() => this.work(batch.map((message) => ({ ...message }))));
    else await this.untilWorthPolling();
  }

  /** Until a message was queued, something ended, or a message can be seen again. */
  private async untilWorthPolling(): Promise<void> {
    const { clock, sqs } = this.world;
    const now = clock.nowMillis();
    const future = sqs.messages(QUEUE_URL).map(({ visibleAtMillis }) => visibleAtMillis);
    const next = Math.min(...future.filter((millis) => millis > now), now + this.world.foreverMillis);
    const woken = new AbortController();
    this.wake = () => woken.abort('woken');
    await clock.sleep(next - now, woken.signal).catch(() => {});
  }

  private async work(batch: readonly FakeMessage[]): Promise<void> {
    const { world } = this;
    const eventIds = batch.map(({ body, receiveCount }) => {
      const event = world.events.get(eventIdOf(body));
      if (event) event.receives = Math.max(event.receives, receiveCount);
      return eventIdOf(body);
    });
    const { invocation, answer } = await world.invoke('worker', sqsEvent(batch.map(recordOf)), eventIds);
    const { batchItemFailures } = (answer ?? {}) as Partial<BatchResponse>;
    if (invocation.status !== 'ok' || !batchItemFailures) return;
    const failed = new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier));
    for (const { messageId, receiptHandle } of batch.filter((message) => !failed.has(message.messageId))) {
      if (world.plan.planned('mapping DeleteMessage')) world.note(`the delete of ${messageId} was lost`);
      else
        await this.sqs.send(new DeleteMessageCommand({ QueueUrl: QUEUE_URL, ReceiptHandle: receiptHandle }));
    }
  }

  /** What an operator does after the fix: everything that failed is tried again. */
  async redrive(): Promise<void> {
    const { world } = this;
    for (const payload of world.failureQueue.splice(0)) this.start(() => this.runAsync(payload));
    for (const message of [...world.sqs.messages(DEAD_LETTER_URL)]) {
      const again = new SendMessageCommand({
        QueueUrl: QUEUE_URL,
        MessageBody: message.body,
        MessageGroupId: message.groupId,
        MessageDeduplicationId: `redrive-${message.messageId}`,
      });
      await this.sqs.send(again);
    }
    world.sqs.clear(DEAD_LETTER_URL);
    this.poll();
    await this.settle();
  }
}

const START_MILLIS = Date.parse('2026-11-21T10:00:00Z');

/** Messages in the webhooks that bring them. */
function together(messages: readonly Message[], telegram: boolean): Message[][] {
  const groups: Message[][] = [];
  for (const message of messages) {
    const last = groups.at(-1);
    if (last && message.joined && !telegram) last.push(message);
    else groups.push([message]);
  }
  return groups;
}

function webhookOf(events: readonly EventRecord[], channel: 'whatsapp' | 'telegram') {
  const webhooks = events.map(({ chatId, id: eventId }) => {
    const options = { chatId, eventId, text: eventId, sentMillis: START_MILLIS };
    return channel === 'whatsapp'
      ? whatsappWebhook({ ...options, appSecret: APP_SECRET, phoneNumberId: PHONE_NUMBER_ID })
      : telegramWebhook({ ...options, secretToken: WEBHOOK_SECRET });
  });
  const [first] = webhooks as [Webhook];
  if (webhooks.length === 1) return first;
  const bodies = webhooks.map(({ body }) => JSON.parse(body) as { entry: readonly unknown[] });
  const body = JSON.stringify({ ...bodies[0], entry: bodies.flatMap(({ entry }) => entry) });
  return { body, headers: { ...first.headers, 'x-hub-signature-256': whatsappSignature(body, APP_SECRET) } };
}
