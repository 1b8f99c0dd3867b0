import { createHash } from 'node:crypto';
import type { Clock } from '../../runtime/core/clock.ts';
import { awsError, dispatch, type Fields, Tap } from './tap.ts';

export interface FakeQueueOptions {
  readonly url: string;
  /** Default 30. */
  readonly visibilityTimeoutSeconds?: number;
  /** Receives after which a message goes to `deadLetterUrl`. */
  readonly maxReceiveCount?: number;
  readonly deadLetterUrl?: string;
}

export interface FakeMessage {
  readonly messageId: string;
  readonly body: string;
  /** As sent: name → `DataType` and `StringValue`. */
  readonly attributes: Readonly<Record<string, Fields>>;
  readonly groupId: string | undefined;
  readonly deduplicationId: string | undefined;
  readonly sequenceNumber: string;
  readonly sentAtMillis: number;
  receiveCount: number;
  receiptHandle: string | undefined;
  visibleAtMillis: number;
}

interface Queue {
  readonly options: FakeQueueOptions;
  readonly fifo: boolean;
  messages: FakeMessage[];
  /** Deduplication id → when it was taken and the message id. */
  readonly taken: Map<string, { readonly atMillis: number; readonly messageId: string }>;
}

const DEDUPLICATION_MILLIS = 300_000;
const MAX_BYTES = 1_048_576;
const ID = /^[A-Za-z0-9!"#$%&'()*+,\-./:;<=>?@[\\\]^_`{|}~]{1,128}$/;

/** Queues on a clock. A URL that ends in `.fifo` has groups, order and deduplication. */
export class FakeSqs {
  private readonly queues = new Map<string, Queue>();
  private counter = 0;
  /** The next `SendMessageBatch` refuses its last entry. */
  refuseLastEntry = false;

  constructor(
    private readonly clock: Clock,
    queues: readonly FakeQueueOptions[],
    readonly tap: Tap = new Tap(),
  ) {
    for (const options of queues)
      this.queues.set(options.url, {
        options,
        fifo: options.url.endsWith('.fifo'),
        messages: [],
        taken: new Map(),
      });
  }

  send(command: { readonly input: object }) {
    return this.as(this.tap).send(command);
  }

  /** A client of the same queues that records elsewhere. */
  as(tap: Tap) {
    const operations = {
      SendMessage: (input: Fields) => this.sendMessage(input),
      SendMessageBatch: (input: Fields) => this.sendMessageBatch(input),
      ReceiveMessage: (input: Fields) => this.receiveMessage(input),
      DeleteMessage: (input: Fields) => this.deleteMessage(input),
      ChangeMessageVisibility: (input: Fields) => this.changeVisibility(input),
      GetQueueAttributes: (input: Fields) => this.attributes(input),
      GetQueueUrl: (input: Fields) => this.urlOf(input),
    };
    return { send: (command: { readonly input: object }) => dispatch(tap, 'sqs', operations, command) };
  }

  /** Everything in a queue, visible or not, for assertions. */
  messages(url: string): readonly FakeMessage[] {
    return this.queue(url).messages;
  }

  /** Empties a queue. */
  clear(url: string): void {
    this.queue(url).messages = [];
  }

  private urlOf({ QueueName }: Fields) {
    const url = [...this.queues.keys()].find((known) => known.endsWith(`/${QueueName}`));
    if (!url) throw awsError('QueueDoesNotExist', 400, 'The specified queue does not exist.');
    return { QueueUrl: url };
  }

  private queue(url: string): Queue {
    const queue = this.queues.get(url);
    if (!queue) throw awsError('QueueDoesNotExist', 400, 'The specified queue does not exist.');
    return queue;
  }

  private sendMessage(input: Fields) {
    return this.enqueue(this.queue(input.QueueUrl), input);
  }

  private enqueue(queue: Queue, input: Fields) {
    const { MessageBody, MessageGroupId, MessageDeduplicationId, DelaySeconds } = input;
    checkMessage(queue.fifo, input);
    const now = this.clock.nowMillis();
    const taken = queue.fifo ? queue.taken.get(MessageDeduplicationId) : undefined;
    const sequenceNumber = String(++this.counter).padStart(20, '0');
    const MD5OfMessageBody = createHash('md5').update(MessageBody).digest('hex');
    if (taken && now - taken.atMillis < DEDUPLICATION_MILLIS)
      return { MessageId: taken.messageId, MD5OfMessageBody, SequenceNumber: sequenceNumber };
    const messageId = `message-${this.counter}`;
    queue.messages.push({
      messageId,
      body: MessageBody,
      attributes: structuredClone(input.MessageAttributes ?? {}),
      groupId: MessageGroupId,
      deduplicationId: MessageDeduplicationId,
      sequenceNumber,
      sentAtMillis: now,
      receiveCount: 0,
      receiptHandle: undefined,
      visibleAtMillis: now + (DelaySeconds ?? 0) * 1000,
    });
    if (queue.fifo) queue.taken.set(MessageDeduplicationId, { atMillis: now, messageId });
    return {
      MessageId: messageId,
      MD5OfMessageBody,
      ...(queue.fifo && { SequenceNumber: sequenceNumber }),
    };
  }

  private sendMessageBatch({ QueueUrl, Entries }: Fields) {
    const queue = this.queue(QueueUrl);
    const entries = (Entries ?? []) as Fields[];
    if (entries.length === 0) throw awsError('EmptyBatchRequest', 400);
    if (entries.length > 10) throw awsError('TooManyEntriesInBatchRequest', 400);
    if (new Set(entries.map((entry) => entry.Id)).size < entries.length)
      throw awsError('BatchEntryIdsNotDistinct', 400);
    const bytes = entries.reduce((sum, entry) => sum + Buffer.byteLength(entry.MessageBody), 0);
    if (bytes > MAX_BYTES) throw awsError('BatchRequestTooLong', 400);
    const Successful: Fields[] = [];
    const Failed: Fields[] = [];
    const refused = this.refuseLastEntry ? entries.at(-1) : undefined;
    this.refuseLastEntry = false;
    for (const entry of entries) {
      try {
        if (entry === refused) throw awsError('InternalError', 500);
        Successful.push({ Id: entry.Id, ...this.enqueue(queue, entry) });
      } catch (error) {
        Failed.push({ Id: entry.Id, SenderFault: true, Code: (error as Error).name });
      }
    }
    return { Successful, Failed };
  }

  private receiveMessage({ QueueUrl, MaxNumberOfMessages = 1, VisibilityTimeout }: Fields) {
    const queue = this.queue(QueueUrl);
    const now = this.clock.nowMillis();
    const timeout = VisibilityTimeout ?? queue.options.visibilityTimeoutSeconds ?? 30;
    this.redrive(queue, now);
    const blocked = new Set(
      queue.messages
        .filter((message) => queue.fifo && message.visibleAtMillis > now)
        .map((message) => message.groupId),
    );
    const received: FakeMessage[] = [];
    for (const message of queue.messages) {
      if (received.length >= MaxNumberOfMessages) break;
      if (message.visibleAtMillis > now || (queue.fifo && blocked.has(message.groupId))) continue;
      message.receiveCount += 1;
      message.receiptHandle = `receipt-${++this.counter}`;
      message.visibleAtMillis = now + timeout * 1000;
      received.push(message);
    }
    return received.length > 0 ? { Messages: received.map(asReceived) } : {};
  }

  /** What would be received once too often goes to the dead-letter queue instead. */
  private redrive(queue: Queue, now: number): void {
    const { maxReceiveCount, deadLetterUrl } = queue.options;
    if (maxReceiveCount === undefined || deadLetterUrl === undefined) return;
    const spent = queue.messages.filter(
      (message) => message.visibleAtMillis <= now && message.receiveCount >= maxReceiveCount,
    );
    queue.messages = queue.messages.filter((message) => !spent.includes(message));
    for (const message of spent) {
      message.visibleAtMillis = now;
      message.receiptHandle = undefined;
      this.queue(deadLetterUrl).messages.push(message);
    }
  }

  private held(queue: Queue, receiptHandle: unknown): FakeMessage {
    const message = queue.messages.find((candidate) => candidate.receiptHandle === receiptHandle);
    if (!message) throw awsError('ReceiptHandleIsInvalid', 400);
    if (queue.fifo && message.visibleAtMillis <= this.clock.nowMillis())
      throw awsError('InvalidParameterValue', 400, 'The receipt handle has expired');
    return message;
  }

  private deleteMessage({ QueueUrl, ReceiptHandle }: Fields) {
    const queue = this.queue(QueueUrl);
    const message = this.held(queue, ReceiptHandle);
    queue.messages = queue.messages.filter((candidate) => candidate !== message);
    return {};
  }

  private changeVisibility({ QueueUrl, ReceiptHandle, VisibilityTimeout }: Fields) {
    if (!(VisibilityTimeout >= 0 && VisibilityTimeout <= 43_200))
      throw awsError('InvalidParameterValue', 400, 'VisibilityTimeout must be 0 to 43200');
    const message = this.held(this.queue(QueueUrl), ReceiptHandle);
    message.visibleAtMillis = this.clock.nowMillis() + VisibilityTimeout * 1000;
    return {};
  }

  private attributes({ QueueUrl }: Fields) {
    const now = this.clock.nowMillis();
    const { messages, options } = this.queue(QueueUrl);
    const { visibilityTimeoutSeconds = 30, maxReceiveCount, deadLetterUrl } = options;
    const hidden = messages.filter((message) => message.visibleAtMillis > now).length;
    return {
      Attributes: {
        ApproximateNumberOfMessages: String(messages.length - hidden),
        ApproximateNumberOfMessagesNotVisible: String(hidden),
        QueueArn: arnOf(QueueUrl),
        VisibilityTimeout: String(visibilityTimeoutSeconds),
        ...(deadLetterUrl !== undefined && {
          RedrivePolicy: JSON.stringify({ deadLetterTargetArn: arnOf(deadLetterUrl), maxReceiveCount }),
        }),
      },
    };
  }
}

const arnOf = (url: string): string => {
  const [name = '', account = ''] = url.split('/').reverse();
  return `arn:aws:sqs:eu-north-1:${account}:${name}`;
};

function checkMessage(fifo: boolean, message: Fields): void {
  const { MessageBody, MessageGroupId, MessageDeduplicationId, DelaySeconds } = message;
  if (typeof MessageBody !== 'string' || MessageBody === '') throw awsError('MissingParameter', 400);
  if (Buffer.byteLength(MessageBody) > MAX_BYTES) throw awsError('InvalidParameterValue', 400, 'Too long');
  // JSON escapes the other ones.
  if (/[\uFFFE\uFFFF]/.test(MessageBody)) throw awsError('InvalidMessageContents', 400);
  for (const [name, { DataType, StringValue }] of Object.entries((message.MessageAttributes ?? {}) as Fields))
    if (!/^(String|Number)$/.test(DataType) || !StringValue)
      throw awsError('InvalidParameterValue', 400, `The message attribute ${name} has no type or no value`);
  if (
    DelaySeconds !== undefined &&
    !(Number.isInteger(DelaySeconds) && DelaySeconds >= 0 && DelaySeconds <= 900)
  )
    throw awsError('InvalidParameterValue', 400, 'DelaySeconds must be 0 to 900');
  if (!fifo) return;
  if (!MessageGroupId) throw awsError('MissingParameter', 400, 'MessageGroupId is missing');
  if (!ID.test(MessageGroupId) || !ID.test(MessageDeduplicationId ?? ''))
    throw awsError('InvalidParameterValue', 400, 'Group and deduplication ids are 1 to 128 characters');
  if (DelaySeconds) throw awsError('InvalidParameterValue', 400, 'FIFO messages have no delay of their own');
}

/** A message as `ReceiveMessage` returns it. */
const asReceived = (message: FakeMessage) => ({
  MessageId: message.messageId,
  ReceiptHandle: message.receiptHandle,
  Body: message.body,
  ...(Object.keys(message.attributes).length > 0 && { MessageAttributes: message.attributes }),
  MD5OfBody: createHash('md5').update(message.body).digest('hex'),
  Attributes: {
    ApproximateReceiveCount: String(message.receiveCount),
    SentTimestamp: String(message.sentAtMillis),
    ...(message.groupId !== undefined && {
      MessageGroupId: message.groupId,
      MessageDeduplicationId: message.deduplicationId,
      SequenceNumber: message.sequenceNumber,
    }),
  },
});
