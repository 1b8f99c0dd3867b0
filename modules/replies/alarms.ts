import type { Construct } from 'constructs';
import { type Alarm, Alarms, logMetric, type Metric } from '../parts/alarms.ts';
import { attribute } from '../parts/optional.ts';
import type { Replies, RepliesValues } from './index.ts';
import type { Names } from './names.ts';

/** What the alarms are about. */
export interface Subject {
  readonly values: RepliesValues;
  readonly names: Names;
  readonly parts: Pick<Replies, 'queues' | 'worker' | 'alarmTopicArn'>;
}

const MINUTE_SECONDS = 60;

/** The alarms of contract replies §10. Each has an entry in the runbook. */
export function addAlarms(scope: Construct, subject: Subject): void {
  const { values, names, parts } = subject;
  const critical: Metric = { namespace: names.metricsNamespace, metricName: 'WorkerCriticalCount' };
  logMetric(scope, 'worker_critical', {
    when: values.alarms,
    logGroupName: attribute(parts.worker.logGroup, 'name'),
    pattern: '{ $.level = "CRITICAL" }',
    metric: critical,
  });
  const list = [
    {
      id: 'worker_critical',
      description: 'The worker met something that only an operator can mend. The log tells what.',
      metrics: [critical],
      threshold: 0,
    },
    ...functionAlarms(subject),
    ...quietAlarms(subject),
    ...queueAlarms(subject),
    ...apiAlarms(subject),
    ...eventAlarms(subject),
  ];
  const { deployment: name } = names;
  new Alarms(scope, 'alarm', { when: values.alarms, name, topicArn: parts.alarmTopicArn, alarms: list });
}

const ofFunction = (metricName: string, FunctionName: string): Metric => ({
  namespace: 'AWS/Lambda',
  metricName,
  dimensions: { FunctionName },
});

function functionAlarms({ names }: Subject): readonly Alarm[] {
  const of = ofFunction;
  const often = { threshold: 5, periodSeconds: MINUTE_SECONDS, periods: 5 };
  return [
    {
      id: 'worker_errors',
      description: 'Runs of the worker failed or ran out of time. Their triggers come again.',
      metrics: [of('Errors', names.worker)],
      threshold: 0,
    },
    {
      id: 'worker_errors_lasting',
      title: 'ReplyProcessorLambdaErrors',
      description: 'The worker has failed for five minutes, more than five times in each.',
      metrics: [of('Errors', names.worker)],
      ...often,
    },
    {
      id: 'worker_throttles',
      description: 'The worker had no free concurrency.',
      metrics: [of('Throttles', names.worker)],
      threshold: 0,
    },
    {
      id: 'webhook_errors_lasting',
      title: 'stagingLambdaErrors',
      description: 'The webhook has failed for five minutes, more than five times in each.',
      metrics: [of('Errors', names.webhook)],
      ...often,
    },
    {
      id: 'webhook_throttles',
      description: 'The webhook had no free concurrency. Twilio may not send again what it missed.',
      metrics: [of('Throttles', names.webhook)],
      threshold: 0,
    },
    {
      id: 'sweeper_errors',
      description: 'The sweeper failed: what a crash leaves undone stays undone meanwhile.',
      metrics: [of('Errors', names.sweeper)],
      threshold: 0,
    },
  ];
}

function quietAlarms({ values, names }: Subject): readonly Alarm[] {
  const quiet = { when: values.steadyTraffic, threshold: 1, ringsBelow: true };
  return [
    {
      id: 'webhook_quiet',
      description: 'No webhook has come for 15 minutes, though traffic is steady.',
      metrics: [ofFunction('Invocations', names.webhook)],
      periodSeconds: 15 * MINUTE_SECONDS,
      ...quiet,
    },
    {
      id: 'worker_quiet',
      description: 'The worker has not run for 30 minutes, though traffic is steady.',
      metrics: [ofFunction('Invocations', names.worker)],
      periodSeconds: 30 * MINUTE_SECONDS,
      ...quiet,
    },
  ];
}

function queueAlarms({ parts: { queues } }: Subject): readonly Alarm[] {
  const of = (metricName: string, queue: Replies['queues']['dead']): readonly Metric[] => [
    { namespace: 'AWS/SQS', metricName, dimensions: { QueueName: attribute(queue, 'name') } },
  ];
  const most = { statistic: 'Maximum', periodSeconds: MINUTE_SECONDS };
  return [
    {
      id: 'dead_letters',
      description:
        'Turns failed as often as they may and lie in the dead-letter queue. See hookline replies redrive.',
      metrics: of('ApproximateNumberOfMessagesVisible', queues.dead),
      statistic: 'Maximum',
      threshold: 0,
    },
    {
      id: 'backlog',
      description: 'More than 100 triggers have waited for five minutes.',
      metrics: of('ApproximateNumberOfMessagesVisible', queues.channel),
      ...most,
      periods: 5,
      threshold: 100,
    },
    {
      id: 'oldest_message',
      description: 'A trigger has waited for more than an hour.',
      metrics: of('ApproximateAgeOfOldestMessage', queues.channel),
      statistic: 'Maximum',
      threshold: 3_600,
    },
    {
      id: 'in_flight',
      description: 'More than 50 triggers have been worked on, or hidden, for ten minutes.',
      metrics: of('ApproximateNumberOfMessagesNotVisible', queues.channel),
      ...most,
      periods: 10,
      threshold: 50,
    },
    {
      id: 'human_queue',
      description: 'More than 50 messages wait for a person.',
      metrics: of('ApproximateNumberOfMessagesVisible', queues.handoff),
      statistic: 'Maximum',
      threshold: 50,
    },
  ];
}

function apiAlarms({ names }: Subject): readonly Alarm[] {
  const of = (metricName: string): readonly Metric[] => [
    {
      namespace: 'AWS/ApiGateway',
      metricName,
      dimensions: { ApiName: names.api, Stage: names.environment },
    },
  ];
  return [
    {
      id: 'api_client_errors',
      description:
        'More than ten requests in five minutes were refused: a wrong setting at Twilio, or someone trying.',
      metrics: of('4XXError'),
      threshold: 10,
    },
    {
      id: 'api_failures',
      description: 'Webhooks were answered with 5xx. Twilio sends them again only where its URL says so.',
      metrics: of('5XXError'),
      threshold: 0,
    },
    {
      id: 'api_slow',
      description: 'Webhooks take more than a second (p95).',
      metrics: of('Latency'),
      statistic: 'p95',
      threshold: 1_000,
    },
  ];
}

/** What the functions count themselves. */
function eventAlarms({ names }: Subject): readonly Alarm[] {
  const of = (metricName: string): readonly Metric[] => [{ namespace: names.metricsNamespace, metricName }];
  return [
    {
      id: 'final_update_failures',
      title: 'DynamoDBFinalUpdateFailures',
      description: 'A reply was sent and could not be recorded. The commit is tried again.',
      metrics: of('DynamoDBFinalUpdateFailures'),
      periodSeconds: MINUTE_SECONDS,
      threshold: 0,
    },
    {
      id: 'credential_lookup_not_found',
      title: 'CredentialLookupNotFoundCount',
      description: 'More than ten webhooks in five minutes were for company numbers that no record has.',
      metrics: of('CredentialLookupNotFoundCount'),
      threshold: 10,
    },
    {
      id: 'invalid_signature',
      title: 'InvalidSignatureCount',
      description: 'A webhook had a wrong signature or account: a wrong token or URL, or someone trying.',
      metrics: of('InvalidSignatureCount'),
      periodSeconds: MINUTE_SECONDS,
      threshold: 0,
    },
    {
      id: 'secret_fetch_failed',
      title: 'SecretFetchFailedCount',
      description: 'A secret is missing, denied or malformed.',
      metrics: of('SecretFetchFailedCount'),
      threshold: 0,
    },
    {
      id: 'heartbeat_failures',
      title: 'HeartbeatFailures',
      description: 'The worker could not keep its message hidden. The fence still keeps others out.',
      metrics: of('HeartbeatFailures'),
      threshold: 0,
    },
  ];
}
