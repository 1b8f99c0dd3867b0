import { CloudwatchLogMetricFilter } from '@cdktf/provider-aws/lib/cloudwatch-log-metric-filter';
import { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Construct } from 'constructs';
import {
  all,
  type Condition,
  choose,
  given,
  listOf,
  numberOf,
  type Optional,
  type Settable,
  unwrap,
  when,
} from './optional.ts';

export interface Metric {
  readonly namespace: string;
  readonly metricName: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

export interface Alarm {
  /** Last part of its name; the runbook has an entry under it. */
  readonly id: string;
  readonly description: string;
  /** Default: always. */
  readonly when?: Condition;
  /** Several are added up. */
  readonly metrics: readonly Metric[];
  /** Default: Sum. A percentile, such as p95, is one too. */
  readonly statistic?: string;
  /** It rings above this. */
  readonly threshold: Settable<number>;
}

export interface AlarmsProps {
  readonly when: Condition;
  readonly name: string;
  readonly topicArn: Optional<string>;
  readonly alarms: readonly Alarm[];
}

const PERIOD_SECONDS = 300;

/** CloudWatch alarms, named `<name>-<id>`. Where nothing happens, nothing is wrong. */
export class Alarms extends Construct {
  constructor(scope: Construct, id: string, props: AlarmsProps) {
    super(scope, id);
    const arn = unwrap(props.topicArn);
    const topics = arn === undefined ? [] : choose(given(props.topicArn), [arn], []);
    for (const alarm of props.alarms) {
      when(
        all(props.when, alarm.when ?? true),
        (count) =>
          new CloudwatchMetricAlarm(this, alarm.id, {
            alarmName: `${props.name}-${alarm.id.replaceAll('_', '-')}`,
            alarmDescription: alarm.description,
            comparisonOperator: 'GreaterThanThreshold',
            threshold: numberOf(alarm.threshold),
            evaluationPeriods: 1,
            treatMissingData: 'notBreaching',
            alarmActions: listOf(topics),
            okActions: listOf(topics),
            ...measured(alarm),
            ...count,
          }),
      );
    }
  }
}

function measured({ metrics, statistic = 'Sum' }: Alarm) {
  const period = PERIOD_SECONDS;
  const [only, ...others] = metrics;
  if (only && others.length === 0) {
    const kind = statistic.startsWith('p') ? { extendedStatistic: statistic } : { statistic };
    return { namespace: only.namespace, metricName: only.metricName, ...dimensionsOf(only), period, ...kind };
  }
  const queries = metrics.map((metric, index) => ({
    id: `m${index}`,
    metric: {
      namespace: metric.namespace,
      metricName: metric.metricName,
      ...dimensionsOf(metric),
      period,
      stat: statistic,
    },
  }));
  const sum = queries.map(({ id }) => `FILL(${id}, 0)`).join(' + ');
  return { metricQuery: [...queries, { id: 'total', expression: sum, label: 'total', returnData: true }] };
}

const dimensionsOf = ({ dimensions }: Metric) => (dimensions ? { dimensions } : {});

export interface LogMetricProps {
  readonly when: Condition;
  readonly logGroupName: string;
  /** CloudWatch's filter pattern over the JSON of a line. */
  readonly pattern: string;
  readonly metric: Metric;
}

/** Counts log lines that match a pattern. */
export const logMetric = (scope: Construct, id: string, props: LogMetricProps) =>
  when(
    props.when,
    (count) =>
      new CloudwatchLogMetricFilter(scope, id, {
        name: props.metric.metricName,
        logGroupName: props.logGroupName,
        pattern: props.pattern,
        metricTransformation: {
          namespace: props.metric.namespace,
          name: props.metric.metricName,
          value: '1',
          defaultValue: '0',
        },
        ...count,
      }),
  );
