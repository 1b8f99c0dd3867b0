import type { Construct } from 'constructs';
import { type Alarm, Alarms, type Metric } from '../parts/alarms.ts';
import { attribute, type Condition, expression, hcl, not } from '../parts/optional.ts';
import type { Bot, BotValues } from './index.ts';
import { logAlarms } from './log-alarms.ts';

/** Share of the worker's timeout that a slow turn may take. */
const SLOW_SHARE = 0.8;
const OLDEST_MESSAGE_SECONDS = 300;

type Parts = Pick<Bot, 'api' | 'ingress' | 'worker' | 'queues' | 'lockTable'>;

/** What the alarms are about. */
export interface Subject {
  readonly values: BotValues;
  readonly isQueued: Condition;
  readonly parts: Parts;
}

/** The alarms of contract bot §14. Each has an entry in the runbook. */
export function addAlarms(scope: Construct, subject: Subject): void {
  const { alarms, name, alarmTopicArn } = subject.values;
  const list = [
    ...workerAlarms(subject),
    ...queueAlarms(subject),
    ...ingressAlarms(subject),
    ...logAlarms(scope, subject),
  ];
  new Alarms(scope, 'alarm', { when: alarms, name, topicArn: alarmTopicArn, alarms: list });
}

const ofFunction = (metricName: string, functionName: string): Metric => ({
  namespace: 'AWS/Lambda',
  metricName,
  dimensions: { FunctionName: functionName },
});

function workerAlarms({ values, isQueued }: Subject): readonly Alarm[] {
  const worker = `${values.name}-worker`;
  const { workerTimeoutSeconds: timeout } = values;
  const slowMillis =
    typeof timeout === 'number'
      ? timeout * 1000 * SLOW_SHARE
      : expression(`${hcl(timeout)} * 1000 * ${SLOW_SHARE}`);
  return [
    {
      id: 'worker_errors',
      description: 'Runs of the worker failed. They are tried again; the log tells why.',
      metrics: [ofFunction('Errors', worker)],
      threshold: 0,
    },
    {
      id: 'worker_throttles',
      description: 'The worker had no free concurrency.',
      metrics: [ofFunction('Throttles', worker)],
      threshold: 0,
    },
    {
      id: 'worker_slow',
      description: 'Turns take more than 80 % of the timeout of the worker (p95).',
      metrics: [ofFunction('Duration', worker)],
      statistic: 'p95',
      threshold: slowMillis,
    },
    {
      id: 'async_events_dropped',
      description: 'Messages handed to the worker ran out of attempts or of time.',
      when: not(isQueued),
      metrics: [ofFunction('AsyncEventsDropped', worker)],
      threshold: 0,
    },
  ];
}

function queueAlarms({ isQueued, parts: { queues, lockTable } }: Subject): readonly Alarm[] {
  const ofQueue = (metricName: string, queue: Bot['queues']['jobs']): Metric => ({
    namespace: 'AWS/SQS',
    metricName,
    dimensions: { QueueName: attribute(queue, 'name') },
  });
  const ofTable = (metricName: string): Metric => ({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensions: { TableName: lockTable.tableName },
  });
  return [
    {
      id: 'dead_letters',
      description:
        'Messages could not be answered and lie in the dead-letter queue. See hookline bot redrive.',
      metrics: [ofQueue('ApproximateNumberOfMessagesVisible', queues.dead)],
      statistic: 'Maximum',
      threshold: 0,
    },
    {
      id: 'oldest_message',
      description: 'A message has waited for more than five minutes.',
      when: isQueued,
      metrics: [ofQueue('ApproximateAgeOfOldestMessage', queues.jobs)],
      statistic: 'Maximum',
      threshold: OLDEST_MESSAGE_SECONDS,
    },
    {
      id: 'lock_table_throttles',
      description: 'DynamoDB throttled the lock table.',
      metrics: [ofTable('ReadThrottleEvents'), ofTable('WriteThrottleEvents')],
      threshold: 0,
    },
  ];
}

function ingressAlarms({ values, parts: { api } }: Subject): readonly Alarm[] {
  const failed = Object.entries(api.errorMetrics).map(([kind, { when, ...metric }]) => ({
    id: `webhook_failures_${kind}`,
    description: 'Webhooks were answered with 5xx. The provider sends them again for a while.',
    when,
    metrics: [metric],
    threshold: 0,
  }));
  return [
    ...failed,
    {
      id: 'ingress_throttles',
      description: 'The ingress had no free concurrency.',
      when: not(values.singleFunction),
      metrics: [ofFunction('Throttles', `${values.name}-ingress`)],
      threshold: 0,
    },
  ];
}
