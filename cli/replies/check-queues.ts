import { bad, type Finding, ok, warning } from '../deploy/checks/finding.ts';
import { type CommandAws, queueAttributes } from '../deployed.ts';
import { type DeployedReplies, deadLetterUrlOf } from './deployed.ts';

/** A message that is being worked on must not come to a second worker (contract replies §14). */
const MIN_VISIBILITY_SECONDS = 600;
/** As AWS advises: throttled deliveries wait inside it. */
const TIMEOUTS = 6;

/** Visibility timeout and redrive policy of the channel queue. */
export async function visibilityFindings(
  { config, worker }: DeployedReplies,
  aws: CommandAws,
): Promise<readonly Finding[]> {
  const { VisibilityTimeout, RedrivePolicy = '' } = await queueAttributes(config.whatsappQueueUrl, aws);
  const seconds = Number(VisibilityTimeout ?? 0);
  const least = Math.max(MIN_VISIBILITY_SECONDS, worker.timeoutSeconds);
  const text = `the channel queue hides a message for ${seconds} s, the worker's timeout is ${worker.timeoutSeconds} s`;
  const advised = TIMEOUTS * worker.timeoutSeconds;
  const visibility =
    seconds < least
      ? bad('visibility', text, `Set it to ${Math.max(advised, least)} s: less than ${least} s is unsafe.`)
      : seconds < advised
        ? warning('visibility', text, `${advised} s (${TIMEOUTS} times the timeout) is better.`)
        : ok('visibility', text);
  const receives = Number(/"maxReceiveCount"\s*:\s*"?(\d+)/.exec(RedrivePolicy)?.[1] ?? 0);
  return [visibility, redriveFinding(receives, config.maxReceiveCount)];
}

function redriveFinding(receives: number, expected: number): Finding {
  const text = `the channel queue puts a message away after ${receives} receives`;
  if (receives === 0)
    return bad('redrive', 'the channel queue has no dead-letter queue', 'Give it a redrive policy.');
  if (receives === expected) return ok('redrive', text);
  const fix = `Set MAX_RECEIVE_COUNT to ${receives}, or maxReceiveCount to ${expected}: the worker counts with it.`;
  return bad('redrive', `${text}, MAX_RECEIVE_COUNT is ${expected}`, fix);
}

const depthOf = async (url: string, aws: CommandAws): Promise<number> =>
  Number((await queueAttributes(url, aws)).ApproximateNumberOfMessages ?? 0);

/** Turns that failed every time wait for somebody. */
export async function deadLetterFinding(replies: DeployedReplies, aws: CommandAws): Promise<Finding> {
  const depth = await depthOf(await deadLetterUrlOf(replies, aws), aws);
  if (depth === 0) return ok('dead letters', 'none');
  const fix = 'Find the cause (hookline replies trace), mend it, then: hookline replies redrive --dry-run';
  return bad('dead letters', `${depth} triggers failed every time`, fix);
}

/** Conversations that wait for a person. */
export async function humanFinding({ config }: DeployedReplies, aws: CommandAws): Promise<Finding> {
  const depth = await depthOf(config.handoffQueueUrl, aws);
  if (depth === 0) return ok('human queue', 'nobody waits for a person');
  return warning('human queue', `${depth} messages wait for a person`, 'See: hookline replies handoff list');
}
