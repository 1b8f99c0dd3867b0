import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { callAws } from '../../../runtime/core/aws-errors.ts';
import { asList, asRecord } from '../../../runtime/core/json.ts';
import type { CommandAws } from '../../deployed.ts';
import { bad, type Finding, ok } from './finding.ts';

/** Whether a table's items go by themselves, by this attribute. */
export async function ttlFinding(TableName: string, attribute: string, aws: CommandAws): Promise<Finding> {
  const dynamodb = await aws.dynamodb();
  const command = new DescribeTimeToLiveCommand({ TableName });
  const { TimeToLiveDescription } = await callAws(aws.clock, 'dynamodb:DescribeTimeToLive', () =>
    dynamodb.send(command),
  );
  const { TimeToLiveStatus: status = 'DISABLED', AttributeName: name = 'none' } = TimeToLiveDescription ?? {};
  const text = `${TableName}: TTL ${status}, attribute ${name}`;
  const isOn = ['ENABLED', 'ENABLING'].includes(String(status)) && name === attribute;
  return isOn ? ok('ttl', text) : bad('ttl', text, `Switch TTL on for the attribute ${attribute}.`);
}

/** Whether a table has an index that can be read. */
export async function indexFinding(TableName: string, index: string, aws: CommandAws): Promise<Finding> {
  const dynamodb = await aws.dynamodb();
  const command = new DescribeTableCommand({ TableName });
  const { Table } = await callAws(aws.clock, 'dynamodb:DescribeTable', () => dynamodb.send(command));
  const found = asList(asRecord(Table).GlobalSecondaryIndexes)
    .map(asRecord)
    .find(({ IndexName }) => IndexName === index);
  const text = `${TableName}: index ${index} ${found ? (found.IndexStatus ?? 'ACTIVE') : 'is missing'}`;
  if (found && (found.IndexStatus ?? 'ACTIVE') === 'ACTIVE') return ok('indexes', text);
  return bad('indexes', text, found ? 'Wait until it is ACTIVE.' : 'Make it: nothing is found without it.');
}
