import { type Command, InvalidArgumentError } from 'commander';
import { isSameAddress } from '../../runtime/replies/address.ts';
import type { RedriveItem } from '../../runtime/replies/redrive.ts';
import type { Trigger } from '../../runtime/replies/trigger.ts';
import { example, shown } from '../bot/project-options.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { maskedId } from './conversation.ts';
import { deadLetterUrlOf } from './deployed.ts';
import { type RepliesFlags, repliesOf, withReplies, worldOf } from './deployment.ts';

interface RedriveFlags extends RepliesFlags {
  readonly deadLetters?: string;
  readonly only?: string;
  readonly rate: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** `hookline replies redrive`: triggers from the dead-letter queue back to the worker. */
export function addRedrive(replies: Command, world: World): void {
  withReplies(
    replies
      .command('redrive')
      .description('give dead triggers back to the worker, after the cause is mended; their turns go on'),
  )
    .option('--dead-letters <url>', "URL of the dead-letter queue (default: the channel queue's)")
    .option('--only <id>', 'only those of this conversation id or number')
    .option('--rate <number>', 'triggers a second at the most', positiveNumber, 10)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline replies redrive --env prod --dry-run'))
    .action((flags: RedriveFlags) => redrive(flags, worldOf(flags, world)));
}

async function redrive(flags: RedriveFlags, world: World): Promise<void> {
  const { aws, terminal } = world;
  const replies = await repliesOf(flags, world);
  const deadLetterUrl = flags.deadLetters ?? (await deadLetterUrlOf(replies, aws));
  const [{ redriveTriggers }, { sqsTriggerQueue }] = await needing(['@aws-sdk/client-sqs'], () =>
    Promise.all([import('../../runtime/replies/redrive.ts'), import('../../runtime/replies/trigger.ts')]),
  );
  const sqs = await aws.sqs();
  const { only, dryRun = false, rate: ratePerSecond } = flags;
  const items = await redriveTriggers(
    { deadLetterUrl, dryRun, ratePerSecond, ...(only !== undefined && { filter: isOf(only) }) },
    { sqs, clock: aws.clock, triggers: sqsTriggerQueue(sqs, replies.config.whatsappQueueUrl, aws.clock) },
  );
  terminal.out(shown(flags.json, items, () => table(items, terminal)));
  const stayed = items.filter(({ outcome }) => LEFT_BEHIND.has(outcome)).length;
  if (stayed > 0) throw new Error(`${stayed} of ${items.length} dead letters stay where they are.`);
}

const isOf =
  (id: string) =>
  ({ conversationId, primaryChannel }: Trigger): boolean =>
    id.includes('#') ? conversationId === id : isSameAddress(primaryChannel, id);

/** Asked to be redriven, and not: the operator has to look. */
const LEFT_BEHIND: ReadonlySet<RedriveItem['outcome']> = new Set(['failed', 'unreadable']);

function table(items: readonly RedriveItem[], terminal: Terminal): string {
  if (items.length === 0) return 'The queue holds no dead letter.\n';
  const lines = items.map(({ outcome, messageId, conversationId, error }) => {
    const state = paint(terminal, LEFT_BEHIND.has(outcome) ? 'red' : 'green', outcome.padEnd(14));
    const about = conversationId === undefined ? '-' : maskedId(conversationId);
    const reason = error ?? (outcome === 'unreadable' ? 'holds no trigger' : '');
    return `${state} ${about}  message ${messageId}  ${reason}`.trimEnd();
  });
  return `${lines.join('\n')}\n`;
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
