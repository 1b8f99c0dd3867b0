import type { Construct } from 'constructs';
import type { FilesMetric } from '../../runtime/files/config.ts';
import { type Alarm, Alarms, type Metric } from '../parts/alarms.ts';
import { attribute, choose, expression, given, hcl, type Settable, unwrap } from '../parts/optional.ts';
import { METRICS_NAMESPACE } from './graphs.ts';
import type { Files, FilesValues } from './index.ts';
import type { Names } from './names.ts';

/** What the alarms are about. */
export interface Subject {
  readonly values: FilesValues;
  readonly names: Names;
  readonly parts: Pick<Files, 'queues' | 'alarmTopicArn'>;
}

const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
/** Share of the reserved concurrency above which the alarm rings. */
const CONCURRENCY_SHARE = 0.9;

/** The alarms of contract files §9. Each has an entry in the runbook. */
export function addAlarms(scope: Construct, subject: Subject): void {
  const { values, parts } = subject;
  const list = [
    ...statedAlarms(subject),
    ...lostAlarms(subject),
    ...stuckAlarms(subject),
    ...lockAlarms(subject),
  ];
  const alarms = list.map((alarm) => ({ ...alarm, description: withRunbook(alarm, values) }));
  new Alarms(scope, 'alarm', {
    when: values.alarms,
    name: values.name,
    topicArn: parts.alarmTopicArn,
    alarms,
  });
}

function withRunbook({ id, description }: Alarm, { runbookUrl }: FilesValues): string {
  const link = `${unwrap(runbookUrl) ?? ''}#${id.replaceAll('_', '-')}`;
  return choose(given(runbookUrl), `${description} ${link}`, description);
}

const ofFunction = (metricName: string, { names }: Subject): readonly Metric[] => [
  { namespace: 'AWS/Lambda', metricName, dimensions: { FunctionName: names.processor } },
];

/** Of local runs and of those on Lambda together. */
const own = (metricName: FilesMetric, { values }: Subject): readonly Metric[] =>
  ['local', 'lambda'].map((Target) => ({
    namespace: METRICS_NAMESPACE,
    metricName,
    dimensions: { Target, Environment: values.environmentName },
  }));

/** Thresholds as the contract states them. */
function statedAlarms(subject: Subject): readonly Alarm[] {
  const reserved = subject.values.reservedConcurrency;
  return [
    {
      id: 'errors',
      description:
        'The function failed more than five times in five minutes. The detector runs what failed again.',
      metrics: ofFunction('Errors', subject),
      threshold: 5,
    },
    {
      id: 'duration',
      description: 'A run took more than ten minutes; fifteen are the most that Lambda gives.',
      metrics: ofFunction('Duration', subject),
      statistic: 'Maximum',
      threshold: 600_000,
    },
    {
      id: 'concurrency',
      description: 'More than 90 % of the reserved concurrency is in use.',
      when: given(reserved),
      metrics: ofFunction('ConcurrentExecutions', subject),
      statistic: 'Maximum',
      periodSeconds: MINUTE_SECONDS,
      periods: 5,
      periodsAbove: 3,
      threshold: nineTenths(unwrap(reserved) ?? 0),
    },
    {
      id: 'executions_errored',
      description: 'More than five executions failed in five minutes, other than by their data.',
      metrics: own('ExecutionsErrored', subject),
      threshold: 5,
    },
  ];
}

const nineTenths = (reserved: Settable<number>): Settable<number> =>
  typeof reserved === 'number'
    ? Math.round(reserved * CONCURRENCY_SHARE * 10) / 10
    : expression(`${CONCURRENCY_SHARE} * ${hcl(reserved)}`);

function lostAlarms(subject: Subject): readonly Alarm[] {
  return [
    {
      id: 'events_dropped',
      description: 'Lambda dropped an execution’s event. The detector finds the execution and runs it again.',
      metrics: ofFunction('AsyncEventsDropped', subject),
      threshold: 0,
    },
    {
      id: 'events_late',
      description:
        'Executions wait more than four minutes for free concurrency; after five their events are dropped.',
      metrics: ofFunction('AsyncEventAge', subject),
      statistic: 'Maximum',
      threshold: 240_000,
    },
    {
      id: 'throttles',
      description: 'For five minutes the function has had too little free concurrency.',
      metrics: ofFunction('Throttles', subject),
      periodSeconds: MINUTE_SECONDS,
      periods: 5,
      threshold: 0,
    },
    {
      id: 'destination_failures',
      description:
        'Lambda could not put a failed invocation into the queue of failures: its role or the queue’s key.',
      metrics: ofFunction('DestinationDeliveryFailures', subject),
      threshold: 0,
    },
  ];
}

function stuckAlarms(subject: Subject): readonly Alarm[] {
  const ofQueue = (queue: Files['queues']['failures']): readonly Metric[] => [
    {
      namespace: 'AWS/SQS',
      metricName: 'ApproximateNumberOfMessagesVisible',
      dimensions: { QueueName: attribute(queue, 'name') },
    },
  ];
  const { queues } = subject.parts;
  return [
    {
      id: 'stale_executions',
      description: 'For ten minutes there have been executions whose run is silent.',
      metrics: own('StaleExecutions', subject),
      periods: 2,
      threshold: 0,
    },
    {
      id: 'failures_waiting',
      description: 'Failed invocations have waited for 15 minutes: the detector does not take them.',
      metrics: ofQueue(queues.failures),
      statistic: 'Minimum',
      periodSeconds: 15 * MINUTE_SECONDS,
      threshold: 0,
    },
    {
      id: 'dead_failures',
      description: 'The detector could not read failed invocations; they lie in the dead-letter queue.',
      metrics: ofQueue(queues.deadFailures),
      statistic: 'Maximum',
      threshold: 0,
    },
    {
      id: 'dead_executions',
      description: 'An execution failed as often as it may. See hookline files redrive.',
      metrics: own('ExecutionsDead', subject),
      periodSeconds: MINUTE_SECONDS,
      threshold: 0,
    },
    {
      id: 'detector_silent',
      description: 'The detector has not run for five minutes: nothing that fails is run again.',
      metrics: own('DetectorHeartbeat', subject),
      threshold: 1,
      ringsBelow: true,
    },
  ];
}

function lockAlarms(subject: Subject): readonly Alarm[] {
  const { dailyBudgetUsd } = subject.values;
  return [
    {
      id: 'lock_takeovers',
      description:
        'Three runs in an hour died without freeing their lock: killed, out of memory or out of time.',
      metrics: own('LockTakeover', subject),
      periodSeconds: 60 * MINUTE_SECONDS,
      threshold: 2,
    },
    {
      id: 'daily_cost',
      description: 'The function costs more a day than its budget.',
      when: given(dailyBudgetUsd),
      metrics: own('RunCost', subject),
      periodSeconds: DAY_SECONDS,
      threshold: unwrap(dailyBudgetUsd) ?? 0,
    },
  ];
}
