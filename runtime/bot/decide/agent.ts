import { HooklineError } from '../../core/errors.ts';
import { abortMarginMillis } from '../abort-margin.ts';
import type { AgentContext, HistoryRow, Reply, Turn } from '../agent.ts';
import { withoutBytes } from '../block-parts.ts';
import { dayIn } from '../chat-state.ts';
import { directActions } from '../direct-actions.ts';
import type { NewRow } from '../history-file.ts';
import type { BotDecision } from '../journal.ts';
import { partsOf, replyBlocks } from '../reply.ts';
import { TurnMedia } from '../turn-media.ts';
import { startTyping } from '../typing.ts';
import { spendingOf, UsageCounter, withUsage } from '../usage.ts';
import { variablesOf } from '../variables.ts';
import type { DecideInput } from './decider.ts';
import { prepareMedia } from './prepare-media.ts';
import { userRows } from './user-row.ts';

/** Asks the agent; the last decider. */
export async function decideByAgent(input: DecideInput): Promise<BotDecision> {
  const media = new TurnMedia(input);
  const stopTyping = startTyping(input);
  try {
    return await ask(await prepareMedia(input, media), media);
  } finally {
    stopTyping();
  }
}

async function ask(input: DecideInput, media: TurnMedia): Promise<BotDecision> {
  let clear = false;
  const appended: NewRow[] = [];
  const usage = new UsageCounter();
  const history = {
    read: (): readonly HistoryRow[] => (clear ? [] : input.journal.rows(input.config.historyPromptMessages)),
    append: (row: NewRow) => {
      appended.push(row);
    },
    clear: () => {
      clear = true;
      appended.length = 0;
    },
  };
  const reply = await runAgent(input, history, usage, media);
  const blocks = replyBlocks(reply);
  const answer: NewRow[] =
    blocks.length > 0
      ? [{ role: input.agent.role ?? 'agent', type: 'agent', blocks: blocks.map(withoutBytes) }]
      : [];
  return {
    parts: partsOf(blocks, input.job.provider),
    rule: 'agent',
    rows: [...userRows(input), ...appended, ...answer.map((row) => withUsage(row, usage.total))],
    clear,
    state: spendingOf(usage.total, dayIn(input.timezone, input.clock.nowMillis())),
    ...(usage.total && { usage: usage.total }),
  };
}

const agentTimeout = () =>
  new HooklineError('The agent did not answer in time', 'transient', { code: 'agent_timeout' });

/** The agent may ignore the signal; the turn does not wait for it. */
async function runAgent(
  input: DecideInput,
  history: AgentContext['history'],
  usage: UsageCounter,
  media: TurnMedia,
): Promise<Reply> {
  const remainingMillis = input.deadlineMillis - input.clock.nowMillis();
  const untilAbort = remainingMillis - abortMarginMillis(remainingMillis);
  // Its answer could not be used, and would be paid for.
  if (untilAbort <= 0) throw agentTimeout();
  const signal = AbortSignal.timeout(Math.floor(untilAbort));
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(agentTimeout()), { once: true });
  });
  const direct = directActions(input);
  const context: AgentContext = {
    history,
    files: { load: (medium) => media.load(medium), save: (name, bytes) => input.files.save(name, bytes) },
    send: direct.actions,
    variables: variablesOf(history.read()),
    countUsage: (used) => {
      usage.count(used);
      // Known at once: a turn that fails has spent it, too.
      input.journal.usage = usage.total;
    },
    signal,
    deadline: () => input.deadlineMillis - input.clock.nowMillis(),
    log: input.log,
    clock: input.clock,
    getKey: input.getKey,
    traceparent: input.job.traceparent,
  };
  // An agent may throw before it returns a promise; nobody may be left waiting for `aborted` alone.
  const answered = (async () => input.agent(turnOf(input), context))();
  try {
    const reply = await Promise.race([answered, aborted]);
    // What was sent on the way arrives before the reply.
    await Promise.race([direct.settled(), aborted]);
    return reply;
  } finally {
    direct.close();
  }
}

const turnOf = ({ job, message }: DecideInput): Turn => ({
  provider: job.provider,
  botType: job.bot_type,
  chatId: job.chat_id,
  userId: job.user_id,
  eventId: job.event_id,
  messageId: message.messageId,
  timestamp: message.timestamp || job.sent_at,
  kind: message.kind,
  text: message.text,
  media: message.media,
  isVoiceNote: message.isVoiceNote,
  ...(message.data !== undefined && { data: message.data }),
  ...(message.group && { group: message.group }),
  ...(message.replyTo !== undefined && { replyTo: message.replyTo }),
  raw: message.raw,
});
