import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { callAws } from '../../runtime/core/aws-errors.ts';
import { asList, asNumber, asRecord } from '../../runtime/core/json.ts';
import { type CommandAws, queueAttributes } from '../deployed.ts';

export interface QueueStatus {
  readonly name: string;
  readonly kind: 'work' | 'dead letters' | 'people';
  readonly waiting: number;
  readonly inFlight: number;
  readonly delayed: number;
  /** Age of the oldest message; undefined: the queue is empty, or CloudWatch has no number yet. */
  readonly oldestSeconds: number | undefined;
}

/** What the modules call their queues. */
function kindOf(name: string): QueueStatus['kind'] {
  if (/(^|-)(dead|dlq)(-|\.|$)|DLQ$/.test(name)) return 'dead letters';
  return /human-?handoff/i.test(name) ? 'people' : 'work';
}

/** How many messages wait in a queue, and for how long. Throws `AwsCallError`. */
export async function queueStatus(name: string, url: string, aws: CommandAws): Promise<QueueStatus> {
  const attributes = await queueAttributes(url, aws);
  const count = (which: string) => Number(attributes[`ApproximateNumberOfMessages${which}`] ?? 0);
  const [waiting, inFlight, delayed] = [count(''), count('NotVisible'), count('Delayed')];
  const isEmpty = waiting + inFlight === 0;
  const oldestSeconds = isEmpty ? undefined : await oldestOf(name, aws);
  return { name, kind: kindOf(name), waiting, inFlight, delayed, oldestSeconds };
}

const WINDOW_MILLIS = 15 * 60_000;

/** SQS itself does not tell: CloudWatch does, some minutes late. */
async function oldestOf(QueueName: string, aws: CommandAws): Promise<number | undefined> {
  const cloudwatch = await aws.cloudwatch();
  const now = aws.clock.nowMillis();
  const command = new GetMetricStatisticsCommand({
    Namespace: 'AWS/SQS',
    MetricName: 'ApproximateAgeOfOldestMessage',
    Dimensions: [{ Name: 'QueueName', Value: QueueName }],
    StartTime: new Date(now - WINDOW_MILLIS),
    EndTime: new Date(now),
    Period: 60,
    Statistics: ['Maximum'],
  });
  const { Datapoints } = await callAws(aws.clock, 'cloudwatch:GetMetricStatistics', () =>
    cloudwatch.send(command),
  );
  const points = asList(Datapoints)
    .map(asRecord)
    .sort((a, b) => Number(a.Timestamp) - Number(b.Timestamp));
  return asNumber(points.at(-1)?.Maximum);
}
