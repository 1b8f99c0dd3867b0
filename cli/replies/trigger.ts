import type { Command } from 'commander';
import { example, shown } from '../bot/project-options.ts';
import { needing, type World } from '../world.ts';
import { conversationOf, DYNAMODB_PACKAGE, ID_HELP, maskedId } from './conversation.ts';
import { type RepliesFlags, repliesOf, withReplies, worldOf } from './deployment.ts';

interface TriggerFlags extends RepliesFlags {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `hookline replies trigger`: wakes the worker for a conversation. */
export function addTrigger(replies: Command, world: World): void {
  withReplies(
    replies
      .command('trigger')
      .description('wake the worker for a conversation: it answers what is staged, or goes on with its turn')
      .argument('<id>', ID_HELP),
  )
    .option('--force', 'also while another trigger is on its way')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline replies trigger +15005550006 --env prod'))
    .action((id: string, flags: TriggerFlags) => trigger(id, flags, worldOf(flags, world)));
}

async function trigger(id: string, flags: TriggerFlags, world: World): Promise<void> {
  const { aws, terminal } = world;
  const replies = await repliesOf(flags, world);
  const { config } = replies;
  const { conversationId, key } = await conversationOf(id, replies, world);
  const [{ dynamoTriggerLock }, { sqsTriggerQueue }] = await needing(
    [...DYNAMODB_PACKAGE, '@aws-sdk/client-sqs'],
    () =>
      Promise.all([
        import('../../runtime/replies/trigger-lock.ts'),
        import('../../runtime/replies/trigger.ts'),
      ]),
  );
  const { clock } = aws;
  const { tables, ttlAttribute, whatsappQueueUrl, batchWindowSeconds, ttlBufferSeconds } = config;
  const locks = dynamoTriggerLock(await aws.dynamodb(), tables.triggerLock, clock, ttlAttribute);
  const seconds = batchWindowSeconds + ttlBufferSeconds;
  const lock = flags.force
    ? await locks.put(conversationId, seconds)
    : await locks.acquire(conversationId, seconds);
  if (!lock)
    throw new Error(
      `Another trigger of ${maskedId(conversationId)} is on its way. Wait for it, or add --force.`,
    );
  const message = { ...key, deferrals: 0, traceparent: undefined };
  try {
    await sqsTriggerQueue(await aws.sqs(), whatsappQueueUrl, clock).send(message, 0);
  } catch (error) {
    await locks.release(lock).catch(() => undefined);
    throw error;
  }
  const sentence = `Sent a trigger for ${maskedId(conversationId)}: the worker begins within seconds.`;
  terminal.out(shown(flags.json, { conversationId }, () => `${sentence}\n`));
}
