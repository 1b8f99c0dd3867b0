import { randomUUID } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
} from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import { asRecord, isRecord } from '../core/json.ts';
import type { Job } from './job.ts';

/** Where redriven work goes: back into the queue it came from, or to the worker by an invocation that is waited for. */
export type RedriveTarget = { readonly queueUrl: string } | { readonly functionName: string };

export interface RedriveOptions {
  /** The dead-letter queue, or the on-failure queue of the self-invoke hop. */
  readonly deadLetterUrl: string;
  readonly target: RedriveTarget;
  /** Which jobs; by default all. */
  readonly filter?: (job: Job) => boolean;
  /** Only says what would be done. Default false. */
  readonly dryRun?: boolean;
  /** Messages a second at the most, more than 0. Default 10. */
  readonly ratePerSecond?: number;
  /** What is older may have lost its ledger row and be answered twice; it stays unless `force` is given. */
  readonly dedupeTtlSeconds: number;
  readonly force?: boolean;
}

export interface RedriveClients {
  readonly sqs: AwsClient;
  readonly lambda: AwsClient;
  readonly clock: Clock;
}

/** What became of one dead letter. Only a `redriven` one has left the dead-letter queue. */
export interface RedriveItem {
  readonly messageId: string;
  readonly chatId: string | undefined;
  readonly eventId: string | undefined;
  readonly outcome: 'redriven' | 'would-redrive' | 'filtered' | 'too-old' | 'unreadable' | 'failed';
  readonly error?: string;
}

interface DeadLetter {
  readonly MessageId?: string;
  readonly ReceiptHandle?: string;
  readonly Body?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
}

/** Longer than an invocation can take (15 minutes); what stays is given back at the end. */
const HELD_SECONDS = 960;

/**
 * Moves dead letters back to work, in order, each by receive, send, delete: a crash in between leaves a message
 * in both places, and the ledger makes the second one harmless. A FIFO message gets a fresh deduplication id,
 * because within five minutes its old one would be swallowed. After a failed send the rest of its group stays.
 * A function is invoked for one message at a time, and its answer decides: at once they would find the chat busy.
 */
export async function redrive(options: RedriveOptions, clients: RedriveClients): Promise<RedriveItem[]> {
  const items = new Map<string, RedriveItem>();
  const kept: DeadLetter[] = [];
  const stoppedGroups = new Set<string>();
  const pauseMillis = 1000 / (options.ratePerSecond ?? 10);
  for (
    let letters = await receive(options, clients);
    letters.length > 0;
    letters = await receive(options, clients)
  ) {
    const fresh = letters.filter((letter) => !items.has(idOf(letter)));
    // Only what was looked at before: the run has come round.
    if (fresh.length === 0) break;
    for (const letter of fresh) {
      const group = letter.Attributes?.MessageGroupId;
      const item =
        group !== undefined && stoppedGroups.has(group)
          ? describe(letter, 'failed', 'an earlier message of its group could not be sent')
          : await redriveOne(letter, options, clients);
      items.set(item.messageId, item);
      if (item.outcome !== 'redriven') kept.push(letter);
      if (item.outcome === 'failed' && group !== undefined) stoppedGroups.add(group);
      if (item.outcome === 'redriven') await clients.clock.sleep(pauseMillis);
    }
  }
  for (const letter of kept) await giveBack(letter, options, clients);
  return [...items.values()];
}

const idOf = (letter: DeadLetter) => letter.MessageId ?? '';

async function receive(
  { deadLetterUrl, target }: RedriveOptions,
  { sqs, clock }: RedriveClients,
): Promise<DeadLetter[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: deadLetterUrl,
    // A batch could come back while its first messages are worked on.
    MaxNumberOfMessages: 'functionName' in target ? 1 : 10,
    VisibilityTimeout: HELD_SECONDS,
    WaitTimeSeconds: 1,
    MessageSystemAttributeNames: ['All'],
  });
  const output = await callAws(clock, 'sqs:ReceiveMessage', () => sqs.send(command));
  return output.Messages ?? [];
}

async function redriveOne(
  letter: DeadLetter,
  options: RedriveOptions,
  clients: RedriveClients,
): Promise<RedriveItem> {
  const job = readJob(letter);
  if (!job) return describe(letter, 'unreadable');
  if (options.filter && !options.filter(job)) return describe(letter, 'filtered');
  const ageSeconds = (clients.clock.nowMillis() - Date.parse(job.sent_at)) / 1000;
  if (!options.force && !(ageSeconds < options.dedupeTtlSeconds)) return describe(letter, 'too-old');
  if (options.dryRun) return describe(letter, 'would-redrive');
  try {
    const refusal = await hand(letter, job, options.target, clients);
    if (refusal !== undefined) return describe(letter, 'failed', refusal);
    const input = { QueueUrl: options.deadLetterUrl, ReceiptHandle: letter.ReceiptHandle };
    await callAws(clients.clock, 'sqs:DeleteMessage', () =>
      clients.sqs.send(new DeleteMessageCommand(input)),
    );
    return describe(letter, 'redriven');
  } catch (error) {
    return describe(letter, 'failed', describeError(error));
  }
}

/** A queue message holds the job itself, a failure record of Lambda in `requestPayload`. */
function readJob(letter: DeadLetter): Job | undefined {
  const body = asRecord(readJson(letter.Body ?? ''));
  const envelope = isRecord(body.requestPayload) ? body.requestPayload : body;
  return isRecord(envelope.maws_job) ? (envelope.maws_job as unknown as Job) : undefined;
}

/** Resolves to why the job was not taken, or to undefined when it was. */
async function hand(
  letter: DeadLetter,
  job: Job,
  target: RedriveTarget,
  clients: RedriveClients,
): Promise<string | undefined> {
  if ('functionName' in target) return invoke(job, target.functionName, clients);
  const group = letter.Attributes?.MessageGroupId;
  const command = new SendMessageCommand({
    QueueUrl: target.queueUrl,
    MessageBody: letter.Body,
    ...(group !== undefined && { MessageGroupId: group, MessageDeduplicationId: randomUUID() }),
  });
  await callAws(clients.clock, 'sqs:SendMessage', () => clients.sqs.send(command));
  return undefined;
}

/** Invokes the worker and waits for what it says: an ignored job would be lost. */
async function invoke(
  job: Job,
  functionName: string,
  { lambda, clock }: RedriveClients,
): Promise<string | undefined> {
  const command = new InvokeCommand({
    FunctionName: functionName,
    InvocationType: 'RequestResponse',
    Payload: Buffer.from(JSON.stringify({ maws_job: job })),
  });
  const output = await callAws(clock, 'lambda:InvokeFunction', () => lambda.send(command));
  const answer = asRecord(readJson(Buffer.from(output.Payload ?? '').toString()));
  if (output.FunctionError)
    return `the worker failed: ${answer.errorType ?? 'Error'}: ${answer.errorMessage ?? ''}`;
  const said = readJson(String(answer.body));
  if (said === BUSY) return 'another message of its chat is being worked on';
  return said === PROCESSED ? undefined : `the worker answered: ${said ?? 'nothing'}`;
}

/** The worker's answers, word for word (contract bot §5). */
const PROCESSED = 'Processed.';
const BUSY = 'Already processing; update ignored.';

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Makes a letter that stays visible again. If that fails it comes back by itself, later. */
async function giveBack(
  letter: DeadLetter,
  { deadLetterUrl }: RedriveOptions,
  { sqs, clock }: RedriveClients,
) {
  const input = { QueueUrl: deadLetterUrl, ReceiptHandle: letter.ReceiptHandle, VisibilityTimeout: 0 };
  const send = () => sqs.send(new ChangeMessageVisibilityCommand(input));
  await callAws(clock, 'sqs:ChangeMessageVisibility', send).catch(() => undefined);
}

function describe(letter: DeadLetter, outcome: RedriveItem['outcome'], error?: string): RedriveItem {
  const job = readJob(letter);
  const ids = { messageId: idOf(letter), chatId: job?.chat_id, eventId: job?.event_id };
  return { ...ids, outcome, ...(error !== undefined && { error }) };
}
