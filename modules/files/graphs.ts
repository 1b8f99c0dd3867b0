import type { Graph } from '../parts/dashboard.ts';
import type { Names } from './names.ts';

const NAMESPACE = 'SAGE';
const DAY_SECONDS = 86_400;

/** Metrics of the runtime, with the dimensions that it writes. */
function own(environment: string) {
  const ofAll = (metric: string, options: object = {}) => [
    NAMESPACE,
    metric,
    'Environment',
    environment,
    options,
  ];
  const of = (metric: string, target: string, options: object = {}) => [
    ...ofAll(metric).slice(0, 2),
    'Target',
    target,
    'Environment',
    environment,
    { label: target, ...options },
  ];
  return { of, ofAll };
}

/** What `sage-operations` shows (contract files §9): the four stated panels first. */
export const filesGraphs = (names: Names, environment: string): readonly Graph[] => [
  ...statedGraphs(environment),
  ...loadGraphs(names, environment),
  ...troubleGraphs(names, environment),
];

function statedGraphs(environment: string): readonly Graph[] {
  const { of, ofAll } = own(environment);
  const ends = ['ExecutionsSucceeded', 'ExecutionsPartial', 'ExecutionsRejected', 'ExecutionsErrored'];
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
      metrics: [of('ProcessingTime', 'local'), of('ProcessingTime', 'lambda'), ...percentiles],
    },
    { title: 'Success and failure', isStacked: true, metrics: ends.map((metric) => ofAll(metric)) },
    { title: 'Cost a day (USD)', periodSeconds: DAY_SECONDS, metrics: [ofAll('CostUsd')] },
  ];
}

function loadGraphs(names: Names, environment: string): readonly Graph[] {
  const { ofAll } = own(environment);
  const ofFunction = (metric: string) => ['AWS/Lambda', metric, 'FunctionName', names.processor];
  return [
    {
      title: 'Executions that wait, and the age of the oldest (s)',
      statistic: 'Maximum',
      metrics: [ofAll('QueueDepth'), ofAll('OldestPendingSeconds', { yAxis: 'right' })],
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
      metrics: [ofAll('RowsProcessed'), ofAll('BytesProcessed', { yAxis: 'right' })],
    },
    {
      title: 'Memory used (%) and cold starts',
      statistic: 'Maximum',
      metrics: [ofAll('MemoryUsedPercent'), ofAll('ColdStarts', { stat: 'Sum', yAxis: 'right' })],
    },
  ];
}

function troubleGraphs(names: Names, environment: string): readonly Graph[] {
  const { ofAll } = own(environment);
  const each = (...metrics: readonly string[]) => metrics.map((metric) => ofAll(metric));
  return [
    {
      title: 'Locks: taken over, lost, not released; repeated and late events',
      metrics: each('LockTakeover', 'LockLost', 'LockReleaseFailed', 'DuplicateDelivery', 'SupersededEvent'),
    },
    {
      title: 'Stuck, retried, dead',
      metrics: each('StaleExecutions', 'ExecutionsRetried', 'ExecutionsDead'),
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
