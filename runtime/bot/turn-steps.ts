import type { IncomingMessage, OutgoingPart, Sender } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import { HooklineError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { TurnSteps } from '../core/turn.ts';
import type { Agent, AgentContext, Block, Turn } from './agent.ts';
import { type CommandTexts, runCommand } from './commands.ts';
import type { NewRow } from './history-file.ts';
import type { Job } from './job.ts';
import type { BotDecision, BotJournal } from './journal.ts';
import { partsOf, replyBlocks } from './reply.ts';

export interface StepOptions {
  readonly job: Job;
  readonly message: IncomingMessage;
  readonly agent: Agent;
  readonly sender: Sender;
  readonly clock: Clock;
  readonly log: Log;
  readonly commandTexts: CommandTexts;
  readonly ambiguityPolicy: 'resend' | 'hold';
  /** When the function's time is up. */
  readonly deadlineMillis: number;
  /** Rows given to the agent. */
  readonly promptMessages: number;
  /** Keep what the provider sent in the history. */
  readonly storeRaw: boolean;
  getKey(name: string): string | undefined;
}

/** The agent stops in time for an orderly end: 10 s, or a third of the time if that is less (§7.5). */
const ABORT_MARGIN_MILLIS = 10_000;
/** No send starts in the last moments: its mark would not be written any more. */
const SEND_MARGIN_MILLIS = 1_000;

/** How a bot decides a turn and sends its parts. */
export function botSteps(journal: BotJournal, options: StepOptions): TurnSteps<OutgoingPart, BotDecision> {
  const { job, sender, ambiguityPolicy, deadlineMillis } = options;
  return {
    ambiguityPolicy,
    settlesLater: sender.settlesLater,
    decide: () => decide(journal, options),
    send: (part, number) =>
      sender.send(part, {
        chatId: job.chat_id,
        payload: job.payload,
        callbackData: `${job.event_id}#${number}`,
        deadlineMillis: deadlineMillis - SEND_MARGIN_MILLIS,
      }),
  };
}

async function decide(journal: BotJournal, options: StepOptions): Promise<BotDecision> {
  const command = runCommand(options.message.text, options.commandTexts);
  if (command) {
    const parts = command.reply === undefined ? [] : partsOf(replyBlocks(command.reply));
    return { parts, rule: 'command', rows: [], clear: command.clear };
  }
  let clear = false;
  const reply = await runAgent(options, {
    read: () => (clear ? [] : journal.rows(options.promptMessages)),
    clear: () => {
      clear = true;
    },
  });
  const blocks = replyBlocks(reply);
  const answer: NewRow[] = blocks.length > 0 ? [{ role: 'agent', type: 'agent', blocks }] : [];
  return { parts: partsOf(blocks), rule: 'agent', rows: [userRow(options), ...answer], clear };
}

/** The agent may ignore the signal; the turn does not wait for it. */
async function runAgent(options: StepOptions, history: AgentContext['history']) {
  const remainingMillis = options.deadlineMillis - options.clock.nowMillis();
  const margin = Math.min(ABORT_MARGIN_MILLIS, remainingMillis / 3);
  const signal = AbortSignal.timeout(Math.max(0, Math.floor(remainingMillis - margin)));
  const aborted = new Promise<never>((_, reject) => {
    const late = () =>
      reject(new HooklineError('The agent did not answer in time', 'transient', { code: 'agent_timeout' }));
    signal.addEventListener('abort', late, { once: true });
  });
  const context: AgentContext = {
    history,
    signal,
    deadline: () => options.deadlineMillis - options.clock.nowMillis(),
    log: options.log,
    clock: options.clock,
    getKey: options.getKey,
    traceparent: options.job.traceparent,
  };
  // An agent may throw before it returns a promise; nobody may be left waiting for `aborted` alone.
  const answered = (async () => options.agent(turnOf(options), context))();
  return Promise.race([answered, aborted]);
}

const turnOf = ({ job, message }: StepOptions): Turn => ({
  provider: job.provider,
  botType: job.bot_type,
  chatId: job.chat_id,
  userId: job.user_id,
  eventId: job.event_id,
  messageId: message.messageId,
  timestamp: message.timestamp,
  kind: message.kind,
  text: message.text,
  ...(message.replyTo !== undefined && { replyTo: message.replyTo }),
  raw: message.raw,
});

/** The first block of a user row carries what is known of the message (contract bot §11.4). */
function userRow({ job, message, storeRaw }: StepOptions): NewRow {
  const userMessage = {
    channel: job.provider === 'whatsapp' ? 'WhatsappBot' : 'TelegramBot',
    user_id: job.user_id,
    message_type: message.kind,
    timestamp: message.timestamp,
    is_voice_note: false,
    media_info: null,
    metadata: {},
    event_id: job.event_id,
    message_id: message.messageId,
    ...(storeRaw && { original_payload: message.raw }),
  };
  const block: Block = { type: 'text', content: message.text, metadata: { user_message: userMessage } };
  return { role: 'user', type: 'user', blocks: [block] };
}
