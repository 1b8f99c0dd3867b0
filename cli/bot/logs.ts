import { type Command, InvalidArgumentError } from 'commander';
import { asText, isRecord } from '../../runtime/core/json.ts';
import { keyedHash } from '../../runtime/core/log.ts';
import type { StoredLine } from '../../runtime/core/trace/log-source.ts';
import type { LogEvidence } from '../../runtime/core/trace/reading.ts';
import type { DeployedBot } from '../deployed-bot.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { readConfigOf } from './bot-config.ts';
import { type BotFlags, botOf, withBot, worldOf } from './bot-name.ts';
import { example } from './project-options.ts';
import { type Since, sinceOption } from './since.ts';

interface LogsFlags extends BotFlags {
  readonly since: Since;
  readonly level: Level;
  readonly event?: string;
  readonly chat?: string;
  readonly follow?: boolean;
  readonly json?: boolean;
}

const LEVELS = ['INFO', 'WARN', 'ERROR', 'CRITICAL'] as const;
type Level = (typeof LEVELS)[number];

const POLL_MILLIS = 2000;
/** CloudWatch shows lines up to some seconds late, and not in order: each poll looks back. */
const LATE_MILLIS = 30_000;

/** `hookline bot logs`: the lines of both functions, newest last. */
export function addLogs(bot: Command, world: World): void {
  withBot(bot.command('logs').description('print the log lines of the bot, newest last'))
    .addOption(sinceOption('1h'))
    .option('--level <level>', `this level and above: ${LEVELS.join(', ').toLowerCase()}`, levelOf, 'INFO')
    .option('--event <id>', "only lines about this event: the platform's id")
    .option('--chat <id>', 'only lines about this chat')
    .option('-f, --follow', 'go on with what is written from now on, until Ctrl-C')
    .option('--json', 'print the lines as they were written')
    .addHelpText('after', example('hookline bot logs --project shop --since 6h --level error'))
    .action((flags: LogsFlags) => logsCommand(flags, worldOf(flags, world)));
}

async function logsCommand(flags: LogsFlags, world: World): Promise<void> {
  const { aws, terminal } = world;
  const bot = await botOf(flags, world);
  const ids = await idsOf(flags, bot, world);
  const wanted = filterOf(flags.level, ids);
  const { readGroup, evidenceOf, patternsOf } = await needing(
    ['@aws-sdk/client-cloudwatch-logs'],
    () => import('../../runtime/core/trace/log-source.ts'),
  );
  const client = await aws.logs();
  const filterPattern = patternsOf(ids)[0];
  const read: ReadGroup = (input) =>
    readGroup(client, aws.clock, { ...input, ...(filterPattern !== undefined && { filterPattern }) });
  /** CloudWatch's id of a line → its time. */
  const seen = new Map<string, number>();
  const print = async (startTime: number): Promise<void> => {
    const lines = await linesSince(bot, startTime, read, terminal);
    for (const line of lines) {
      if (seen.has(line.eventId)) continue;
      seen.set(line.eventId, line.timestamp);
      const [own] = evidenceOf(line.timestamp, line.message);
      if (!wanted(own)) continue;
      terminal.out(`${flags.json ? line.message : lineText(line, own, terminal)}\n`);
    }
  };
  let since = flags.since(aws.clock.nowMillis());
  await print(since);
  const interruption = flags.follow ? world.interruption() : undefined;
  while (interruption && !interruption.aborted) {
    await aws.clock.sleep(POLL_MILLIS, interruption).catch(() => undefined);
    if (interruption.aborted) return;
    since = Math.max(since, aws.clock.nowMillis() - POLL_MILLIS - LATE_MILLIS);
    for (const [eventId, timestamp] of seen) if (timestamp < since) seen.delete(eventId);
    await print(since);
  }
}

type ReadGroup = (input: {
  readonly logGroupName: string;
  readonly startTime: number;
}) => ReturnType<typeof import('../../runtime/core/trace/log-source.ts').readGroup>;

async function linesSince(
  { logGroups }: DeployedBot,
  startTime: number,
  read: ReadGroup,
  terminal: Terminal,
): Promise<StoredLine[]> {
  const groups = await Promise.all(logGroups.map((logGroupName) => read({ logGroupName, startTime })));
  if (groups.every((group) => group === undefined))
    throw new Error(`There is no log group ${logGroups.join(' or ')}.`);
  for (const group of groups) if (group?.note !== undefined) terminal.error(`${group.note}\n`);
  return groups.flatMap((group) => [...(group?.value ?? [])]).sort((a, b) => a.timestamp - b.timestamp);
}

/** What must stand in a line, by field: ids as the log has them. Asks for the secrets only when it must. */
async function idsOf({ event, chat }: LogsFlags, bot: DeployedBot, { aws }: World) {
  if (event === undefined && chat === undefined) return {};
  const { config, fault } = await readConfigOf(bot, aws);
  if (fault !== undefined)
    throw new Error(`Ids in the log cannot be computed without the bot's secrets: ${fault}`);
  const hash = (id: string) => keyedHash(config.logHashKey, id);
  return {
    ...(event !== undefined && { event_id: [config.botType === 'whatsapp' ? hash(event) : event] }),
    ...(chat !== undefined && { chat_id: [hash(chat)] }),
  };
}

/** Which lines are wanted; undefined is a line that hookline did not write. */
function filterOf(level: Level, ids: Readonly<Record<string, readonly string[]>>) {
  const least = LEVELS.indexOf(level);
  return (line: LogEvidence | undefined): boolean => {
    if (!line) return least === 0 && Object.keys(ids).length === 0;
    const isLoud = LEVELS.indexOf(line.fields.level as Level) >= least;
    return (
      isLoud && Object.entries(ids).every(([name, values]) => values.includes(String(line.fields[name])))
    );
  };
}

/** `10:00:00.412  INFO      worker_job_finished  status=answered rule=agent …` */
function lineText(line: StoredLine, own: LogEvidence | undefined, terminal: Terminal): string {
  const time = new Date(own?.atMillis ?? line.timestamp).toISOString().replace('T', ' ').replace('Z', '');
  if (!own) return `${paint(terminal, 'dim', time)}  ${line.message}`;
  const { level, timestamp: _, message: __, ...fields } = own.fields;
  const word = String(level).padEnd(8);
  const shown = Object.entries(fields).map(([name, value]) => `${name}=${valueText(value)}`);
  const painted = level === 'INFO' ? paint(terminal, 'dim', word) : paint(terminal, 'red', word);
  return `${paint(terminal, 'dim', time)}  ${painted}  ${paint(terminal, 'bold', own.message)}  ${shown.join(' ')}`.trimEnd();
}

function valueText(value: unknown): string {
  const text =
    isRecord(value) || Array.isArray(value) ? JSON.stringify(value) : (asText(value) ?? String(value));
  return /\s/.test(text) ? JSON.stringify(text) : text;
}

function levelOf(text: string): Level {
  const level = LEVELS.find((known) => known === text.toUpperCase());
  if (!level) throw new InvalidArgumentError(`It must be one of ${LEVELS.join(', ').toLowerCase()}.`);
  return level;
}
