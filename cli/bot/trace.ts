import type { Command } from 'commander';
import type { MessageTrace, SourceReport, TraceAnswer, TraceStep } from '../../runtime/bot/trace/model.ts';
import { HooklineError } from '../../runtime/core/errors.ts';
import { paint, type Terminal } from '../terminal.ts';
import { needing, type World } from '../world.ts';
import { readConfigOf } from './bot-config.ts';
import { botOf, withBotName } from './bot-name.ts';
import { parseSince, type Since } from './since.ts';

interface TraceFlags {
  readonly name?: string;
  readonly since: Since;
  readonly json?: boolean;
}

/** `hookline trace`, also `hookline bot trace`: what became of a message, and why. */
export function addTrace(parent: Command, world: World): void {
  const command = parent
    .command('trace')
    .description('tell what became of a message, and the rule that decided')
    .argument('<id>', "the platform's event id or message id, or a chat")
    .option('--since <time>', 'how far back: 30m, 12h, 7d, or a date', parseSince, parseSince('7d'))
    .option('--json', 'print the result as JSON');
  withBotName(command).action((id: string, flags: TraceFlags) => traceCommand(id, flags, world));
}

async function traceCommand(id: string, flags: TraceFlags, world: World): Promise<void> {
  const { terminal, aws } = world;
  const answer = await traceOf(id, flags, world);
  if (flags.json) terminal.out(`${JSON.stringify(answer)}\n`);
  else terminal.out(report(answer, terminal));
  if (answer.found) return;
  const since = new Date(flags.since(aws.clock.nowMillis())).toISOString();
  throw new Error(`Nothing is known of ${id} since ${since}. A longer --since looks further back.`);
}

async function traceOf(id: string, { name, since }: TraceFlags, world: World): Promise<TraceAnswer> {
  const { aws } = world;
  const bot = await botOf({ ...(name !== undefined && { name }) }, world);
  const { config, fault } = await readConfigOf(bot, aws);
  const [{ awsTraceSources }, { trace }] = await needing(TRACE_PACKAGES, () =>
    Promise.all([
      import('../../runtime/bot/trace/aws-sources.ts'),
      import('../../runtime/bot/trace/trace.ts'),
    ]),
  );
  const [s3, dynamodb, sqs, logs] = await Promise.all([aws.s3(), aws.dynamodb(), aws.sqs(), aws.logs()]);
  const sources = awsTraceSources({ ...bot, config }, { s3, dynamodb, sqs, logs, clock: aws.clock });
  const unhashable = async () => {
    throw new HooklineError(`Ids in the log cannot be computed without the bot's secrets: ${fault}`, 'hold');
  };
  return trace(id, since(aws.clock.nowMillis()), fault ? { ...sources, lines: unhashable } : sources);
}

const TRACE_PACKAGES = ['cloudwatch-logs', 'dynamodb', 'lambda', 's3', 'sqs', 'ssm'].map(
  (service) => `@aws-sdk/client-${service}`,
);

function report({ found, sources }: TraceAnswer, terminal: Terminal): string {
  const messages = (found?.messages ?? []).map((message) => messageText(message, terminal));
  const leftOut = found?.leftOut ?? 0;
  const earlier =
    leftOut > 0 ? [`${leftOut} older messages of the chat are left out: trace them by their ids.\n`] : [];
  return [...earlier, ...messages, ...sources.flatMap((source) => sourceText(source, terminal))].join('\n');
}

function messageText(
  { eventId, provider, chatId, steps, verdict }: MessageTrace,
  terminal: Terminal,
): string {
  const chat = chatId === undefined ? '' : `  chat ${chatId}`;
  const title = paint(terminal, 'bold', `event ${eventId}${chat}  ${provider}`);
  return `${[title, ...steps.map(stepText), paint(terminal, 'bold', verdict.sentence)].join('\n')}\n`;
}

const WORDS: Readonly<Record<TraceStep['kind'], string>> = {
  received: 'received',
  hand_off_failed: 'not handed off',
  handed_off: 'handed off',
  ignored: 'ignored',
  claimed: 'claimed',
  decided: 'decided',
  part_begun: 'begun',
  part_refused: 'not accepted',
  part_accepted: 'accepted',
  part_delivered: 'delivered',
  part_read: 'read',
  failed: 'failed',
  captured: 'captured',
  done: 'done',
  skipped: 'skipped',
  notice: 'notice',
  dead_letter: 'dead letter',
  delivery_failed: 'not delivered',
};

/** `2026-11-21 10:00:00.412  attempt 1  part 1 accepted   message id …` */
function stepText({ at, kind, attempt, part, rule, detail, source }: TraceStep): string {
  const time = at === undefined ? 'time unknown' : at.replace('T', ' ').replace('Z', '');
  const run = attempt === undefined ? '' : `attempt ${attempt}`;
  const what = part === undefined ? WORDS[kind] : `part ${part} ${WORDS[kind]}`;
  const why = [rule && `rule ${rule}`, detail].filter(Boolean).join(', ');
  return `${`  ${time.padEnd(23)}  ${run.padEnd(9)}  ${what.padEnd(16)}  ${why}`.trimEnd()}  (${source})`;
}

/** Only what keeps something from the reader is worth a line. */
function sourceText({ source, status, note }: SourceReport, terminal: Terminal): string[] {
  if (status === 'read') return [];
  const word = status === 'unread' ? 'could not be read' : 'was read in part';
  return [`${paint(terminal, 'red', `${source} ${word}:`)} ${note}\n`];
}
