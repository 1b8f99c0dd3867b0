import type { AwsClient } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { peekQueue } from '../../core/queue-letters.ts';
import type { Reading } from '../../core/trace/reading.ts';
import { type DeadLetter, idOf, readJob } from '../dead-letter.ts';
import type { LetterEvidence } from './evidence.ts';

/** Looks at the dead letters and puts them back. Throws `AwsCallError`. */
export async function peekDeadLetters(
  sqs: AwsClient,
  url: string,
  clock: Clock,
): Promise<Reading<readonly LetterEvidence[]>> {
  const { value, note } = await peekQueue(sqs, url, clock, 'dead letters');
  return { value: value.flatMap(evidenceOf), ...(note !== undefined && { note }) };
}

function evidenceOf(letter: DeadLetter): LetterEvidence[] {
  const job = readJob(letter);
  if (!job) return [];
  const { provider, event_id: eventId, chat_id: chatId, sent_at: sentAt } = job;
  return [{ messageId: idOf(letter), provider, eventId, chatId, sentAt }];
}
