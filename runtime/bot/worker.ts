import type { Channel, IncomingMessage } from '../channels/channel.ts';
import type { Clock } from '../core/clock.ts';
import { describeError, errorClassOf, loggableError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { ObjectStore } from '../core/object-store.ts';
import { runTurn, type TurnOutcome } from '../core/turn.ts';
import { VERSION } from '../core/version.ts';
import { afterTurn, noteBlock, noteSpending } from './after-turn.ts';
import type { Agent } from './agent.ts';
import type { ChatFiles } from './chat-files.ts';
import type { AdminActions, CommandOptions } from './commands.ts';
import type { BotConfig } from './config.ts';
import type { Job } from './job.ts';
import { failingSteps, fetchJobs, forgetJobs } from './job-store.ts';
import { BotJournal, type JournalOptions, type JournalPorts } from './journal.ts';
import { giveUp, isLastAttempt } from './last-attempt.ts';
import { logFields, loggedEventId } from './log-fields.ts';
import { mergedMessage } from './merged-message.ts';
import type { NoticeMarks } from './notice-marks.ts';
import { tellBusy, tellOfFailure } from './say.ts';
import type { Transcribe } from './transcribe.ts';
import { botSteps } from './turn-steps.ts';
import { usageFields } from './usage.ts';
import { verbosePorts } from './verbose.ts';
import { leaveFiles, type WaitingFiles } from './waiting-files.ts';

/** What a worker works with, made once per configuration. */
export interface WorkerPorts extends Omit<JournalPorts, 'log'> {
  readonly config: BotConfig;
  readonly agent: Agent;
  readonly sender: Channel;
  openFiles(chatId: string): ChatFiles;
  readonly waitingFiles: WaitingFiles;
  readonly transcribe: Transcribe | undefined;
  readonly commands: CommandOptions;
  readonly adminActions?: AdminActions;
  /** The bot's name on Telegram, without the @. */
  botUsername(): Promise<string>;
  /** The bot's bucket. */
  readonly objects: ObjectStore;
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
  /** How often the queue delivered the message; undefined where no queue counts and the event item does. */
  readonly receives?: number;
}

/** The events of one turn, of one chat and in order of arrival: one, or several under merge. */
export type TurnJobs = readonly [Job, ...Job[]];

/** What was read of a turn's chat before. */
export type Known = Pick<JournalOptions, 'opened' | 'decided'>;

/** Works one turn to its end and logs the line that tells how. Throws when its jobs must come back. */
export async function workTurn(
  jobs: TurnJobs,
  ports: WorkerPorts,
  invocation: Invocation,
  known: Known = {},
): Promise<TurnOutcome> {
  const { clock, config } = ports;
  const started = clock.nowMillis();
  const job = jobs.at(-1) ?? jobs[0];
  const log = ports.log.with({ ...logFields(job, config), attempt: invocation.owner });
  const own = verbosePorts({ ...ports, log });
  let journal: BotJournal | undefined;
  const finished = (status: string, rule: string, more = {}) =>
    log.info('worker_job_finished', {
      busy_policy: config.busyPolicy,
      history_mode: 'per_user',
      status,
      rule,
      duration_ms: clock.nowMillis() - started,
      version: VERSION,
      ...(journal?.usage && { model: journal.usage.model, ...usageFields(journal.usage) }),
      ...more,
    });
  logMerged(jobs, job, ports, invocation);
  try {
    const fetched = await fetchJobs(jobs, ports.objects);
    journal = journalOf(fetched.jobs, own, invocation, known);
    const outcome = await turn(fetched, own, journal, invocation);
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

/** Each merged event has a line that names the one under which the rest is told. */
function logMerged(jobs: TurnJobs, carrier: Job, { log, config }: WorkerPorts, { owner }: Invocation): void {
  const carriedBy = loggedEventId(carrier.provider, carrier.event_id, config);
  for (const job of jobs.slice(0, -1))
    log.info('event_merged', { ...logFields(job, config), attempt: owner, carried_by: carriedBy });
}

/** The rule that decided the event's fate (contract bot §6.8, §7.3). */
function ruleOf(outcome: TurnOutcome, decidedBy: string | undefined): string {
  if (outcome.status === 'ignored') return outcome.rule;
  if (outcome.status === 'given-up') return errorClassOf(outcome.error);
  return outcome.status === 'done' ? 'duplicate' : (decidedBy ?? 'agent');
}

const journalOf = (
  jobs: TurnJobs,
  ports: WorkerPorts,
  { owner, deadlineMillis, receives }: Invocation,
  known: Known,
) =>
  new BotJournal(jobs, ports, {
    owner,
    lockTtlSeconds: ports.config.lockTtlSeconds,
    deadlineSeconds: Math.ceil(deadlineMillis / 1000),
    dedupeTtlSeconds: ports.config.dedupeTtlSeconds,
    countAttempts: receives === undefined,
    ...known,
  });

async function turn(
  { jobs, fault }: Awaited<ReturnType<typeof fetchJobs>>,
  ports: WorkerPorts,
  journal: BotJournal,
  invocation: Invocation,
) {
  const { deadlineMillis } = invocation;
  const job = jobs.at(-1) ?? jobs[0];
  const [first, ...more] = jobs;
  const withMessage = (each: Job) => ({ job: each, message: ports.parse(each) });
  const messages = [withMessage(first), ...more.map(withMessage)] as const;
  const message = mergedMessage(messages);
  const files = ports.openFiles(job.chat_id);
  ports.waitingFiles.delete(job.chat_id);
  const input = { ...ports, job, message, messages, files, journal, deadlineMillis };
  try {
    const steps = fault ? failingSteps(fault) : botSteps(input);
    const outcome = await runTurn(journal, steps);
    await files.discard();
    await forgetJobs(jobs, ports);
    await tellOf(outcome, job, journal, ports, deadlineMillis);
    return outcome;
  } catch (error) {
    const isLast = isLastAttempt(invocation, journal, ports);
    await leaveFiles(files, job.chat_id, ports, isLast);
    if (!journal.isDecided && isLast) await giveUp(error, job, journal, ports, deadlineMillis);
    throw error;
  } finally {
    journal.close();
    await noteSpending(journal, job, ports);
  }
}

/** What the user hears of a message that gets no reply. */
async function tellOf(
  outcome: TurnOutcome,
  job: Job,
  journal: BotJournal,
  ports: WorkerPorts,
  deadlineMillis: number,
): Promise<void> {
  if (outcome.status === 'given-up') await tellOfFailure(job, ports, deadlineMillis);
  if (outcome.status === 'ignored' && outcome.rule === 'busy')
    await tellBusy(job, journal, ports, deadlineMillis);
}
