import { DeleteMessageCommand } from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../../core/aws-errors.ts';
import type { Clock } from '../../core/clock.ts';
import { asNumber, asRecord, asText, readJson } from '../../core/json.ts';
import { type QueueLetter, receiveLetters } from '../../core/queue-letters.ts';
import type { FailedInvocation } from './ports.ts';

/** What is not done within this comes back. */
const HELD_SECONDS = 60;

/** Up to ten failed invocations; a letter that cannot be read is left to the dead-letter queue. */
export async function receiveFailures(
  sqs: AwsClient,
  queueUrl: string,
  clock: Clock,
): Promise<readonly FailedInvocation[]> {
  const letters = await receiveLetters(sqs, queueUrl, clock, HELD_SECONDS);
  return letters.flatMap((letter) => {
    const read = readFailure(letter);
    const command = new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: letter.ReceiptHandle });
    const done = async () => void (await callAws(clock, 'sqs:DeleteMessage', () => sqs.send(command)));
    return read ? [{ ...read, done }] : [];
  });
}

/** The record that Lambda sends to an on-failure destination. */
function readFailure({ Body = '' }: QueueLetter): Omit<FailedInvocation, 'done'> | undefined {
  const letter = asRecord(readJson(Body));
  const event = asRecord(letter.requestPayload);
  const executionId = asText(event.execution_id);
  if (executionId === undefined) return undefined;
  return {
    executionId,
    attempt: asNumber(event.attempt) ?? 0,
    condition: asText(asRecord(letter.requestContext).condition) ?? 'unknown',
  };
}
