import { isRecord, type JsonRecord } from '../../runtime/core/json.ts';
import type { StandInCall } from '../stand-ins/stand-in.ts';
import type { Channel, MessageState, Step } from './model.ts';

/** What a log line says about a message. */
export interface LogStep {
  readonly traceId: string;
  readonly step: Step;
  /** What the line means for the message; undefined: nothing new. */
  readonly state?: MessageState | 'duplicate';
}

type Words = Pick<Step, 'place' | 'title' | 'tone' | 'kind'> &
  Pick<LogStep, 'state'> & { readonly detail?: string };

const text = (value: unknown): string => (value === undefined ? '' : String(value));

const ENDS: Readonly<Record<string, (line: JsonRecord) => Words>> = {
  answered: (line) => ({
    place: 'worker',
    title: 'Done',
    detail: `All parts accepted and marked; attempt took ${text(line.duration_ms)} ms`,
    tone: 'good',
    state: 'answered',
  }),
  resumed: (line) => ({
    place: 'worker',
    title: 'Done, where an earlier attempt had stopped',
    detail: `The agent was not asked again; attempt took ${text(line.duration_ms)} ms`,
    tone: 'good',
    state: 'answered',
  }),
  done: () => ({
    place: 'worker',
    title: 'Duplicate: skipped',
    detail: 'This event was answered before; nothing is sent',
    tone: 'info',
    state: 'duplicate',
  }),
  ignored: (line) => ({
    place: 'worker',
    title: `Not answered: ${text(line.rule)}`,
    detail: 'Another message of this chat is being worked on',
    tone: 'warn',
    state: 'ignored',
  }),
  refused: () => ({
    place: 'worker',
    title: 'The provider refused the reply for good',
    detail: 'Kept under failed-events/ in S3, where an operator sees it',
    tone: 'bad',
    state: 'refused',
  }),
  failed: (line) => ({
    place: 'worker',
    title: 'Attempt failed',
    detail: [`${text(line.rule)} error`, line.error, line.code && `code ${line.code}`]
      .filter(Boolean)
      .join(', '),
    tone: 'warn',
    state: 'waiting',
  }),
};

const LINES: Readonly<Record<string, (line: JsonRecord, busyPolicy: string) => Words | undefined>> = {
  webhook_answered: (line) => ({
    place: 'ingress',
    title: `Ingress answered ${text(line.status)}`,
    detail: `${text(line.duration_ms)} ms in the function`,
    tone: Number(line.status) < 400 ? 'info' : 'warn',
  }),
  job_handed_off: (_line, busyPolicy) => ({
    place: 'hand-off',
    title: busyPolicy === 'drop' ? 'Handed to the worker' : 'Put into the queue',
    detail:
      busyPolicy === 'drop'
        ? 'The signature is right; invoked asynchronously'
        : 'The signature is right; FIFO, one message group a chat',
    tone: 'info',
  }),
  hand_off_failed: (line) => ({
    place: 'hand-off',
    title: 'Hand-off failed; the platform must deliver again',
    detail: text(line.error),
    tone: 'bad',
  }),
  event_ignored: (line) => ({
    place: 'ingress',
    title: `Not answered: ${text(line.rule)}`,
    tone: 'warn',
    state: 'ignored',
  }),
  turn_claimed: ({ status }, busyPolicy) => ({
    place: 'worker',
    title: status === 'resume' ? 'Taken up again' : 'Claimed, history read',
    detail:
      status === 'resume'
        ? 'Its reply is stored; it is sent on from where it stopped'
        : busyPolicy === 'drop'
          ? 'The chat’s lock is held; the history came from S3'
          : 'The chat’s message group is in flight; the history came from S3',
    tone: 'info',
  }),
  turn_decided: (line) => ({
    place: 'worker',
    title: 'Agent decided, history saved',
    detail: `Rule ${text(line.rule)}, ${parts(line.parts)}; stored in S3 before anything is sent`,
    tone: 'info',
    kind: 'decision',
  }),
  part_accepted: (line) => ({
    place: 'worker',
    title: `Part ${text(line.part)} accepted`,
    tone: 'info',
  }),
  worker_job_finished: (line) => ENDS[text(line.status)]?.(line),
  operator_needed: () => ({
    place: 'worker',
    title: 'An operator is needed',
    detail: 'Only a person can mend this; an alarm watches for it',
    tone: 'bad',
  }),
};

const parts = (count: unknown) => (count === 1 ? '1 part' : `${text(count)} parts`);

/** The step in a function's log line; undefined for lines that are about no message. */
export function logStep(logText: string, busyPolicy: string): LogStep | undefined {
  const line = readLine(logText);
  const traceId = line?.trace_id;
  if (!line || typeof traceId !== 'string') return undefined;
  const words = LINES[text(line.message)]?.(line, busyPolicy);
  const atMillis = Date.parse(text(line.timestamp));
  if (!words || Number.isNaN(atMillis)) return undefined;
  const { state, ...step } = words;
  return { traceId, step: { ...step, atMillis, traceId }, ...(state && { state }) };
}

function readLine(logText: string): JsonRecord | undefined {
  if (!logText.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(logText);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const PROVIDERS: Readonly<Record<Channel, string>> = { whatsapp: 'Graph API', telegram: 'Bot API' };

/** The step in what a platform was asked to do. */
export function callStep(channel: Channel, call: StandInCall): Step {
  const at = { atMillis: call.atMillis, place: 'provider' as const };
  const name = PROVIDERS[channel];
  if (!isMessageCall(call)) return { ...at, title: `${name} got “${call.method}”`, tone: 'info' };
  const id = call.messageId ? `Message id ${call.messageId}` : undefined;
  const words = FAULT_WORDS[call.fault ?? ''];
  if (words) return { ...at, title: `${name} ${words}`, ...(id && { detail: id }), tone: 'warn' };
  return { ...at, title: `${name} accepted the reply`, ...(id && { detail: id }), tone: 'good' };
}

/** Something that the user sees: no sign, no upload. */
export const isMessageCall = ({ method }: StandInCall): boolean =>
  method === 'message' || (method.startsWith('send') && method !== 'sendChatAction');

const FAULT_WORDS: Readonly<Record<string, string>> = {
  throttle: 'answered 429: too many messages',
  broken: 'answered 500',
  html: 'answered with a page of HTML',
  hang: 'does not answer',
  'lose-answer': 'accepted the reply, but its answer was lost',
  refuse: 'refused the reply',
};
