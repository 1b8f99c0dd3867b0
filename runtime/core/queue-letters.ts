import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from './aws-errors.ts';
import type { Clock } from './clock.ts';
import type { Reading } from './trace/reading.ts';

/** A message that was received from a queue to be looked at. */
export interface QueueLetter {
  readonly MessageId?: string;
  readonly ReceiptHandle?: string;
  readonly Body?: string;
  readonly Attributes?: Readonly<Record<string, string>>;
  readonly MessageAttributes?: Readonly<Record<string, LetterAttribute>>;
}

export interface LetterAttribute {
  readonly DataType?: string;
  readonly StringValue?: string;
}

/** Long enough to receive all that the queue shows; what is left over comes back by itself. */
const HELD_SECONDS = 30;
const MAX_LETTERS = 1000;

/**
 * Looks at all letters of a queue and puts them back. Only for a queue without a redrive policy of its own, such as
 * a dead-letter queue: elsewhere each look would count as a receive. `what` it holds, in words. Throws
 * `AwsCallError`.
 */
export async function peekQueue(
  sqs: AwsClient,
  url: string,
  clock: Clock,
  what = 'messages',
): Promise<Reading<readonly QueueLetter[]>> {
  const held = new Map<string, QueueLetter>();
  const endMillis = clock.nowMillis() + (HELD_SECONDS * 1000) / 2;
  try {
    while (held.size < MAX_LETTERS && clock.nowMillis() < endMillis) {
      const letters = await receiveLetters(sqs, url, clock, HELD_SECONDS);
      if (letters.length === 0) break;
      for (const letter of letters) held.set(letter.MessageId ?? '', letter);
    }
    const all = await countLetters(sqs, url, clock);
    const hidden = all - held.size;
    const note = `${hidden} of about ${all} ${what} are hidden: a FIFO queue shows ten of a chat, and somebody else may be looking`;
    return { value: [...held.values()], ...(hidden > 0 && { note }) };
  } finally {
    await Promise.all([...held.values()].map((letter) => giveBackLetter(letter, sqs, url, clock)));
  }
}

/** Up to ten letters, hidden from others for so long. */
export async function receiveLetters(
  sqs: AwsClient,
  QueueUrl: string,
  clock: Clock,
  VisibilityTimeout: number,
): Promise<readonly QueueLetter[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    VisibilityTimeout,
    WaitTimeSeconds: 1,
    MessageSystemAttributeNames: ['All'],
    MessageAttributeNames: ['All'],
  });
  const output = await callAws(clock, 'sqs:ReceiveMessage', () => sqs.send(command));
  return output.Messages ?? [];
}

/** About how many letters a queue holds, hidden ones too. */
async function countLetters(sqs: AwsClient, QueueUrl: string, clock: Clock): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] });
  const output = await callAws(clock, 'sqs:GetQueueAttributes', () => sqs.send(command));
  return names.reduce((sum, name) => sum + Number(output.Attributes?.[name] ?? 0), 0);
}

/** Makes a letter visible again. If it fails, it comes back by itself, later. */
export async function giveBackLetter(
  { ReceiptHandle }: QueueLetter,
  sqs: AwsClient,
  QueueUrl: string,
  clock: Clock,
): Promise<void> {
  const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  await callAws(clock, 'sqs:ChangeMessageVisibility', () => sqs.send(command)).catch(() => undefined);
}
