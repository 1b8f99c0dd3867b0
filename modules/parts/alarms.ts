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
  /** The runbook has an entry under it. */
  readonly id: string;
  /** Last part of its name; default: the id, with hyphens. */
  readonly title?: string;
  readonly description: string;
  /** Default: always. */
  readonly when?: Condition;
  /** Several are added up. */
  readonly metrics: readonly Metric[];
  /** Default: Sum. A percentile, such as p95, is one too. */
  readonly statistic?: string;
  /** It rings above this. */
  readonly threshold: Settable<number>;
  /** Length of a period, in seconds; default: 300. */
  readonly periodSeconds?: number;
  /** Periods that are looked at; default: 1. */
  readonly periods?: number;
  /** How many of them must be above it; default: all. */
  readonly periodsAbove?: number;
  /** It rings below the threshold, and where nothing is measured. Default: false. */
  readonly ringsBelow?: boolean;
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
            alarmName: `${props.name}-${alarm.title ?? alarm.id.replaceAll('_', '-')}`,
            alarmDescription: alarm.description,
            comparisonOperator: alarm.ringsBelow ? 'LessThanThreshold' : 'GreaterThanThreshold',
            threshold: numberOf(alarm.threshold),
            evaluationPeriods: alarm.periods ?? 1,
            ...(alarm.periodsAbove === undefined ? {} : { datapointsToAlarm: alarm.periodsAbove }),
            treatMissingData: alarm.ringsBelow ? 'breaching' : 'notBreaching',
            alarmActions: listOf(topics),
            okActions: listOf(topics),
            ...measured(alarm),
            ...count,
          }),
      );
    }
  }
}

function measured({ metrics, statistic = 'Sum', periodSeconds: period = PERIOD_SECONDS }: Alarm) {
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
