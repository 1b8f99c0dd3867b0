import type { Command } from 'commander';
import type { MessageTrace, TraceAnswer, TraceStep } from '../../runtime/bot/trace/model.ts';
import { withSqlite } from '../node-version.ts';
import { paint, type Terminal } from '../terminal.ts';
import { sourceText, stepLine } from '../trace-text.ts';
import type { World } from '../world.ts';
import { type BotFlags, botOf, withBot, worldOf } from './bot-name.ts';
import { example } from './project-options.ts';
import { type Since, sinceOption } from './since.ts';
import { traceOf } from './trace-bot.ts';
import { STEP_WORDS } from './trace-words.ts';

interface TraceFlags extends BotFlags {
  readonly since: Since;
  readonly json?: boolean;
}

/** `hookline trace`, also `hookline bot trace`: what became of a message, and why. */
export function addTrace(parent: Command, world: World): void {
  const command = parent
    .command('trace')
    .description('tell what became of a message, and the rule that decided')
    .argument('<id>', "the platform's event id or message id, or a chat")
    .addOption(sinceOption('7d'))
    .option('--json', 'print the result as JSON');
  withSqlite(withBot(command), world)
    .addHelpText('after', example('hookline trace 700000042 --project shop'))
    .action((id: string, flags: TraceFlags) => traceCommand(id, flags, worldOf(flags, world)));
}

async function traceCommand(id: string, flags: TraceFlags, world: World): Promise<void> {
  const { terminal, aws } = world;
  const answer = await traceOf(id, flags.since(aws.clock.nowMillis()), await botOf(flags, world), world);
  if (flags.json) terminal.out(`${JSON.stringify(answer)}\n`);
  else terminal.out(report(answer, terminal));
  if (answer.found) return;
  const since = new Date(flags.since(aws.clock.nowMillis())).toISOString();
  throw new Error(`Nothing is known of ${id} since ${since}. A longer --since looks further back.`);
}

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

const stepText = (step: TraceStep): string => stepLine({ ...step, word: STEP_WORDS[step.kind] });
