import type { Graph } from '../parts/dashboard.ts';

/** What the dashboard shows. By name, so that a graph of what a bot does not have is simply empty. */
export function botGraphs(name: string): readonly Graph[] {
  const ofFunction = (metric: string, part: string) => [
    'AWS/Lambda',
    metric,
    'FunctionName',
    `${name}-${part}`,
  ];
  const both = (metric: string) => [ofFunction(metric, 'ingress'), ofFunction(metric, 'worker')];
  const ofQueue = (metric: string, queue: string) => ['AWS/SQS', metric, 'QueueName', `${name}-${queue}`];
  const locks = ['TableName', `${name}-locks`];
  return [
    { title: 'Runs', metrics: both('Invocations') },
    { title: 'Failures', metrics: [...both('Errors'), ...both('Throttles')] },
    { title: 'Duration, p95 (ms)', metrics: both('Duration'), statistic: 'p95' },
    {
      title: 'Webhooks refused, messages not delivered, operator needed',
      metrics: ['forbidden', 'failed-statuses', 'operator-needed'].map((metric) => [
        'hookline',
        `${name}-${metric}`,
      ]),
    },
    {
      title: 'Waiting and dead messages',
      metrics: ['jobs.fifo', 'dead.fifo', 'dead'].map((queue) =>
        ofQueue('ApproximateNumberOfMessagesVisible', queue),
      ),
      statistic: 'Maximum',
    },
    {
      title: 'Age of the oldest message (s)',
      metrics: [ofQueue('ApproximateAgeOfOldestMessage', 'jobs.fifo')],
      statistic: 'Maximum',
    },
    {
      title: 'Lock table (capacity units)',
      metrics: [
        ['AWS/DynamoDB', 'ConsumedWriteCapacityUnits', ...locks],
        ['AWS/DynamoDB', 'ConsumedReadCapacityUnits', ...locks],
      ],
    },
  ];
}
