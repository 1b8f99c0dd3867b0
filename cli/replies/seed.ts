import type { Command } from 'commander';
import { awsErrorName, callAws } from '../../runtime/core/aws-errors.ts';
import { type Item, plainItem } from '../../runtime/core/dynamodb-values.ts';
import { readSeed } from '../../runtime/replies/seed.ts';
import { example, shown } from '../bot/project-options.ts';
import { needing, type World } from '../world.ts';
import { DYNAMODB_PACKAGE, maskedId } from './conversation.ts';
import { type RepliesFlags, repliesOf, withReplies, worldOf } from './deployment.ts';
import { jsonFault, readUsersFile, unusable } from './users-file.ts';

interface SeedFlags extends RepliesFlags {
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** `hookline replies seed`: a record for a trial, where no sister service writes one. */
export function addSeed(replies: Command, world: World): void {
  withReplies(
    replies
      .command('seed')
      .description('write a conversation record from a JSON file, for a trial without the sister service')
      .argument('<file>', 'the record as JSON; docs/replies.md has an example'),
  )
    .option('--overwrite', 'also where a record with this key stands: all of that is lost')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline replies seed record.json --env dev'))
    .action((file: string, flags: SeedFlags) => seed(file, flags, worldOf(flags, world)));
}

async function seed(file: string, flags: SeedFlags, world: World): Promise<void> {
  const { aws, terminal } = world;
  const item = readItem(file, new Date(aws.clock.nowMillis()).toISOString());
  const { config } = await repliesOf(flags, world);
  const { conversations } = config.tables;
  const id = maskedId(String(plainItem(item).conversation_id));
  try {
    await put(item, conversations, flags.overwrite ?? false, world);
  } catch (error) {
    if (awsErrorName(error) !== 'ConditionalCheckFailedException') throw error;
    throw new Error(`A record of ${id} stands in ${conversations}: nothing was written. See --overwrite.`);
  }
  const sentence = `Wrote the record of ${id} to ${conversations}.`;
  terminal.out(shown(flags.json, plainItem(item), () => `${sentence}\n`));
}

function readItem(file: string, nowIso: string): Item {
  const text = readUsersFile(file);
  const fault = jsonFault(text);
  const result = fault === undefined ? readSeed(JSON.parse(text), nowIso) : { faults: [fault] };
  if ('item' in result) return result.item;
  throw unusable(file, result.faults);
}

async function put(Item: Item, TableName: string, overwrite: boolean, { aws }: World): Promise<void> {
  const { PutItemCommand } = await needing(DYNAMODB_PACKAGE, () => import('@aws-sdk/client-dynamodb'));
  const dynamodb = await aws.dynamodb();
  const condition = overwrite ? {} : { ConditionExpression: 'attribute_not_exists(conversation_id)' };
  const command = new PutItemCommand({ TableName, Item, ...condition });
  await callAws(aws.clock, 'dynamodb:PutItem', () => dynamodb.send(command));
}
