import { GetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import { type AwsClient, callAws } from '../../runtime/core/aws-errors.ts';
import type { Clock } from '../../runtime/core/clock.ts';
import { describeError } from '../../runtime/core/errors.ts';
import type { DeployedBot } from '../deployed-bot.ts';
import type { QueueView } from './views.ts';

/** How many messages wait where. One that cannot be read says why. */
export function readQueues(
  { queueUrl, deadLetterUrl }: Pick<DeployedBot, 'queueUrl' | 'deadLetterUrl'>,
  sqs: AwsClient,
  clock: Clock,
): Promise<readonly QueueView[]> {
  const queues = [
    ...(queueUrl ? [{ kind: 'jobs', url: queueUrl } as const] : []),
    ...(deadLetterUrl ? [{ kind: 'dead letters', url: deadLetterUrl } as const] : []),
  ];
  return Promise.all(queues.map(({ kind, url }) => queueView(kind, url, sqs, clock)));
}

async function queueView(
  kind: QueueView['kind'],
  url: string,
  sqs: AwsClient,
  clock: Clock,
): Promise<QueueView> {
  const name = url.split('/').at(-1) ?? url;
  const command = new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...ATTRIBUTES] });
  try {
    const { Attributes = {} } = await callAws(clock, 'sqs:GetQueueAttributes', () => sqs.send(command));
    const [visible = 0, inFlight = 0, delayed = 0] = ATTRIBUTES.map((each) => Number(Attributes[each] ?? 0));
    return { kind, name, visible, inFlight, delayed };
  } catch (error) {
    return { kind, name, visible: 0, inFlight: 0, delayed: 0, error: describeError(error) };
  }
}

const ATTRIBUTES = [
  'ApproximateNumberOfMessages',
  'ApproximateNumberOfMessagesNotVisible',
  'ApproximateNumberOfMessagesDelayed',
] as const;
