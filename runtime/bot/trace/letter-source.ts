import {
  ChangeMessageVisibilityCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
} from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { type DeadLetter, idOf, readJob } from '../dead-letter.ts';
import type { LetterEvidence } from './evidence.ts';
import type { Reading } from './sources.ts';

/** Long enough to receive all that the queue shows; what is left over comes back by itself. */
const HELD_SECONDS = 30;
const MAX_LETTERS = 1000;

/**
 * Looks at the dead letters and puts them back. Only for a dead-letter queue: in the queue of jobs each look would
 * count as a receive and stop the chat's group. Throws `AwsCallError`.
 */
export async function peekDeadLetters(
  sqs: AwsClient,
  url: string,
  clock: Clock,
): Promise<Reading<readonly LetterEvidence[]>> {
  const held = new Map<string, DeadLetter>();
  const endMillis = clock.nowMillis() + (HELD_SECONDS * 1000) / 2;
  try {
    while (held.size < MAX_LETTERS && clock.nowMillis() < endMillis) {
      const letters = await receive(sqs, url, clock);
      if (letters.length === 0) break;
      for (const letter of letters) held.set(idOf(letter), letter);
    }
    const all = await count(sqs, url, clock);
    const hidden = all - held.size;
    const note = `${hidden} of about ${all} dead letters are hidden: a FIFO queue shows ten of a chat, and somebody else may be looking`;
    return { value: [...held.values()].flatMap(evidenceOf), ...(hidden > 0 && { note }) };
  } finally {
    await Promise.all([...held.values()].map((letter) => giveBack(letter, sqs, url, clock)));
  }
}

async function receive(sqs: AwsClient, QueueUrl: string, clock: Clock): Promise<readonly DeadLetter[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl,
    MaxNumberOfMessages: 10,
    VisibilityTimeout: HELD_SECONDS,
    WaitTimeSeconds: 1,
    MessageSystemAttributeNames: ['All'],
  });
  const output = await callAws(clock, 'sqs:ReceiveMessage', () => sqs.send(command));
  return output.Messages ?? [];
}

async function count(sqs: AwsClient, QueueUrl: string, clock: Clock): Promise<number> {
  const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: [...names] });
  const output = await callAws(clock, 'sqs:GetQueueAttributes', () => sqs.send(command));
  return names.reduce((sum, name) => sum + Number(output.Attributes?.[name] ?? 0), 0);
}

/** If it fails, the letter is visible again within half a minute all the same. */
async function giveBack({ ReceiptHandle }: DeadLetter, sqs: AwsClient, QueueUrl: string, clock: Clock) {
  const command = new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout: 0 });
  await callAws(clock, 'sqs:ChangeMessageVisibility', () => sqs.send(command)).catch(() => undefined);
}

function evidenceOf(letter: DeadLetter): LetterEvidence[] {
  const job = readJob(letter);
  if (!job) return [];
  const { provider, event_id: eventId, chat_id: chatId, sent_at: sentAt } = job;
  return [{ messageId: idOf(letter), provider, eventId, chatId, sentAt }];
}
