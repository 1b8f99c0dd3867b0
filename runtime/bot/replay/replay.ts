import { isDeepStrictEqual } from 'node:util';
import type { OutgoingPart } from '../../channels/channel.ts';
import type { Clock } from '../../core/clock.ts';
import { jsonLog } from '../../core/log.ts';
import type { Agent, Block, HistoryRow } from '../agent.ts';
import { BLOCKED, changeHistory, dayIn, OWNER_UNTIL, spendKey } from '../chat-state.ts';
import { type CommandOptions, readCommand } from '../commands.ts';
import type { BotConfig } from '../config.ts';
import type { StateChange } from '../history-file.ts';
import type { HistoryStore } from '../history-store.ts';
import type { Job } from '../job.ts';
import { partsOf } from '../reply.ts';
import type { StoredHistory } from '../stored-history.ts';
import { MemoryChannel } from '../testing/memory-channel.ts';
import { MemoryDelivery } from '../testing/memory-delivery.ts';
import { memoryObjects } from '../testing/memory-objects.ts';
import { memoryPorts } from '../testing/memory-ports.ts';
import { type TurnJobs, type WorkerPorts, workTurn } from '../worker.ts';
import { recordedUsage } from './recorded-usage.ts';
import { type Recording, recordingOf, secondsOf } from './recording.ts';

export interface ReplayOptions {
  readonly config: BotConfig;
  /** A folder of this replay's own; whoever makes it removes it. */
  readonly tmpDir: string;
  /** Asked in place of the recorded reply. */
  readonly agent?: Agent | undefined;
  /** Secrets and settings for a given agent. */
  getKey(name: string): string | undefined;
}

/** What was decided, and what would be sent for it. */
export interface ReplaySide {
  readonly rule: string;
  readonly parts: readonly OutgoingPart[];
}

export interface Replay {
  readonly eventId: string;
  readonly atSeconds: number;
  readonly recorded: ReplaySide;
  readonly replayed: ReplaySide;
  /** Same rule, and same parts as far as these are still stored. */
  readonly isEqual: boolean;
  readonly notes: readonly string[];
}

/** Time that a turn has. Here it stands still. */
const TURN_MILLIS = 120_000;

/**
 * Decides a recorded turn again: the worker's own code on ports in memory, at the recorded time, on the rows before
 * it, with the recorded reply as the agent's. Nothing is sent or stored, and the same history always gives the
 * same result. Throws `NotReplayableError`, and what the agent throws.
 */
export async function replayTurn(
  stored: StoredHistory,
  eventId: string,
  options: ReplayOptions,
): Promise<Replay> {
  const recording = recordingOf(stored, options.config.botType, eventId);
  const replayed = await decideAgain(recording, options);
  const { parts, notes } = recordedParts(recording);
  const rule = recording.ledger?.rule ?? (recording.answer ? 'agent' : 'unknown');
  return {
    eventId: recording.job.event_id,
    atSeconds: recording.atSeconds,
    recorded: { rule, parts: parts ?? [] },
    replayed,
    isEqual:
      rule === replayed.rule && (parts === undefined || isDeepStrictEqual(parts, plain(replayed.parts))),
    notes: [...recording.notes, ...notes],
  };
}

/** As a value that was stored: without what JSON does not keep. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The ledger empties the parts once they are delivered; then the reply's row tells what they were. */
function recordedParts({ ledger, answer, job }: Recording): {
  readonly parts: readonly OutgoingPart[] | undefined;
  readonly notes: readonly string[];
} {
  if (ledger && ledger.parts.length > 0) return { parts: ledger.parts, notes: [] };
  if (answer) {
    const notes = ['The parts were delivered and emptied: they are compared with the row of the reply.'];
    return { parts: plain(partsOf(answer.blocks, job.provider)), notes };
  }
  if (ledger && SILENT.has(ledger.rule)) return { parts: [], notes: [] };
  return { parts: undefined, notes: ['What was sent is not stored any more: only the rule is compared.'] };
}

/** Rules that send nothing, and the agent, whose reply has a row when it said something. */
const SILENT: ReadonlySet<string> = new Set(['taken_over', 'stored', 'blocked', 'system', 'agent']);

async function decideAgain(recording: Recording, options: ReplayOptions): Promise<ReplaySide> {
  const { job, messages, atSeconds } = recording;
  const channel = new MemoryChannel();
  const ports = portsOf(recording, options, channel);
  await writeBefore(recording, ports.histories, job.chat_id);
  const invocation = { owner: 'replay', deadlineMillis: atSeconds * 1000 + TURN_MILLIS };
  const jobs = messages.map((each) => each.job) as unknown as TurnJobs;
  const parse = (of: Job) =>
    (messages.find((each) => each.job.event_id === of.event_id) ?? messages[0]).message;
  const outcome = await workTurn(jobs, { ...ports, parse }, invocation);
  const parts = channel.shown.map(({ part }) => part);
  if (outcome.status === 'ignored') return { rule: outcome.rule, parts };
  const after = await ports.histories.open(job.chat_id);
  const rule = after.file.ledgerRow(job.event_id)?.rule ?? 'unknown';
  after.discard();
  return { rule, parts };
}

function portsOf(recording: Recording, options: ReplayOptions, channel: MemoryChannel): WorkerPorts {
  const clock: Clock = { nowMillis: () => recording.atSeconds * 1000, sleep: async () => {} };
  const agent = options.agent ?? recordedAgent(recording.answer);
  const config = { ...options.config, typingIndicator: false, captureFailedEvents: false };
  return memoryPorts({
    config,
    clock,
    log: jsonLog(() => {}, clock.nowMillis),
    agent,
    commands: commandsOf(recording, agent),
    channel,
    delivery: new MemoryDelivery(clock, config.dedupeTtlSeconds),
    objects: memoryObjects(),
    tmpDir: options.tmpDir,
    notices: { mark: async () => false },
    botUsername: async () => config.telegram.username ?? '',
    getKey: options.getKey,
  });
}

/** Says what was said, and uses what was used. */
const recordedAgent =
  (answer: HistoryRow | undefined): Agent =>
  (_turn, { countUsage }) => {
    const usage = answer && recordedUsage(answer);
    if (usage) countUsage(usage);
    return answer?.blocks.map(withoutUsage);
  };

function withoutUsage({ metadata, ...block }: Block): Block {
  const { usage: _, ...rest } = metadata ?? {};
  return Object.keys(rest).length === 0 ? block : { ...block, metadata: rest };
}

/** A command that has a row is one of the bot's own, which an agent answered. */
function commandsOf({ ledger, messages, job }: Recording, agent: Agent): CommandOptions {
  const call = ledger?.rule === 'command' ? readCommand(messages[0].message.text, job.provider) : undefined;
  return call ? { customCommands: [{ command: call.name, description: '', function: agent }] } : {};
}

/** Puts the chat into the state that it had, as far as rows and ledger tell it. */
async function writeBefore(recording: Recording, histories: HistoryStore, chatId: string): Promise<void> {
  const { rowsBefore, ledgerBefore } = recording;
  const empty = { clear: false, rows: [], ledger: [], state: [] };
  await changeHistory(histories, chatId, (file) => {
    const write = (change: Partial<Parameters<typeof file.write>[0]>, nowSeconds: number) =>
      file.write({ ...empty, ...change }, { nowSeconds, forgetBeforeSeconds: 0 });
    for (const row of rowsBefore) {
      const { role, type, blocks, model } = row;
      write({ rows: [{ role, type, blocks, ...(model !== null && { model }) }] }, secondsOf(row));
    }
    for (const row of ledgerBefore) write({ ledger: [row] }, row.decidedAtSeconds);
    write({ state: stateBefore(recording) }, recording.atSeconds);
  });
}

/** Nothing tells when a person had the chat or the user had blocked the bot but the rule itself. */
function stateBefore({ ledger, atSeconds, rowsBefore }: Recording): StateChange[] {
  const at = (seconds: number) => new Date(seconds * 1000).toISOString();
  const day = dayIn('UTC', atSeconds * 1000);
  const costs = rowsBefore
    .filter((row) => row.timestamp.startsWith(day))
    .map((row) => recordedUsage(row)?.costUsd ?? 0);
  const spent = costs.reduce((sum, cost) => sum + cost, 0);
  return [
    ...(ledger?.rule === 'taken_over' ? [{ key: OWNER_UNTIL, set: at(atSeconds + 60) }] : []),
    ...(ledger?.rule === 'blocked' ? [{ key: BLOCKED, set: at(atSeconds + 60) }] : []),
    ...(spent > 0 ? [{ key: spendKey(day), set: String(spent) }] : []),
  ];
}
