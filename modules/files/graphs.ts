import type { FilesMetric } from '../../runtime/files/config.ts';
import type { Graph } from '../parts/dashboard.ts';
import type { Names } from './names.ts';

/** CloudWatch namespace of what the runtime counts (contract files §9). */
export const METRICS_NAMESPACE = 'SAGE';
const DAY_SECONDS = 86_400;

const TARGETS = ['local', 'lambda'] as const;

/** Metrics of the runtime, with the dimensions that it writes. */
function own(environment: string) {
  const of = (metric: FilesMetric, target: (typeof TARGETS)[number], options: object = {}) => [
    METRICS_NAMESPACE,
    metric,
    'Target',
    target,
    'Environment',
    environment,
    { label: `${metric} ${target}`, ...options },
  ];
  const both = (metric: FilesMetric, options: object = {}) =>
    TARGETS.map((target) => of(metric, target, options));
  return { of, both };
}

/** What `sage-operations` shows (contract files §9): the four stated panels first. */
export const filesGraphs = (names: Names, environment: string): readonly Graph[] => [
  ...statedGraphs(environment),
  ...loadGraphs(names, environment),
  ...troubleGraphs(names, environment),
];

function statedGraphs(environment: string): readonly Graph[] {
  const { of, both } = own(environment);
  const ends = [
    'ExecutionsSucceeded',
    'ExecutionsPartial',
    'ExecutionsRejected',
    'ExecutionsErrored',
  ] as const;
  const percentiles = ['p50', 'p95', 'p99'].map((stat) =>
    of('ProcessingTime', 'lambda', { stat, label: `lambda ${stat}` }),
  );
  return [
    {
      title: 'Local and Lambda: executions started, and the share of Lambda (%)',
      isStacked: true,
      metrics: [
        of('ExecutionsStarted', 'local', { id: 'local' }),
        of('ExecutionsStarted', 'lambda', { id: 'lambda' }),
        [{ expression: '100 * lambda / (local + lambda)', label: 'Lambda %', yAxis: 'right' }],
      ],
    },
    {
      title: 'Processing time: mean, p50, p95, p99 (ms)',
      statistic: 'Average',
      metrics: [...both('ProcessingTime'), ...percentiles],
    },
    { title: 'Success and failure', isStacked: true, metrics: ends.flatMap((metric) => both(metric)) },
    { title: 'Cost a day (USD)', periodSeconds: DAY_SECONDS, metrics: both('RunCost') },
  ];
}

function loadGraphs(names: Names, environment: string): readonly Graph[] {
  const { of, both } = own(environment);
  const ofFunction = (metric: string) => ['AWS/Lambda', metric, 'FunctionName', names.processor];
  return [
    {
      title: 'Executions that wait, and the age of the oldest (s)',
      statistic: 'Maximum',
      metrics: [...both('QueueDepth'), ...both('QueueAge', { yAxis: 'right' })],
    },
    {
      title: 'Concurrency, throttles, events that wait (ms)',
      statistic: 'Maximum',
      metrics: [
        ofFunction('ConcurrentExecutions'),
        ofFunction('Throttles'),
        [...ofFunction('AsyncEventAge'), { yAxis: 'right' }],
      ],
    },
    {
      title: 'Rows and bytes',
      metrics: [...both('Rows'), ...both('Bytes', { yAxis: 'right' })],
    },
    {
      title: 'Memory used (%) and cold starts',
      statistic: 'Maximum',
      metrics: [of('MemoryUsed', 'lambda'), of('ColdStarts', 'lambda', { stat: 'Sum', yAxis: 'right' })],
    },
  ];
}

function troubleGraphs(names: Names, environment: string): readonly Graph[] {
  const { both } = own(environment);
  const each = (...metrics: readonly FilesMetric[]) => metrics.flatMap((metric) => both(metric));
  return [
    {
      title: 'Locks: taken over, lost, not released; repeated and late events',
      metrics: each('LockTakeover', 'LockLost', 'LockReleaseFailed', 'DuplicateDelivery', 'SupersededEvent'),
    },
    {
      title: 'Stuck, retried, dead',
      metrics: each('StaleExecutions', 'Retries', 'ExecutionsDead'),
    },
    {
      title: 'Failed invocations that wait, and dead ones',
      statistic: 'Maximum',
      metrics: [names.failures, names.deadFailures].map((name) => [
        'AWS/SQS',
        'ApproximateNumberOfMessagesVisible',
        'QueueName',
        name,
      ]),
    },
  ];
}
