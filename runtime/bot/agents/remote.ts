import { HooklineError } from '../../core/errors.ts';
import { asRecord, isRecord } from '../../core/json.ts';
import type { AgentContext, HistoryRow, Reply, Turn, Usage } from '../agent.ts';

/** What an agent elsewhere is asked, as JSON. */
export interface RemoteRequest {
  readonly v: 1;
  readonly turn: Turn;
  /** Oldest first. When the request would be too large, the oldest ones are left out. */
  readonly history: readonly HistoryRow[];
  /** Milliseconds that it has to answer. */
  readonly deadlineMillis: number;
  readonly traceparent: string;
}

/** What it answers, as JSON. */
export interface RemoteAnswer {
  readonly reply: Reply;
  readonly usage?: Usage;
}

/** Lambda takes 6 MB, and JSON in JSON grows a little. */
const MAX_REQUEST_BYTES = 5_000_000;

/** Longest answer that is read. */
export const MAX_ANSWER_BYTES = 1_000_000;

/** Throws when the message alone is too large. */
export function remoteRequest(turn: Turn, context: AgentContext, deadlineMillis: number): string {
  const history = context.history.read().map((row) => JSON.stringify(row));
  const rest = { v: 1, turn, deadlineMillis, traceparent: context.traceparent };
  const bytesOf = (text: string) => Buffer.byteLength(text) + 1;
  let left = MAX_REQUEST_BYTES - bytesOf(JSON.stringify(rest)) - bytesOf(',"history":[]');
  if (left < 0) throw new HooklineError('The message is too large for the agent', 'permanent');
  const fitting = history.toReversed().filter((row) => {
    left -= bytesOf(row);
    return left >= 0;
  });
  return `${JSON.stringify(rest).slice(0, -1)},"history":[${fitting.toReversed().join(',')}]}`;
}

/** The reply of an answer; what it used is counted. Throws when it is no `RemoteAnswer`. */
export function readRemoteAnswer(text: string, { countUsage }: AgentContext): Reply {
  const answer = parsed(text);
  if (!isRecord(answer) || !('reply' in answer))
    throw new HooklineError('The agent must answer with an object that has a field reply', 'permanent');
  if (answer.usage !== undefined) countUsage(readUsage(answer.usage));
  return answer.reply as Reply;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function readUsage(value: unknown): Usage {
  const { model, tokensIn, tokensOut, costUsd } = asRecord(value);
  const isCount = (count: unknown): count is number => typeof count === 'number' && count >= 0;
  if (typeof model === 'string' && isCount(tokensIn) && isCount(tokensOut)) {
    if (costUsd === undefined) return { model, tokensIn, tokensOut };
    if (isCount(costUsd)) return { model, tokensIn, tokensOut, costUsd };
  }
  throw new HooklineError(
    "The agent's usage must have model, tokensIn, tokensOut and, if it is known, costUsd",
    'permanent',
  );
}

/** Aborts when the agent has had its time, and when the turn is over. */
export function callLimits(context: AgentContext, timeoutSeconds: number | undefined) {
  const millis = Math.max(1, Math.floor(Math.min((timeoutSeconds ?? 900) * 1000, context.deadline())));
  return { millis, signal: AbortSignal.any([context.signal, AbortSignal.timeout(millis)]) };
}
