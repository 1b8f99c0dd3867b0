import type { Channel, IncomingMessage } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import { describeError, loggableError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { runTurn, type TurnOutcome } from '../core/turn.ts';
import { VERSION } from '../core/version.ts';
import { afterTurn, noteBlock } from './after-turn.ts';
import type { Agent } from './agent.ts';
import type { ChatFiles } from './chat-files.ts';
import type { AdminActions, CommandOptions } from './commands.ts';
import type { BotConfig } from './config.ts';
import type { Job } from './job.ts';
import { BotJournal, type JournalPorts } from './journal.ts';
import { logFields } from './log-fields.ts';
import type { NoticeMarks } from './notice-marks.ts';
import type { Transcribe } from './transcribe.ts';
import { botSteps } from './turn-steps.ts';
import { usageFields } from './usage.ts';
import { verbosePorts } from './verbose.ts';

/** What a worker works with, made once per configuration. */
export interface WorkerPorts extends Omit<JournalPorts, 'log'> {
  readonly config: BotConfig;
  readonly agent: Agent;
  readonly sender: Channel;
  openFiles(chatId: string): ChatFiles;
  readonly transcribe: Transcribe | undefined;
  readonly commands: CommandOptions;
  readonly adminActions?: AdminActions;
  /** The bot's name on Telegram, without the @. */
  botUsername(): Promise<string>;
  readonly clock: Clock;
  readonly log: Log;
  readonly notices: NoticeMarks;
  /** IANA name; a day of spending begins at its midnight. */
  readonly timezone: string;
  parse(job: Job): IncomingMessage;
  /** A secret or setting for the agent. */
  getKey(name: string): string | undefined;
}

/** One invocation of the worker. */
export interface Invocation {
  /** Unique to it: request id and a random part. */
  readonly owner: string;
  readonly deadlineMillis: number;
  /** `async` has no receive count: failures are counted on the event item. */
  readonly hop: 'async' | 'queue';
}

/** Works one job to its end and logs the line that tells how. Throws when the job must come back. */
export async function workJob(job: Job, ports: WorkerPorts, invocation: Invocation): Promise<TurnOutcome> {
  const { clock, config } = ports;
  const started = clock.nowMillis();
  const log = ports.log.with({ ...logFields(job, config), attempt: invocation.owner });
  const own = verbosePorts({ ...ports, log });
  const journal = journalOf(job, own, invocation);
  const finished = (status: string, rule: string, more = {}) =>
    log.info('worker_job_finished', {
      busy_policy: config.busyPolicy,
      history_mode: 'per_user',
      status,
      rule,
      duration_ms: clock.nowMillis() - started,
      version: VERSION,
      ...(journal.usage && { model: journal.usage.model, ...usageFields(journal.usage) }),
      ...more,
    });
  try {
    const outcome = await turn(job, own, journal, invocation.deadlineMillis);
    finished(outcome.status, ruleOf(outcome, journal.rule));
    await afterTurn(outcome, job, own, invocation.deadlineMillis);
    return outcome;
  } catch (thrown) {
    const error = loggableError(thrown);
    finished('failed', error.errorClass, { error: describeError(error) });
    if (error.errorClass === 'hold') log.critical('operator_needed', { error: describeError(error) });
    await noteBlock(error, job, { ...ports, log });
    throw error;
  }
}

/** The rule that decided the event's fate (contract bot §6.8, §7.3). */
function ruleOf(outcome: TurnOutcome, decidedBy: string | undefined): string {
  if (outcome.status === 'ignored') return outcome.rule;
  return outcome.status === 'done' ? 'duplicate' : (decidedBy ?? 'agent');
}

const journalOf = (job: Job, ports: WorkerPorts, { owner, deadlineMillis, hop }: Invocation) =>
  new BotJournal(job, ports, {
    owner,
    lockTtlSeconds: ports.config.lockTtlSeconds,
    deadlineSeconds: Math.ceil(deadlineMillis / 1000),
    dedupeTtlSeconds: ports.config.dedupeTtlSeconds,
    countAttempts: hop === 'async',
  });

async function turn(job: Job, ports: WorkerPorts, journal: BotJournal, deadlineMillis: number) {
  const message = ports.parse(job);
  const messages = [{ job, message }];
  const files = ports.openFiles(job.chat_id);
  const input = { ...ports, job, message, messages, files, journal, deadlineMillis };
  try {
    const outcome = await runTurn(journal, botSteps(input));
    // A turn that comes back may need its files again.
    await files.discard();
    return outcome;
  } finally {
    journal.close();
  }
}
