import type { DetectorConfig } from '../../runtime/files/config.ts';
import { bad, type Finding, ok, warning } from '../deploy/checks/finding.ts';
import { type CommandAws, queueAttributes, queueUrlOf } from '../deployed.ts';

/** Invocations that failed, and what could not be worked at all. */
export async function failureFindings(
  { failureQueueUrl, dispatchQueueUrl }: DetectorConfig,
  aws: CommandAws,
): Promise<readonly Finding[]> {
  const fix = 'Set SAGE_FAILURE_QUEUE_URL: what Lambda drops is found late without it.';
  if (failureQueueUrl === undefined) return [warning('failures', 'the detector has no failure queue', fix)];
  const attributes = await queueAttributes(failureQueueUrl, aws);
  const waiting = depthOf(attributes);
  const failures =
    waiting === 0
      ? ok('failures', 'none wait')
      : warning('failures', `${waiting} wait`, 'The detector takes them once a minute: see its heartbeat.');
  const dead = [await deadFinding(failureQueueUrl, aws)];
  if (dispatchQueueUrl !== undefined) dead.push(await deadFinding(dispatchQueueUrl, aws));
  return [failures, ...dead];
}

async function deadFinding(url: string, aws: CommandAws): Promise<Finding> {
  const name = url.split('/').at(-1);
  const { RedrivePolicy = '' } = await queueAttributes(url, aws);
  const deadName = /"deadLetterTargetArn"\s*:\s*"[^"]*:([^":]+)"/.exec(RedrivePolicy)?.[1];
  const deadUrl = deadName === undefined ? undefined : await queueUrlOf(deadName, aws);
  if (deadUrl === undefined)
    return bad('dead letters', `${name} has no dead-letter queue`, 'Deploy the module again.');
  const depth = depthOf(await queueAttributes(deadUrl, aws));
  if (depth === 0) return ok('dead letters', `none in ${deadName}`);
  const fix = 'Read them: nobody else does. Their executions come again by themselves.';
  return bad('dead letters', `${depth} in ${deadName}`, fix);
}

const depthOf = (attributes: Readonly<Record<string, string>>): number =>
  Number(attributes.ApproximateNumberOfMessages ?? 0);
