import { DescribeTableCommand, DescribeTimeToLiveCommand } from '@aws-sdk/client-dynamodb';
import { callAws } from '../../runtime/core/aws-errors.ts';
import { asList, asRecord } from '../../runtime/core/json.ts';
import { WHATSAPP_INDEX } from '../../runtime/replies/conversations.ts';
import { DUE_INDEX } from '../../runtime/replies/stage-table.ts';
import { bad, type Finding, ok } from '../deploy/checks/finding.ts';
import type { CommandAws } from '../deployed.ts';
import type { DeployedReplies } from './deployed.ts';

/** What is staged or locked for good must go by itself in the end (contract replies §14). */
export async function ttlFindings({ config }: DeployedReplies, aws: CommandAws): Promise<readonly Finding[]> {
  const { tables, ttlAttribute } = config;
  const dynamodb = await aws.dynamodb();
  return Promise.all(
    [tables.stage, tables.triggerLock].map(async (TableName) => {
      const command = new DescribeTimeToLiveCommand({ TableName });
      const { TimeToLiveDescription } = await callAws(aws.clock, 'dynamodb:DescribeTimeToLive', () =>
        dynamodb.send(command),
      );
      const { TimeToLiveStatus: status = 'DISABLED', AttributeName: name = 'none' } =
        TimeToLiveDescription ?? {};
      const text = `${TableName}: TTL ${status}, attribute ${name}`;
      const isOn = ['ENABLED', 'ENABLING'].includes(String(status)) && name === ttlAttribute;
      return isOn ? ok('ttl', text) : bad('ttl', text, `Switch TTL on for the attribute ${ttlAttribute}.`);
    }),
  );
}

/** The indexes that the webhook and the sweeper read. */
export async function indexFindings(
  { config }: DeployedReplies,
  aws: CommandAws,
): Promise<readonly Finding[]> {
  const { tables } = config;
  return Promise.all([
    indexFinding(tables.conversations, WHATSAPP_INDEX, aws),
    indexFinding(tables.stage, DUE_INDEX, aws),
  ]);
}

async function indexFinding(TableName: string, index: string, aws: CommandAws): Promise<Finding> {
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
