import { GetMetricStatisticsCommand } from '@aws-sdk/client-cloudwatch';
import { GetPolicyCommand } from '@aws-sdk/client-lambda';
import { awsErrorName, callAws } from '../../runtime/core/aws-errors.ts';
import { asList, asRecord, asText, readJson } from '../../runtime/core/json.ts';
import type { DetectorConfig } from '../../runtime/files/config.ts';
import { METRICS_NAMESPACE } from '../../runtime/files/store/metrics.ts';
import { bad, type Finding, ok, warning } from '../deploy/checks/finding.ts';
import type { CommandAws } from '../deployed.ts';

/** Whether it may dispatch. */
export function redriveFinding({ redrive }: DetectorConfig): Finding {
  if (redrive === 'on') return ok('redrive', 'what failed is dispatched again');
  return warning('redrive', `SAGE_REDRIVE is ${redrive}: nothing is dispatched again`, 'Set redrive to on.');
}

const WINDOW_MILLIS = 3_600_000;
/** As the alarm: one a minute is due. */
const SILENT_MILLIS = 5 * 60_000;

/** Alias that the schedules run, and the one whose absence lets executions lie. */
const [ALIAS, DETECT] = ['live', 'detect'];

/** The rules of EventBridge that may run the detector: each schedule has one, under its name. */
export async function scheduleFinding(name: string, aws: CommandAws): Promise<Finding> {
  const lambda = await aws.lambda();
  const command = new GetPolicyCommand({ FunctionName: name, Qualifier: ALIAS });
  const { Policy } = await callAws(aws.clock, 'lambda:GetPolicy', () => lambda.send(command)).catch(
    (error: unknown): Readonly<Record<string, unknown>> => {
      if (awsErrorName(error) === 'ResourceNotFoundException') return {};
      throw error;
    },
  );
  const rules = asList(asRecord(readJson(asText(Policy) ?? '')).Statement)
    .map(asRecord)
    .filter(({ Principal }) => asRecord(Principal).Service === 'events.amazonaws.com');
  const names = rules.map(({ Sid }) => asText(Sid) ?? 'unnamed');
  if (names.includes(DETECT)) return ok('schedule', `${name} is run for ${names.sort().join(', ')}`);
  return bad(
    'schedule',
    `no schedule runs ${name} for ${DETECT}: what fails is not tried again`,
    'Deploy the module again.',
  );
}

/** Whether the schedule works shows in what it does: a heartbeat a minute. CloudWatch has it a minute or two late. */
export async function heartbeatFinding(
  { environmentName }: DetectorConfig,
  aws: CommandAws,
): Promise<Finding> {
  const cloudwatch = await aws.cloudwatch();
  const now = aws.clock.nowMillis();
  const command = new GetMetricStatisticsCommand({
    Namespace: METRICS_NAMESPACE,
    MetricName: 'DetectorHeartbeat',
    Dimensions: [
      { Name: 'Target', Value: 'lambda' },
      { Name: 'Environment', Value: environmentName },
    ],
    StartTime: new Date(now - WINDOW_MILLIS),
    EndTime: new Date(now),
    Period: 60,
    Statistics: ['Sum'],
  });
  const { Datapoints } = await callAws(aws.clock, 'cloudwatch:GetMetricStatistics', () =>
    cloudwatch.send(command),
  );
  const times = asList(Datapoints).map((point) => new Date(String(asRecord(point).Timestamp)).getTime());
  const fix = 'Is its rule of EventBridge enabled? If so, the log of the function says why.';
  if (times.length === 0) return bad('heartbeat', 'no heartbeat within an hour', fix);
  const last = Math.max(...times);
  const text = `the last heartbeat was at ${new Date(last).toISOString()}`;
  return now - last <= SILENT_MILLIS ? ok('heartbeat', text) : bad('heartbeat', text, fix);
}
