import { DescribeAlarmsCommand } from '@aws-sdk/client-cloudwatch';
import { callAws } from '../../runtime/core/aws-errors.ts';
import { asList, asRecord, asText } from '../../runtime/core/json.ts';
import type { CommandAws } from '../deployed.ts';

export interface RingingAlarm {
  readonly title: string;
  /** What CloudWatch says of it. */
  readonly reason: string;
}

/**
 * The alarms of a system that ring; their names begin with its name. `names`: those of all systems, as one may
 * begin like another. Throws `AwsCallError`.
 */
export async function ringingAlarms(
  name: string,
  names: readonly string[],
  aws: CommandAws,
): Promise<readonly RingingAlarm[]> {
  const cloudwatch = await aws.cloudwatch();
  const alarms: RingingAlarm[] = [];
  let NextToken: string | undefined;
  do {
    const command = new DescribeAlarmsCommand({
      AlarmNamePrefix: `${name}-`,
      StateValue: 'ALARM',
      ...(NextToken !== undefined && { NextToken }),
    });
    const page = await callAws(aws.clock, 'cloudwatch:DescribeAlarms', () => cloudwatch.send(command));
    for (const { AlarmName, StateReason } of asList(page.MetricAlarms).map(asRecord))
      alarms.push({ title: asText(AlarmName) ?? '', reason: asText(StateReason) ?? '' });
    NextToken = asText(page.NextToken);
  } while (NextToken !== undefined);
  const longer = names.filter((other) => other.length > name.length && other.startsWith(`${name}-`));
  return alarms.filter(({ title }) => !longer.some((other) => title.startsWith(`${other}-`)));
}
