import { randomUUID } from 'node:crypto';
import { InvokeCommand } from '@aws-sdk/client-lambda';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { callAws } from '../core/aws-errors.ts';
import { asRecord, readJson } from '../core/json.ts';
import type { DeadLetter } from './dead-letter.ts';
import type { Job } from './job.ts';
import type { RedriveClients, RedriveTarget } from './redrive.ts';

/** Gives one job back to work. Resolves to why it was not taken, or to undefined when it was. */
export async function hand(
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
