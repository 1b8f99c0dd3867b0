import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { callAws } from '../../../runtime/core/aws-errors.ts';
import type { CommandAws } from '../../deployed.ts';
import { bad, type Finding, ok } from './finding.ts';

/** Messages that could not be done wait for somebody. */
export async function deadLetterFinding(url: string, aws: CommandAws): Promise<Finding> {
  const sqs = await aws.sqs();
  const command = new GetQueueAttributesCommand({
    QueueUrl: url,
    AttributeNames: ['ApproximateNumberOfMessages'],
  });
  const { Attributes } = await callAws(aws.clock, 'sqs:GetQueueAttributes', () => sqs.send(command));
  const depth = Number(Attributes?.ApproximateNumberOfMessages ?? 0);
  if (depth === 0) return ok('dead letters', 'none');
  const fix = `Find the cause, then: hookline bot redrive --dead-letters ${url} --dry-run`;
  return bad('dead letters', `${depth} messages failed every time`, fix);
}
