import type { Command } from 'commander';
import type { SourceReport } from '../../runtime/core/trace/reading.ts';
import type { MessageTrace, StepKind, TraceAnswer, TraceStep } from '../../runtime/replies/trace/model.ts';
import { example } from '../bot/project-options.ts';
import { type Since, sinceOption } from '../bot/since.ts';
import { paint, type Terminal } from '../terminal.ts';
import { sourceText, stepLine } from '../trace-text.ts';
import { needing, type World } from '../world.ts';
import { maskedId } from './conversation.ts';
import { deadLetterUrlOf } from './deployed.ts';
import { type RepliesFlags, repliesOf, withReplies, worldOf } from './deployment.ts';

interface TraceFlags extends RepliesFlags {
  readonly since: Since;
  readonly json?: boolean;
}

/** `hookline replies trace`: what became of a message, and why. */
export function addTrace(replies: Command, world: World): void {
  withReplies(
    replies
      .command('trace')
      .description('tell what became of a message, and the rule that decided; changes nothing')
      .argument('<id>', "a message sid, a turn id, a conversation id, or the user's number"),
  )
    .addOption(sinceOption('7d'))
    .option('--json', 'print the result as JSON')
    .addHelpText('after', example('hookline replies trace SM00000000000000000000000000000001 --env prod'))
    .action((id: string, flags: TraceFlags) => traceCommand(id, flags, worldOf(flags, world)));
}

async function traceCommand(id: string, flags: TraceFlags, world: World): Promise<void> {
  const { terminal, aws } = world;
  const now = aws.clock.nowMillis();
  const since = flags.since(now);
  const replies = await repliesOf(flags, world);
  const [{ awsTraceSources }, { trace }] = await needing(TRACE_PACKAGES, () =>
    Promise.all([
      import('../../runtime/replies/trace/aws-sources.ts'),
      import('../../runtime/replies/trace/trace.ts'),
    ]),
  );
  const deadLetterUrl = await deadLetterUrlOf(replies, aws);
  const [dynamodb, sqs, logs] = await Promise.all([aws.dynamodb(), aws.sqs(), aws.logs()]);
  const sources = awsTraceSources({ ...replies, deadLetterUrl }, { dynamodb, sqs, logs, clock: aws.clock });
  const answer = await trace(id, since, now, sources);
  terminal.out(flags.json ? `${JSON.stringify(answer)}\n` : report(answer, terminal));
  if (answer.found) return;
  const time = new Date(since).toISOString();
  throw new Error(`Nothing is known of ${id} since ${time}. A longer --since looks further back.`);
}

const TRACE_PACKAGES = ['cloudwatch-logs', 'dynamodb', 'sqs'].map((service) => `@aws-sdk/client-${service}`);

function report({ found, sources }: TraceAnswer, terminal: Terminal): string {
  const messages = (found?.messages ?? []).map((message) => messageText(message, terminal));
  const leftOut = found?.leftOut ?? 0;
  const earlier = leftOut > 0 ? [`${leftOut} older messages are left out: trace them by their sids.\n`] : [];
  const notes = sources.flatMap((source: SourceReport) => sourceText(source, terminal));
  return [...earlier, ...messages, ...notes].join('\n');
}

function messageText(
  { messageSid, conversationId, turnId, steps, verdict }: MessageTrace,
  terminal: Terminal,
): string {
  const about = [
    `message ${messageSid}`,
    conversationId !== undefined && maskedId(conversationId),
    turnId !== undefined && `turn ${turnId}`,
  ];
  const rule = verdict.rule === undefined ? '' : ` (rule ${verdict.rule})`;
  const lines = [
    paint(terminal, 'bold', about.filter(Boolean).join('  ')),
    ...steps.map(stepText),
    paint(terminal, 'bold', `${verdict.sentence}${rule}`),
  ];
  return `${lines.join('\n')}\n`;
}

const WORDS: Readonly<Record<StepKind, string>> = {
  received: 'received',
  refused: 'refused',
  staged: 'staged',
  repeated: 'came again',
  triggered: 'triggered',
  deferred: 'put off',
  leased: 'leased',
  decided: 'decided',
  part_begun: 'begun',
  part_settled: 'settled',
  part_accepted: 'accepted',
  part_status: 'delivery',
  part_failed: 'not delivered',
  failed: 'failed',
  recorded: 'recorded',
  finished: 'finished',
  human_told: 'for a person',
  dead_letter: 'dead letter',
  standing: 'now',
};

const stepText = (step: TraceStep): string => stepLine({ ...step, word: WORDS[step.kind] });
