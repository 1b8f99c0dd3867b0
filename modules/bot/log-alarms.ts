import type { Construct } from 'constructs';
import { type Alarm, logMetric, type Metric } from '../parts/alarms.ts';
import { all, attribute, choose, named, not } from '../parts/optional.ts';
import type { Subject } from './alarms.ts';

/** Refused webhooks in five minutes: more than a wrong secret being tried out by hand. */
const FORBIDDEN_BURST = 20;
/** Failed attempts in five minutes: more than the retries of one message of the queue. */
const FAILED_ATTEMPTS = 4;

/** Filter patterns over the JSON of a log line. */
const LINES = {
  forbidden: '{ $.message = "webhook_answered" && $.status = 403 }',
  failedStatus: '{ $.message = "status_failed" }',
  failedAttempt: '{ $.message = "worker_job_finished" && $.status = "failed" }',
  // A failed status is captured, too, and has an alarm of its own.
  failedEvent: '{ $.message = "failed_event_captured" && $.reason != "status_failed" }',
  critical: '{ $.level = "CRITICAL" }',
} as const;

type Metrics = Readonly<Record<keyof typeof LINES, Metric>>;

/** What only log lines tell, counted by metric filters. */
export function logAlarms(scope: Construct, subject: Subject): readonly Alarm[] {
  const counted = (metricName: string): Metric => ({
    namespace: 'hookline',
    metricName: `${subject.values.name}-${metricName}`,
  });
  const metrics: Metrics = {
    forbidden: counted('forbidden'),
    failedStatus: counted('failed-statuses'),
    failedAttempt: counted('failed-attempts'),
    failedEvent: counted('failed-events'),
    critical: counted('operator-needed'),
  };
  countLines(scope, subject, metrics);
  return [
    {
      id: 'forbidden_burst',
      description: 'Many webhooks with a wrong signature or secret: a wrong setting, or someone trying.',
      metrics: [metrics.forbidden],
      threshold: FORBIDDEN_BURST,
    },
    {
      id: 'failed_statuses',
      description: 'WhatsApp reported messages that it could not deliver.',
      metrics: [metrics.failedStatus],
      threshold: 0,
    },
    {
      id: 'failed_attempts',
      description: 'Several attempts at messages failed. They are tried again; the log tells why.',
      metrics: [metrics.failedAttempt],
      threshold: FAILED_ATTEMPTS,
    },
    {
      id: 'failed_events',
      description: 'Something was given up and captured, such as a reply that the platform refused.',
      metrics: [metrics.failedEvent],
      threshold: 0,
    },
    {
      id: 'operator_needed',
      description: 'Something that only an operator can mend, such as an expired token. The log tells what.',
      metrics: [metrics.critical],
      threshold: 0,
    },
  ];
}

function countLines(scope: Construct, { values, parts }: Subject, metrics: Metrics): void {
  const { alarms, singleFunction } = values;
  const workerLog = attribute(parts.worker.logGroup, 'name');
  const ingressLog = attribute(parts.ingress.logGroup, 'name');
  const frontLog = named(scope, 'front_log', choose(singleFunction, workerLog, ingressLog));
  const count = (id: string, line: keyof typeof LINES, logGroupName: string, when = alarms) =>
    logMetric(scope, id, { when, logGroupName, pattern: LINES[line], metric: metrics[line] });
  count('forbidden', 'forbidden', frontLog);
  count('failed_statuses', 'failedStatus', frontLog);
  count('failed_attempts', 'failedAttempt', workerLog);
  // A single function has one log, which must not be counted twice.
  const split = all(alarms, not(singleFunction));
  for (const [id, line] of [
    ['critical', 'critical'],
    ['failed_events', 'failedEvent'],
  ] as const) {
    count(`worker_${id}`, line, workerLog);
    count(`ingress_${id}`, line, ingressLog, split);
  }
}
