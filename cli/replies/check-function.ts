import { GetFunctionRecursionConfigCommand, ListEventSourceMappingsCommand } from '@aws-sdk/client-lambda';
import { callAws } from '../../runtime/core/aws-errors.ts';
import { asList } from '../../runtime/core/json.ts';
import { bad, type Finding, ok, warning } from '../deploy/checks/finding.ts';
import { type CommandAws, queueAttributes } from '../deployed.ts';
import { sentenceOf } from '../said.ts';
import type { DeployedReplies } from './deployed.ts';

interface Mapping {
  readonly EventSourceArn?: string;
  readonly State?: string;
  readonly BatchSize?: number;
  readonly FunctionResponseTypes?: readonly string[];
}

/** The worker's event source: the channel queue, enabled, one message at a time, answered item by item. */
export async function triggerFindings(
  { names, config }: DeployedReplies,
  aws: CommandAws,
): Promise<readonly Finding[]> {
  const lambda = await aws.lambda();
  const command = new ListEventSourceMappingsCommand({ FunctionName: names.worker });
  const { EventSourceMappings } = await callAws(aws.clock, 'lambda:ListEventSourceMappings', () =>
    lambda.send(command),
  );
  const { QueueArn } = await queueAttributes(config.whatsappQueueUrl, aws);
  const mappings = asList(EventSourceMappings) as readonly Mapping[];
  const mapping = mappings.find(({ EventSourceArn }) => EventSourceArn === QueueArn);
  const fix = 'Deploy the module again: terraform apply.';
  if (!mapping) return [bad('trigger', `nothing brings messages of ${QueueArn} to ${names.worker}`, fix)];
  const faults = [
    mapping.State !== 'Enabled' && `its state is ${mapping.State}`,
    mapping.BatchSize !== 1 && `its batch size is ${mapping.BatchSize}, not 1`,
    !mapping.FunctionResponseTypes?.includes('ReportBatchItemFailures') &&
      'ReportBatchItemFailures is off: each failure is deleted as a success',
  ].filter((fault) => typeof fault === 'string');
  if (faults.length > 0) return [bad('trigger', `the event source mapping: ${faults.join('; ')}`, fix)];
  return [ok('trigger', `${names.worker} takes one message at a time and answers for each`)];
}

/** A turn that is put off makes a chain of messages, which Lambda cuts unless it is allowed (contract replies §5.2). */
export async function recursionFinding({ names }: DeployedReplies, aws: CommandAws): Promise<Finding> {
  const lambda = await aws.lambda();
  const command = new GetFunctionRecursionConfigCommand({ FunctionName: names.worker });
  const fix = 'Set recursive_loop = "Allow" for the worker: its own limits bound the chain.';
  try {
    const { RecursiveLoop } = await callAws(aws.clock, 'lambda:GetFunctionRecursionConfig', () =>
      lambda.send(command),
    );
    const text = `chains of the worker: ${RecursiveLoop}`;
    return RecursiveLoop === 'Allow' ? ok('recursion', text) : bad('recursion', text, fix);
  } catch (error) {
    return warning(
      'recursion',
      sentenceOf(error),
      'Look at it in the console: Lambda, the worker, Concurrency.',
    );
  }
}
