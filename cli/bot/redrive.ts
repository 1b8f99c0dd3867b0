import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_DEDUPE_TTL_SECONDS } from '../../runtime/bot/config.ts';
import type { Job } from '../../runtime/bot/job.ts';
import type { RedriveItem, RedriveTarget } from '../../runtime/bot/redrive.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';

interface RedriveFlags {
  readonly deadLetters?: string;
  readonly queue?: string;
  readonly function?: string;
  readonly filter: readonly JobFilter[];
  readonly rate: number;
  readonly dedupeTtl: number;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

type JobFilter = (job: Job) => boolean;

const FILTERS = { chat: 'chat_id', user: 'user_id', event: 'event_id', provider: 'provider' } as const;

/** `hookline bot redrive`: dead letters back to work, in order, each by receive, send, delete. */
export function addRedrive(bot: Command, world: World): void {
  bot
    .command('redrive')
    .description('give dead letters back to the bot, after the cause is mended')
    .option('--dead-letters <url>', 'URL of the dead-letter or on-failure queue')
    .option('--queue <url>', 'fifo mode: URL of the queue that the worker reads')
    .option('--function <name>', 'self-invoke mode: name, ARN or alias of the worker')
    .option(
      '--filter <field=value>',
      'only jobs with this chat, user, event or provider; repeatable',
      parseFilter,
      [],
    )
    .option('--rate <number>', 'messages a second at the most', positiveNumber, 10)
    .option(
      '--dedupe-ttl <seconds>',
      "the bot's DEDUPE_TTL_SECONDS",
      positiveNumber,
      DEFAULT_DEDUPE_TTL_SECONDS,
    )
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--force', 'also what is older than the dedupe time: it may be answered a second time')
    .option('--json', 'print the result as JSON')
    .action((flags: RedriveFlags, command: Command) => redriveCommand(flags, command, world));
}

async function redriveCommand(flags: RedriveFlags, command: Command, world: World): Promise<void> {
  if (!flags.deadLetters) return command.error('error: --dead-letters <url> is missing');
  const target = targetOf(flags);
  if (!target) return command.error('error: give either --queue <url> or --function <name>');
  const clients = await world.redriveClients();
  const { redrive } = await needing(
    ['@aws-sdk/client-sqs', '@aws-sdk/client-lambda'],
    () => import('../../runtime/bot/redrive.ts'),
  );
  const items = await redrive(
    {
      deadLetterUrl: flags.deadLetters,
      target,
      filter: (job) => flags.filter.every((matches) => matches(job)),
      dryRun: flags.dryRun ?? false,
      force: flags.force ?? false,
      ratePerSecond: flags.rate,
      dedupeTtlSeconds: flags.dedupeTtl,
    },
    clients,
  );
  world.terminal.out(flags.json ? `${JSON.stringify(items)}\n` : table(items, world.terminal));
  const stayed = items.filter(({ outcome }) => LEFT_BEHIND.has(outcome)).length;
  if (stayed > 0) throw new Error(`${stayed} of ${items.length} dead letters stay where they are.`);
}

/** Asked to be redriven, and not: the operator has to look. */
const LEFT_BEHIND: ReadonlySet<RedriveItem['outcome']> = new Set([
  'failed',
  'too-old',
  'unreadable',
  'unseen',
]);

const EXPLANATIONS: Partial<Record<RedriveItem['outcome'], string>> = {
  'too-old': 'older than the dedupe time: it may be answered a second time; --force redrives it',
  unreadable: 'holds no job of hookline',
};

function targetOf({ queue, function: functionName }: RedriveFlags): RedriveTarget | undefined {
  if (queue && !functionName) return { queueUrl: queue };
  return functionName && !queue ? { functionName } : undefined;
}

function table(items: readonly RedriveItem[], terminal: Terminal): string {
  if (items.length === 0) return 'The queue holds no dead letter.\n';
  const state = (outcome: RedriveItem['outcome']) =>
    paint(terminal, LEFT_BEHIND.has(outcome) ? 'red' : 'green', outcome.padEnd(14));
  const seen = items.filter(({ outcome }) => outcome !== 'unseen');
  const lines = seen.map(({ outcome, messageId, chatId = '-', eventId = '-', error }) => {
    const reason = error ?? EXPLANATIONS[outcome] ?? '';
    return `${state(outcome)} ${eventId}  chat ${chatId}  message ${messageId}  ${reason}`.trimEnd();
  });
  const unseen = items.length - seen.length;
  if (unseen > 0) lines.push(`${state('unseen')} ${unseen} more letters of these chats were not looked at`);
  return `${lines.join('\n')}\n`;
}

function parseFilter(text: string, before: readonly JobFilter[]): readonly JobFilter[] {
  const [, name = '', value = ''] = /^(\w+)=(.+)$/.exec(text) ?? [];
  if (!(name in FILTERS)) {
    throw new InvalidArgumentError(`Write it as ${Object.keys(FILTERS).join('=…, ')}=….`);
  }
  const field = FILTERS[name as keyof typeof FILTERS];
  return [...before, (job) => job[field] === value];
}

function positiveNumber(text: string): number {
  const value = Number(text);
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
}
