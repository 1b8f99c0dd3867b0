import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import { type DeadLetter, idOf, readJob } from './dead-letter.ts';
import type { Job } from './job.ts';
import { hand } from './redrive-hand.ts';

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

/**
 * What became of one dead letter. Only a `redriven` one has left the dead-letter queue. An `unseen` one is known
 * by number only: a FIFO queue shows ten messages of a group, and those behind only when these have gone.
 */
export interface RedriveItem {
  readonly messageId: string;
  readonly chatId: string | undefined;
  readonly eventId: string | undefined;
  readonly outcome:
    | 'redriven'
    | 'would-redrive'
    | 'filtered'
    | 'too-old'
    | 'unreadable'
    | 'failed'
    | 'unseen';
  readonly error?: string;
}

/** Longer than an invocation can take (15 minutes); what stays is given back at the end. */
const HELD_SECONDS = 960;
const BATCH_SIZE = 10;
const MAX_HELD_SECONDS = 43_200;

interface Run {
  readonly options: RedriveOptions;
  readonly clients: RedriveClients;
  readonly items: Map<string, RedriveItem>;
  readonly stoppedGroups: Set<string>;
}

/**
 * Moves dead letters back to work, in order, each by receive, send, delete: a crash in between leaves a message
 * in both places, and the ledger makes the second one harmless. A FIFO message gets a fresh deduplication id,
 * because within five minutes its old one would be swallowed. After a failed send the rest of its group stays.
 * A function is invoked for one message at a time, and its answer decides: at once they would find the chat busy.
 */
export async function redrive(options: RedriveOptions, clients: RedriveClients): Promise<RedriveItem[]> {
  const waiting = await countWaiting(options, clients);
  const run: Run = { options, clients, items: new Map(), stoppedGroups: new Set() };
  for (;;) {
    const { redriven, kept } = await onePass(run);
    // Only what is held back hides others.
    const unseen = kept > 0 ? Math.max(0, waiting - run.items.size) : 0;
    // What has gone made way for as many of those behind.
    if (redriven > 0 && unseen > 0) continue;
    return [...run.items.values(), ...Array.from({ length: unseen }, () => UNSEEN)];
  }
}

const UNSEEN: RedriveItem = { messageId: '', chatId: undefined, eventId: undefined, outcome: 'unseen' };

/** Works all letters that the queue shows, and holds those that stay until it shows no more. */
async function onePass(run: Run): Promise<{ readonly redriven: number; readonly kept: number }> {
  const { options, clients, items } = run;
  const kept = new Map<string, DeadLetter>();
  let redriven = 0;
  try {
    for (
      let letters = await receive(options, clients);
      letters.length > 0;
      letters = await receive(options, clients)
    ) {
      for (const letter of letters) {
        // One that was looked at before comes back on a long run, or in another pass: it is held again.
        const item = items.has(idOf(letter)) ? undefined : await workOne(letter, run);
        if (item?.outcome !== 'redriven') kept.set(idOf(letter), letter);
        else {
          redriven += 1;
          await clients.clock.sleep(pauseMillis(options));
        }
      }
    }
  } finally {
    for (const letter of kept.values()) await giveBack(letter, options, clients);
  }
  return { redriven, kept: kept.size };
}

async function workOne(letter: DeadLetter, { options, clients, items, stoppedGroups }: Run) {
  const group = letter.Attributes?.MessageGroupId;
  const item =
    group !== undefined && stoppedGroups.has(group)
      ? describe(letter, 'failed', 'an earlier message of its group could not be sent')
      : await redriveOne(letter, options, clients);
  items.set(item.messageId, item);
  if (item.outcome === 'failed' && group !== undefined) stoppedGroups.add(group);
  return item;
}

const pauseMillis = ({ ratePerSecond = 10 }: RedriveOptions) => 1000 / ratePerSecond;

/** About how many letters a FIFO queue holds; 0 for another, which shows them all. */
async function countWaiting({ deadLetterUrl }: RedriveOptions, { sqs, clock }: RedriveClients) {
  if (!deadLetterUrl.endsWith('.fifo')) return 0;
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl: deadLetterUrl, AttributeNames: [...names] });
  const output = await callAws(clock, 'sqs:GetQueueAttributes', () => sqs.send(command));
  return names.reduce((sum, name) => sum + Number(output.Attributes?.[name] ?? 0), 0);
}

async function receive(options: RedriveOptions, { sqs, clock }: RedriveClients): Promise<DeadLetter[]> {
  const batchSeconds = (BATCH_SIZE * pauseMillis(options)) / 1000;
  const command = new ReceiveMessageCommand({
    QueueUrl: options.deadLetterUrl,
    // A batch could come back while its first messages are worked on.
    MaxNumberOfMessages: 'functionName' in options.target ? 1 : BATCH_SIZE,
    VisibilityTimeout: Math.min(MAX_HELD_SECONDS, HELD_SECONDS + Math.ceil(batchSeconds)),
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
