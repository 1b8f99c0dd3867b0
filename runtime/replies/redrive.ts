import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../core/aws-errors.ts';
import type { Clock } from '../core/clock.ts';
import { describeError } from '../core/errors.ts';
import { giveBackLetter, type QueueLetter, receiveLetters } from '../core/queue-letters.ts';
import { readTrigger, type Trigger, type TriggerQueue } from './trigger.ts';

export interface RedriveOptions {
  readonly deadLetterUrl: string;
  /** Which triggers; default: all. */
  readonly filter?: (trigger: Trigger) => boolean;
  /** Only says what would be done. */
  readonly dryRun: boolean;
  /** Triggers a second at the most, more than 0. */
  readonly ratePerSecond: number;
}

export interface RedrivePorts {
  readonly sqs: AwsClient;
  /** The channel queue. */
  readonly triggers: TriggerQueue;
  readonly clock: Clock;
}

/** What became of one dead letter; only a `redriven` one has left the dead-letter queue. */
export interface RedriveItem {
  readonly messageId: string;
  readonly conversationId: string | undefined;
  readonly outcome: 'redriven' | 'would-redrive' | 'filtered' | 'unreadable' | 'failed';
  readonly error?: string;
}

/** Longer than a run takes; what stays is given back at its end. */
const HELD_SECONDS = 900;

/**
 * Gives the triggers of a dead-letter queue back to the worker, each by receive, send, delete: after a crash in between
 * it is in both queues, and the second finds its turn done. The worker resumes the turn where it stood.
 */
export async function redriveTriggers(
  options: RedriveOptions,
  ports: RedrivePorts,
): Promise<readonly RedriveItem[]> {
  const { deadLetterUrl, ratePerSecond } = options;
  const { sqs, clock } = ports;
  const items = new Map<string, RedriveItem>();
  const kept: QueueLetter[] = [];
  try {
    for (;;) {
      const letters = await receiveLetters(sqs, deadLetterUrl, clock, HELD_SECONDS);
      const fresh = letters.filter(({ MessageId = '' }) => !items.has(MessageId));
      if (fresh.length === 0) return [...items.values()];
      for (const letter of fresh) {
        const item = await redriveOne(letter, options, ports);
        items.set(item.messageId, item);
        if (item.outcome === 'redriven') await clock.sleep(1000 / ratePerSecond);
        else kept.push(letter);
      }
    }
  } finally {
    for (const letter of kept) await giveBackLetter(letter, sqs, deadLetterUrl, clock);
  }
}

async function redriveOne(
  letter: QueueLetter,
  { deadLetterUrl: QueueUrl, filter, dryRun }: RedriveOptions,
  { sqs, triggers, clock }: RedrivePorts,
): Promise<RedriveItem> {
  const { MessageId: messageId = '', ReceiptHandle } = letter;
  const trigger = triggerOf(letter);
  if (!trigger) return { messageId, conversationId: undefined, outcome: 'unreadable' };
  const { conversationId } = trigger;
  if (filter && !filter(trigger)) return { messageId, conversationId, outcome: 'filtered' };
  if (dryRun) return { messageId, conversationId, outcome: 'would-redrive' };
  try {
    // It begins anew: an old count of deferrals would soon put it away again.
    await triggers.send({ ...trigger, deferrals: 0 }, 0);
    await callAws(clock, 'sqs:DeleteMessage', () =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
    );
    return { messageId, conversationId, outcome: 'redriven' };
  } catch (error) {
    return { messageId, conversationId, outcome: 'failed', error: describeError(error) };
  }
}

/** The trigger in a received message; undefined when it holds none. */
export function triggerOf({ Body = '', MessageAttributes = {} }: QueueLetter): Trigger | undefined {
  const messageAttributes = Object.fromEntries(
    Object.entries(MessageAttributes).map(([name, { StringValue }]) => [name, { stringValue: StringValue }]),
  );
  try {
    return readTrigger({ body: Body, messageAttributes });
  } catch {
    return undefined;
  }
}
