import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import { telegramWebhook, whatsappWebhook } from '../../local/recordings/webhooks.ts';
import type { HttpAnswer } from '../../runtime/core/http-event.ts';
import { httpEvent, recordOf, sqsEvent } from '../support/events.ts';
import type { FakeMessage } from '../support/fake-sqs.ts';
import { Tap } from '../support/tap.ts';
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
    world.onDuplicate = (kind, { eventId }) => {
      const event = eventId === undefined ? this.lastDelivered : world.events.get(eventId);
      if (!event) return;
      if (kind === 'duplicate-run') this.start(() => this.runAsync(this.payloads.get(event.id)));
      else this.start(() => this.deliverOnce(event, kind === 'duplicate-late' ? LATE_MILLIS : 1));
    };
  }

  private readonly payloads = new Map<string, unknown>();
  private lastDelivered: EventRecord | undefined;

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
    for (const message of messages) {
      const number = world.events.size + 1;
      const chatId = telegram ? String(5_550_000_000 + message.chat) : `1202555010${message.chat}`;
      const event = new EventRecord(telegram ? String(1000 + number) : `wamid.${number}`, chatId, message);
      world.events.set(event.id, event);
      const before = telegram ? (previous.get(chatId) ?? Promise.resolve()) : Promise.resolve();
      const delivery = (async () => {
        await world.clock.sleep(message.atMillis);
        await before;
        await this.deliver(event);
      })();
      previous.set(chatId, delivery);
      this.start(() => delivery);
    }
  }

  /** Delivers until the webhook answers 200. */
  private async deliver(event: EventRecord): Promise<void> {
    let pauseMillis = REDELIVERY_MILLIS;
    for (let delivery = 1; !(await this.post(event)); delivery++) {
      if (delivery > MAX_DELIVERIES) throw new Error(`${event.id} is refused again and again`);
      await this.world.clock.sleep(pauseMillis);
      pauseMillis *= 3;
    }
  }

  private async deliverOnce(event: EventRecord, delayMillis: number): Promise<void> {
    await this.world.clock.sleep(delayMillis);
    await this.post(event);
  }

  private async post(event: EventRecord): Promise<boolean> {
    const { world } = this;
    this.lastDelivered = event;
    const options = { chatId: event.chatId, eventId: event.id, text: 'hello', sentMillis: START_MILLIS };
    const webhook =
      world.schedule.scenario.channel === 'whatsapp'
        ? whatsappWebhook({ ...options, appSecret: APP_SECRET, phoneNumberId: PHONE_NUMBER_ID })
        : telegramWebhook({ ...options, secretToken: WEBHOOK_SECRET });
    const { invocation, answer } = await world.invoke('ingress', httpEvent(webhook));
    if (invocation.status !== 'ok') return false;
    const { statusCode, body } = answer as HttpAnswer;
    if (statusCode !== 200 && statusCode !== 503)
      throw new Error(`The webhook answered ${statusCode} ${body}`);
    if (statusCode === 200) event.handedOff = true;
    return statusCode === 200;
  }

  /** Lambda's asynchronous invocation: three tries, then the on-failure destination. */
  private async runAsync(payload: unknown): Promise<void> {
    const { world } = this;
    const eventId = eventIdOf(payload);
    this.payloads.set(eventId, payload);
    for (const pauseMillis of [world.latencyMillis(), ...ASYNC_RETRY_MILLIS]) {
      await world.clock.sleep(pauseMillis);
      const { invocation, answer } = await world.invoke('worker', payload, eventId);
      if (invocation.status !== 'ok') continue;
      if ((answer as HttpAnswer).body.includes('ignored'))
        world.events.get(eventId)?.ignoredBy.push(invocation);
      return;
    }
    world.note(`${eventId} goes to the failure queue`);
    world.failureQueue.push(payload);
  }

  /** The event source mapping: batches of one, groups in parallel, until the queue is empty. */
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
    const command = new ReceiveMessageCommand({ QueueUrl: QUEUE_URL, MaxNumberOfMessages: 1 });
    const received = ((await this.sqs.send(command)).Messages ?? []) as { readonly MessageId: string }[];
    for (const { MessageId } of received) {
      const message = world.sqs.messages(QUEUE_URL).find(({ messageId }) => messageId === MessageId);
      if (message) this.start(() => this.work({ ...message }));
    }
    if (received.length === 0) await this.untilWorthPolling();
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

  private async work(message: FakeMessage): Promise<void> {
    const { world } = this;
    const { invocation, answer } = await world.invoke(
      'worker',
      sqsEvent([recordOf(message)]),
      eventIdOf(message.body),
    );
    const failed = (answer as { batchItemFailures?: readonly unknown[] } | undefined)?.batchItemFailures;
    if (invocation.status !== 'ok' || !failed || failed.length > 0) return;
    if (world.plannedFault('mapping DeleteMessage')) return world.note('the delete was lost');
    await this.sqs.send(
      new DeleteMessageCommand({ QueueUrl: QUEUE_URL, ReceiptHandle: message.receiptHandle }),
    );
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
