import { type Command, InvalidArgumentError } from 'commander';
import { DEFAULT_DEDUPE_TTL_SECONDS } from '../../runtime/bot/config.ts';
import type { Job } from '../../runtime/bot/job.ts';
import type { RedriveItem, RedriveTarget } from '../../runtime/bot/redrive.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { publicConfigOf } from './bot-config.ts';
import { type BotFlags, botOf, withBot, worldOf } from './bot-name.ts';
import { example } from './project-options.ts';

interface RedriveFlags extends BotFlags {
  readonly deadLetters?: string;
  readonly queue?: string;
  readonly function?: string;
  readonly filter?: readonly JobFilter[];
  readonly rate: number;
  readonly dedupeTtl?: number;
  readonly dryRun?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
}

type JobFilter = (job: Job) => boolean;

const FILTERS = { chat: 'chat_id', user: 'user_id', event: 'event_id', provider: 'provider' } as const;

/** `hookline bot redrive`: dead letters back to work, in order, each by receive, send, delete. */
export function addRedrive(bot: Command, world: World): void {
  withBot(bot.command('redrive').description('give dead letters back to the bot, after the cause is mended'))
    .option('--dead-letters <url>', "URL of the dead-letter or on-failure queue (default: the bot's)")
    .option('--queue <url>', "fifo mode: URL of the queue that the worker reads (default: the bot's)")
    .option('--function <name>', "self-invoke mode: name, ARN or alias of the worker (default: the bot's)")
    .option(
      '--filter <field=value>',
      'only jobs with this chat, user, event or provider; repeatable',
      parseFilter,
    )
    .option('--rate <number>', 'messages a second at the most', positiveNumber, 10)
    .option('--dedupe-ttl <seconds>', "DEDUPE_TTL_SECONDS (default: the bot's)", positiveNumber)
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--force', 'also what is older than the dedupe time: it may be answered a second time')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline bot redrive --project shop --dry-run'))
    .action((flags: RedriveFlags, command: Command) => redriveCommand(flags, command, worldOf(flags, world)));
}

async function redriveCommand(flags: RedriveFlags, command: Command, world: World): Promise<void> {
  if (flags.queue && flags.function)
    return command.error('error: give either --queue <url> or --function <name>');
  const ways = await waysOf(flags, world);
  const clients = await world.redriveClients();
  const { redrive } = await needing(
    ['@aws-sdk/client-sqs', '@aws-sdk/client-lambda'],
    () => import('../../runtime/bot/redrive.ts'),
  );
  const items = await redrive(
    {
      ...ways,
      filter: (job) => (flags.filter ?? []).every((matches) => matches(job)),
      dryRun: flags.dryRun ?? false,
      force: flags.force ?? false,
      ratePerSecond: flags.rate,
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
  if (queue) return { queueUrl: queue };
  return functionName ? { functionName } : undefined;
}

/** From where, to where, and how old at the most. The bot is asked for what the flags leave out. */
async function waysOf(flags: RedriveFlags, world: World) {
  const { deadLetters, dedupeTtl, project, name } = flags;
  const target = targetOf(flags);
  // Whoever gives both ends may have no right to look at the bot.
  if (deadLetters && target && (project ?? name) === undefined)
    return { deadLetterUrl: deadLetters, target, dedupeTtlSeconds: dedupeTtl ?? DEFAULT_DEDUPE_TTL_SECONDS };
  const bot = await botOf(flags, world);
  const deadLetterUrl = deadLetters ?? bot.deadLetterUrl;
  if (!deadLetterUrl)
    throw new Error('The dead-letter queue was not found by its name. Give it with --dead-letters <url>.');
  return {
    deadLetterUrl,
    target: target ?? (bot.queueUrl ? { queueUrl: bot.queueUrl } : { functionName: bot.workerAlias }),
    dedupeTtlSeconds: dedupeTtl ?? publicConfigOf(bot).dedupeTtlSeconds,
  };
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

function parseFilter(text: string, before: readonly JobFilter[] = []): readonly JobFilter[] {
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
