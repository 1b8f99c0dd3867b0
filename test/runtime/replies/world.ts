import { DeleteMessageCommand, ReceiveMessageCommand, SendMessageCommand } from '@aws-sdk/client-sqs';
import {
  TWILIO_TEST,
  type TwilioWebhook,
  type TwilioWebhookOptions,
  twilioWebhook,
} from '../../../local/recordings/twilio.ts';
import { createResponsesStandIn } from '../../../local/stand-ins/openai-responses.ts';
import { createTwilioStandIn, type TwilioStandInOptions } from '../../../local/stand-ins/twilio.ts';
import type { AwsClient } from '../../../runtime/core/aws-errors.ts';
import { type Item, plainItem } from '../../../runtime/core/dynamodb-values.ts';
import type { HttpAnswer } from '../../../runtime/core/http-event.ts';
import type { JsonRecord } from '../../../runtime/core/json.ts';
// Loaded beforehand: time would go on while the worker loads it.
import '../../../runtime/models/openai-responses.ts';
import type { Prompts } from '../../../runtime/models/prompts.ts';
import { type Conversation, readConversation } from '../../../runtime/replies/record.ts';
import { readStagedRow, type StagedRow } from '../../../runtime/replies/staged.ts';
import { lambdaContext, recordOf, sqsEvent } from '../../support/events.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { FakeDynamoDb } from '../../support/fake-dynamodb.ts';
import { FakeSecrets } from '../../support/fake-secrets.ts';
import { FakeSqs } from '../../support/fake-sqs.ts';
import { Container, drive, Killer } from '../../support/killable.ts';
import { LogCapture } from '../../support/log-capture.ts';
import { Tap } from '../../support/tap.ts';
import { MODEL_SECRET, recordR, TWILIO_SECRET } from './records.ts';
import { SCHEMAS, TABLES } from './tables.ts';
import {
  BUILDERS,
  CHANNEL_ARN,
  CHANNEL_DLQ,
  CHANNEL_QUEUE,
  type FunctionName,
  type Handler,
  HUMAN_QUEUE,
  MAX_RECEIVES,
  PROMPTS,
  restEvent,
  VARIABLES,
} from './world-setup.ts';

export interface WorldOptions {
  /** The records at the start; default R alone. */
  readonly records?: readonly Item[];
  /** Beside or in place of the variables that all functions get. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly twilio?: TwilioStandInOptions;
  /** What the model says; default `{"content":"Hello"}` with usage 10/5/15. */
  readonly reply?: (text: string) => string;
  readonly prompts?: Prompts;
  /** Other model servers, by their hosts. */
  readonly servers?: Readonly<Record<string, typeof fetch>>;
  readonly bedrock?: AwsClient;
  readonly workerTimeoutSeconds?: number;
}

interface Started {
  readonly name: FunctionName;
  readonly container: Container;
  readonly handler: Handler;
}

/** What a receive of the channel queue came to. */
export interface WorkerRun {
  readonly messageIds: readonly string[];
  /** Undefined when the process ended before it answered. */
  readonly failures: readonly string[] | undefined;
}

/** The reply engine as deployed, all three functions on fakes, with Twilio and a model beside it. */
export class RepliesWorld {
  readonly clock = new FakeClock({ auto: false });
  /** All AWS calls of all functions; its hooks break them. */
  readonly tap = new Tap();
  readonly killer = new Killer();
  readonly dynamodb = new FakeDynamoDb(SCHEMAS, this.tap);
  readonly secrets = new FakeSecrets(this.tap);
  readonly sqs: FakeSqs;
  readonly twilio;
  readonly model;
  readonly logs = new LogCapture();
  readonly environment: Readonly<Record<string, string>>;
  private started: Started[] = [];

  constructor(private readonly options: WorldOptions = {}) {
    const nowMillis = () => this.clock.nowMillis();
    const { accountSid, authToken } = TWILIO_TEST;
    const workerTimeout = options.workerTimeoutSeconds ?? 600;
    const channel = { visibilityTimeoutSeconds: 6 * workerTimeout, maxReceiveCount: MAX_RECEIVES };
    const queues = [{ url: CHANNEL_QUEUE, ...channel, deadLetterUrl: CHANNEL_DLQ }, { url: CHANNEL_DLQ }];
    this.sqs = new FakeSqs(this.clock, [...queues, { url: HUMAN_QUEUE }], this.tap);
    this.twilio = createTwilioStandIn({ accountSid, authToken, nowMillis, ...options.twilio });
    this.model = createResponsesStandIn({ nowMillis, ...(options.reply && { reply: options.reply }) });
    this.secrets.secrets.set(MODEL_SECRET, JSON.stringify({ ai_api_key: 'sk-test' }));
    this.secrets.secrets.set(
      TWILIO_SECRET,
      JSON.stringify({ twilio_account_sid: accountSid, twilio_auth_token: authToken }),
    );
    this.environment = { ...VARIABLES, ...options.environment };
    for (const item of options.records ?? [recordR()]) this.dynamodb.seed(item, TABLES.conversations);
  }

  /** Every function starts in a new container next time. */
  restart(): void {
    this.started = [];
  }

  private async invoke(name: FunctionName, event: unknown, timeoutSeconds: number): Promise<unknown> {
    const { container, handler } = this.idle(name) ?? this.start(name);
    const context = lambdaContext({ clock: this.clock, remainingMillis: timeoutSeconds * 1000 });
    container.isBusy = true;
    try {
      return await drive(handler(event, context), container, this.clock);
    } finally {
      container.isBusy = container.isDead;
    }
  }

  private idle(name: FunctionName): Started | undefined {
    return this.started.find((one) => one.name === name && !one.container.isBusy);
  }

  private start(name: FunctionName): Started {
    const container = new Container(this.killer, this.clock);
    const services = (host: string) =>
      host === 'api.twilio.com'
        ? { name: 'twilio', fetch: this.twilio.fetch }
        : { name: 'model', fetch: this.options.servers?.[host] ?? this.model.fetch };
    const { bedrock } = this.options;
    const handler = BUILDERS[name]({
      clients: {
        dynamodb: container.client('dynamodb', this.dynamodb),
        sqs: container.client('sqs', this.sqs),
        secretsManager: container.client('secretsmanager', this.secrets),
        fetch: container.fetch(services),
        clock: container.clock,
        ...(bedrock && { bedrock: () => container.client('bedrock', bedrock) }),
      },
      environment: this.environment,
      prompts: this.options.prompts ?? PROMPTS,
      writeLog: this.logs.write,
    });
    const started = { name, container, handler };
    this.started.push(started);
    return started;
  }

  /** A message of a user through the webhook; undefined when the process ended. */
  webhook(message: TwilioWebhookOptions = {}): Promise<HttpAnswer | undefined> {
    return this.post(twilioWebhook(message));
  }

  /** Any signed request, status callbacks too. */
  async post(request: TwilioWebhook): Promise<HttpAnswer | undefined> {
    return (await this.invoke('webhook', restEvent(request), 10)) as HttpAnswer | undefined;
  }

  /** Sends a trigger as an operator would by hand. */
  async trigger(item: Item = recordR(), delaySeconds = 0): Promise<void> {
    const { conversation_id, primary_channel } = plainItem(item);
    const MessageBody = JSON.stringify({ conversation_id, primary_channel });
    const input = { QueueUrl: CHANNEL_QUEUE, MessageBody, DelaySeconds: delaySeconds };
    await this.queue.send(new SendMessageCommand(input));
  }

  /** The queue as Lambda's poller sees it: its calls are not the functions'. */
  private get queue() {
    return this.sqs.as(new Tap());
  }

  /** One receive of the channel queue by the worker; undefined when no message is visible. */
  async runWorker(batchSize = 1): Promise<WorkerRun | undefined> {
    const receive = new ReceiveMessageCommand({ QueueUrl: CHANNEL_QUEUE, MaxNumberOfMessages: batchSize });
    const { Messages = [] } = await this.queue.send(receive);
    const messageIds = (Messages as { MessageId: string }[]).map(({ MessageId }) => MessageId);
    if (messageIds.length === 0) return undefined;
    const held = this.sqs.messages(CHANNEL_QUEUE).filter(({ messageId }) => messageIds.includes(messageId));
    const records = held.map(recordOf);
    const timeout = this.options.workerTimeoutSeconds ?? 600;
    const answer = await this.invoke('worker', sqsEvent(records, CHANNEL_ARN), timeout);
    if (answer === undefined) return { messageIds, failures: undefined };
    const { batchItemFailures } = answer as { batchItemFailures: { itemIdentifier: string }[] };
    const failures = batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
    for (const { messageId, receiptHandle } of records)
      if (!failures.includes(messageId ?? ''))
        await this.queue.send(
          new DeleteMessageCommand({ QueueUrl: CHANNEL_QUEUE, ReceiptHandle: receiptHandle }),
        );
    return { messageIds, failures };
  }

  /** One run of the sweeper. */
  async sweep(): Promise<void> {
    await this.invoke('sweeper', { source: 'aws.events', 'detail-type': 'Scheduled Event' }, 60);
  }

  /** Lets time pass, with the worker running whenever a message is visible and the sweeper each minute if asked. */
  async run(seconds: number, { sweeps = false } = {}): Promise<readonly WorkerRun[]> {
    const end = this.clock.nowMillis() + seconds * 1000;
    const runs: WorkerRun[] = [];
    let nextSweep = sweeps ? this.clock.nowMillis() : Number.POSITIVE_INFINITY;
    for (;;) {
      const run = await this.runWorker();
      if (run) {
        runs.push(run);
        continue;
      }
      if (this.clock.nowMillis() >= nextSweep) {
        await this.sweep();
        nextSweep = this.clock.nowMillis() + 60_000;
        continue;
      }
      const times = this.sqs.messages(CHANNEL_QUEUE).map(({ visibleAtMillis }) => visibleAtMillis);
      const next = Math.min(nextSweep, ...times);
      if (next > end) break;
      this.clock.jump(Math.max(0, next - this.clock.nowMillis()));
    }
    this.clock.jump(Math.max(0, end - this.clock.nowMillis()));
    return runs;
  }

  /** The messages of the DLQ go back to the channel queue. */
  async redrive(): Promise<void> {
    for (const { body, attributes } of this.sqs.messages(CHANNEL_DLQ))
      await this.queue.send(
        new SendMessageCommand({
          QueueUrl: CHANNEL_QUEUE,
          MessageBody: body,
          MessageAttributes: attributes as never,
        }),
      );
    this.sqs.clear(CHANNEL_DLQ);
  }

  /** The record of R's key, or of another. */
  conversation(item: Item = recordR()): Conversation {
    const { primary_channel, conversation_id } = plainItem(item);
    const found = this.dynamodb.item(
      [String(primary_channel), String(conversation_id)],
      TABLES.conversations,
    );
    if (!found) throw new Error('There is no such record');
    return readConversation(found as Item);
  }

  /** The stored entries of R, or of another record, as plain data. */
  entries(item?: Item): readonly JsonRecord[] {
    return this.conversation(item).data.messages as readonly JsonRecord[];
  }

  private items(table: string): readonly Item[] {
    return [...this.dynamodb.items(table).values()] as Item[];
  }

  get staged(): readonly StagedRow[] {
    return this.items(TABLES.stage).map(readStagedRow);
  }

  get locks(): readonly JsonRecord[] {
    return this.items(TABLES.triggerLock).map(plainItem);
  }

  get blocks(): readonly JsonRecord[] {
    return this.items(TABLES.archive).map(plainItem);
  }

  get triggers() {
    return this.sqs.messages(CHANNEL_QUEUE);
  }

  get deadLetters() {
    return this.sqs.messages(CHANNEL_DLQ);
  }

  get humanMessages(): readonly JsonRecord[] {
    return this.sqs.messages(HUMAN_QUEUE).map(({ body }) => JSON.parse(body) as JsonRecord);
  }

  /** Sum of a metric over all that was logged. */
  metric(name: string): number {
    return this.logs.lines.reduce((sum, line) => sum + ('_aws' in line ? Number(line[name] ?? 0) : 0), 0);
  }
}
